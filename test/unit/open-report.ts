/** Opens the payload of a report with nothing of the extension's: RFC 9180, put together of Node's own cryptography. */

import { createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto';

const ENC_BYTES = 32;
const TAG_BYTES = 16;

/** DHKEM(X25519, HKDF-SHA256), and with HKDF-SHA256 and ChaCha20Poly1305. */
const KEM_SUITE = Buffer.concat([Buffer.from('KEM'), Buffer.from([0x00, 0x20])]);
const HPKE_SUITE = Buffer.concat([Buffer.from('HPKE'), Buffer.from([0x00, 0x20, 0x00, 0x01, 0x00, 0x03])]);

const hmac = (key: Uint8Array, data: Uint8Array): Buffer => createHmac('sha256', key).update(data).digest();

function labeledExtract(suite: Uint8Array, salt: Uint8Array, label: string, ikm: Uint8Array): Buffer {
  return hmac(salt, Buffer.concat([Buffer.from('HPKE-v1'), suite, Buffer.from(label), ikm]));
}

/** Of 32 bytes at most, so that HKDF has one block. */
function labeledExpand(suite: Uint8Array, prk: Uint8Array, label: string, info: Uint8Array, length: number): Buffer {
  const labeled = Buffer.concat([Buffer.from([0, length]), Buffer.from('HPKE-v1'), suite, Buffer.from(label), info]);
  return hmac(prk, Buffer.concat([labeled, Buffer.from([1])])).subarray(0, length);
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** The extension exports a private key without its public one, which Node can do without as well. */
function privateKeyOf(secret: Uint8Array) {
  const header = Buffer.from('302e020100300506032b656e04220420', 'hex');
  return createPrivateKey({ key: Buffer.concat([header, secret]), format: 'der', type: 'pkcs8' });
}

/** `encrypted`: the encapsulated key, the ciphertext and its tag. Throws where anything does not fit. */
export function openReport(encrypted: Uint8Array, secret: Uint8Array, info: Uint8Array, aad: Uint8Array = Buffer.alloc(0)): Buffer {
  const none = Buffer.alloc(0);
  const enc = encrypted.subarray(0, ENC_BYTES);
  const privateKey = privateKeyOf(secret);
  const ephemeral = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: base64url(enc) }, format: 'jwk' });
  const recipient = Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x ?? '', 'base64url');
  const eae = labeledExtract(KEM_SUITE, none, 'eae_prk', diffieHellman({ privateKey, publicKey: ephemeral }));
  const shared = labeledExpand(KEM_SUITE, eae, 'shared_secret', Buffer.concat([enc, recipient]), 32);
  const [pskIdHash, infoHash] = [
    labeledExtract(HPKE_SUITE, none, 'psk_id_hash', none),
    labeledExtract(HPKE_SUITE, none, 'info_hash', info),
  ];
  const context = Buffer.concat([Buffer.from([0]), pskIdHash, infoHash]);
  const prk = labeledExtract(HPKE_SUITE, shared, 'secret', none);
  const key = labeledExpand(HPKE_SUITE, prk, 'key', context, 32);
  const nonce = labeledExpand(HPKE_SUITE, prk, 'base_nonce', context, 12);
  const ciphertext = encrypted.subarray(ENC_BYTES, -TAG_BYTES);
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(encrypted.subarray(-TAG_BYTES));
  decipher.setAAD(aad, { plaintextLength: ciphertext.length });
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}
