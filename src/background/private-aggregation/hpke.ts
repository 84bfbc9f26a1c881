/** The suite of HPKE that reports are encrypted with, so that encrypting one waits for as little as possible: a debug report is sent at once. */

import { Chacha20Poly1305 } from '@hpke/chacha20poly1305';
import { hmac, sha256, toArrayBuffer, toUint8Array } from '@hpke/common';
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';

type Bytes = ArrayBufferLike | ArrayBufferView;

/** Of RFC 9180's key schedule: what the secret is extracted with where there is no key shared in advance. */
const SECRET = new TextEncoder().encode('secret');

/**
 * In this thread. The browser's own does each step in another one, and a report takes a dozen of them, of a few bytes each. Nothing is extracted
 * twice of the same: the key schedule takes three keys out of one secret, and begins with a constant.
 */
class HkdfInThread extends HkdfSha256 {
  /** By the label, of no salt and nothing else. */
  readonly #constants = new WeakMap<Uint8Array, Promise<ArrayBuffer>>();
  readonly #extracted = new WeakMap<Bytes, { readonly ikm: Uint8Array; readonly prk: Promise<ArrayBuffer> }>();

  #mac(key: Bytes, message: Uint8Array): Uint8Array {
    return hmac(sha256, toUint8Array(key), message);
  }

  override async extract(salt: Bytes, ikm: Bytes): Promise<ArrayBuffer> {
    return toArrayBuffer(this.#mac(salt.byteLength === 0 ? new Uint8Array(this.hashSize) : salt, toUint8Array(ikm)));
  }

  /** RFC 5869, 2.3: T(n) = HMAC(PRK, T(n - 1) | info | n) */
  override async expand(prk: Bytes, info: Bytes, length: number): Promise<ArrayBuffer> {
    const expanded = new Uint8Array(Math.ceil(length / this.hashSize) * this.hashSize);
    let last = new Uint8Array();
    for (let n = 1; (n - 1) * this.hashSize < length; n++) {
      last = new Uint8Array(this.#mac(prk, new Uint8Array([...last, ...toUint8Array(info), n])));
      expanded.set(last, (n - 1) * this.hashSize);
    }
    return expanded.slice(0, length).buffer;
  }

  override async extractAndExpand(salt: Bytes, ikm: Bytes, info: Bytes, length: number): Promise<ArrayBuffer> {
    return this.expand(await this.#extractOnce(salt, toUint8Array(ikm)), info, length);
  }

  override labeledExtract(salt: Bytes, label: Uint8Array, ikm: Uint8Array): Promise<ArrayBuffer> {
    if (salt.byteLength > 0 || ikm.byteLength > 0) return super.labeledExtract(salt, label, ikm);
    const extracted = this.#constants.get(label) ?? super.labeledExtract(salt, label, ikm);
    this.#constants.set(label, extracted);
    return extracted;
  }

  /** What the keys of a message with this secret are expanded from. */
  extractAhead(sharedSecret: ArrayBuffer): Promise<ArrayBuffer> {
    return this.#extractOnce(sharedSecret, this.buildLabeledIkm(SECRET, new Uint8Array()));
  }

  #extractOnce(salt: Bytes, ikm: Uint8Array): Promise<ArrayBuffer> {
    const known = this.#extracted.get(salt);
    if (known && known.ikm.length === ikm.length && known.ikm.every((byte, index) => byte === ikm[index])) return known.prk;
    const prk = this.extract(salt, ikm);
    this.#extracted.set(salt, { ikm, prk });
    return prk;
  }
}

type Encapsulation = ReturnType<DhkemX25519HkdfSha256['encap']>;

/** Makes the ephemeral key pair and the shared secret of the next message in advance. Each is used once. */
class KemAhead extends DhkemX25519HkdfSha256 {
  readonly #keySchedule: HkdfInThread;
  /** By the bytes of each public key. */
  readonly #imported = new WeakMap<Uint8Array, Promise<CryptoKey>>();
  #ahead: { readonly recipient: CryptoKey; readonly made: Encapsulation } | null = null;

  constructor(keySchedule: HkdfInThread) {
    super();
    this.#keySchedule = keySchedule;
  }

  importOnce(publicKey: Uint8Array): Promise<CryptoKey> {
    const known = this.#imported.get(publicKey);
    if (known) return known;
    const key = this.deserializePublicKey(publicKey);
    this.#imported.set(publicKey, key);
    return key;
  }

  makeAhead(recipientPublicKey: CryptoKey): void {
    if (this.#ahead?.recipient === recipientPublicKey) return;
    const made = super.encap({ recipientPublicKey });
    this.#ahead = { recipient: recipientPublicKey, made };
    // Whoever uses it hears of that.
    made.then(({ sharedSecret }) => this.#keySchedule.extractAhead(sharedSecret)).catch(() => undefined);
  }

  override async encap(params: Parameters<DhkemX25519HkdfSha256['encap']>[0]): Encapsulation {
    const ahead = this.#ahead;
    if (!ahead || ahead.recipient !== params.recipientPublicKey || params.ekm || params.senderKey) return super.encap(params);
    this.#ahead = null;
    return ahead.made;
  }
}

/** Let (kem_id, kdf_id, aead_id) be (0x0020, 0x0001, 0x0003). */
export function createSuite() {
  const kdf = new HkdfInThread();
  const kem = new KemAhead(kdf);
  return { kem, suite: new CipherSuite({ kem, kdf, aead: new Chacha20Poly1305() }) };
}
