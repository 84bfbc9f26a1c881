/** CBOR and HPKE. https://patcg-individual-drafts.github.io/private-aggregation-api/#encrypt-the-payload */

import { encode } from 'cborg';
import type { PayloadData } from '../../spec/private-aggregation/payload';
import { createSuite } from './hpke';

/** How much later the next message is begun, in milliseconds: this one is to be sent first. */
const SOON = 5;

/** RFC 8949, the shorter names of members first. */
export const encodePayload = (payload: PayloadData): Uint8Array => encode(payload);

export class PayloadEncryption {
  readonly #hpke = createSuite();

  /** Resolves to the encapsulated key of 32 bytes, and the ciphertext. */
  async encrypt(plaintext: Uint8Array, publicKey: Uint8Array, sharedInfo: string): Promise<Uint8Array> {
    const { kem, suite } = this.#hpke;
    // Let info be the result of UTF-8 encoding the concatenation of « "aggregation_service", sharedInfo ».
    const info = new TextEncoder().encode(`aggregation_service${sharedInfo}`);
    const recipientPublicKey = await kem.importOnce(publicKey);
    const sender = await suite.createSenderContext({ recipientPublicKey, info });
    // Let aad be `` (an empty byte sequence).
    const ciphertext = await sender.seal(plaintext);
    setTimeout(() => kem.makeAhead(recipientPublicKey), SOON);
    const encrypted = new Uint8Array(sender.enc.byteLength + ciphertext.byteLength);
    encrypted.set(new Uint8Array(sender.enc));
    encrypted.set(new Uint8Array(ciphertext), sender.enc.byteLength);
    return encrypted;
  }
}
