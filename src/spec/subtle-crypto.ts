/** The methods of SubtleCrypto, with the numbers of arguments that they require. https://w3c.github.io/webcrypto/#subtlecrypto-interface */
export const SUBTLE_METHODS = [
  ['decrypt', 3],
  ['deriveBits', 2],
  ['deriveKey', 5],
  ['digest', 2],
  ['encrypt', 3],
  ['exportKey', 2],
  ['generateKey', 3],
  ['importKey', 5],
  ['sign', 3],
  ['unwrapKey', 7],
  ['verify', 4],
  ['wrapKey', 4],
] as const;

/** The most arguments that one of them takes. */
export const MAXIMUM_SUBTLE_ARGUMENTS = 7;
