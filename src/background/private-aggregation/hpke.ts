/** The suite of HPKE that reports are encrypted with, so that encrypting one waits for as little as possible: a debug report is sent at once. */

import { Chacha20Poly1305 } from '@hpke/chacha20poly1305';
import { hmac, sha256, toArrayBuffer, toUint8Array } from '@hpke/common';
import { CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';

type Bytes = ArrayBufferLike | ArrayBufferView;

/** In this thread. The browser's own does each step in another one, and a report takes a dozen of them, of a few bytes each. */
class HkdfInThread extends HkdfSha256 {
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
    return this.expand(await this.extract(salt, ikm), info, length);
  }
}

type Encapsulation = ReturnType<DhkemX25519HkdfSha256['encap']>;

/** Makes the ephemeral key pair and the shared secret of the next message in advance. Each is used once. */
class KemAhead extends DhkemX25519HkdfSha256 {
  /** By the bytes of each public key. */
  readonly #imported = new WeakMap<Uint8Array, Promise<CryptoKey>>();
  #ahead: { readonly recipient: CryptoKey; readonly made: Encapsulation } | null = null;

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
    made.catch(() => undefined);
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
  const kem = new KemAhead();
  return { kem, suite: new CipherSuite({ kem, kdf: new HkdfInThread(), aead: new Chacha20Poly1305() }) };
}
