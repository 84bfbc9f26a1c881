/** The key pair of this profile: reports that are encrypted for it can be decrypted by whoever has it exported. */

import type { LocalKey, ReportsConnection } from './schema';

const RECORD = 'local';

/** RFC 8410's PKCS #8 of an X25519 key: a header, and the 32 bytes of the key. */
const PKCS8_HEADER_LENGTH = 16;

async function generate(): Promise<LocalKey> {
  const { publicKey, privateKey } = (await crypto.subtle.generateKey('X25519', true, ['deriveBits'])) as CryptoKeyPair;
  const [raw, pkcs8] = await Promise.all([crypto.subtle.exportKey('raw', publicKey), crypto.subtle.exportKey('pkcs8', privateKey)]);
  return { id: crypto.randomUUID(), publicKey: new Uint8Array(raw), privateKey: new Uint8Array(pkcs8).slice(PKCS8_HEADER_LENGTH) };
}

/** Made when it is first asked for; the service worker and the popup may ask at once, and get the same. */
export async function localKey(connection: ReportsConnection): Promise<LocalKey> {
  const known = await connection.use((open) => open.get('keys', RECORD));
  if (known) return known;
  const made = await generate();
  return connection.use(async (open) => {
    const { store, done } = open.transaction('keys', 'readwrite');
    const earlier = await store.get(RECORD);
    if (!earlier) await store.put(made, RECORD);
    await done;
    return earlier ?? made;
  });
}
