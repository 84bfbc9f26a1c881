/** https://patcg-individual-drafts.github.io/private-aggregation-api/#obtain-the-public-key-for-encryption */

import type { LiveSettings } from '../../extension/live-settings';
import { array, decode, object, stringUpTo } from '../../protocol/schema';
import { because, ReasonedError, reasonOf } from '../../spec/reason';
import type { LocalKey } from '../../store/private-aggregation/schema';
import { readText } from '../browser/read-text';

export interface PublicKey {
  readonly id: string;
  readonly publicKey: Uint8Array;
}

/** The profile's own key pair. */
const LOCAL = 'local';

/** How long a coordinator may take to answer, in milliseconds. */
const LONGEST_WAIT = 10_000;

/** What a coordinator may say, in bytes, and of one key. */
const MAXIMUM_LENGTH = 65_536;
const MAXIMUM_KEYS = 100;
const MAXIMUM_ID_LENGTH = 128;
const KEY_BYTES = 32;

const publicKeys = object({ keys: array(object({ id: stringUpTo(MAXIMUM_ID_LENGTH), key: stringUpTo(MAXIMUM_LENGTH) }), MAXIMUM_KEYS, 1) });

function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** `{"keys": [{"id", "key"}]}`, each key of 32 bytes in base64. */
export function decodePublicKeys(text: string): PublicKey[] {
  const decoded = decode(publicKeys, JSON.parse(text));
  if (!decoded) throw new ReasonedError(because('reasonKeysMalformed'));
  return decoded.keys.map(({ id, key }) => {
    const publicKey = decodeBase64(key);
    if (publicKey.length !== KEY_BYTES) throw new ReasonedError(because('reasonKeyLength', id, publicKey.length, KEY_BYTES));
    return { id, publicKey };
  });
}

export class PublicKeys {
  readonly #settings: LiveSettings;
  readonly #localKey: () => Promise<LocalKey>;
  /** It never changes. */
  #ownKey: LocalKey | null = null;
  /** Under way: many reports may need the same keys at once. */
  readonly #asked = new Map<string, Promise<PublicKey[]>>();

  constructor(settings: LiveSettings, localKey: () => Promise<LocalKey>) {
    this.#settings = settings;
    this.#localKey = localKey;
  }

  async #sourceOf(coordinator: string): Promise<string> {
    return (await this.#settings.get()).privateAggregation.keys[coordinator] ?? LOCAL;
  }

  /** The profile's own key, once it has been read; null where a coordinator is asked. */
  async atHand(coordinator: string): Promise<PublicKey | null> {
    return (await this.#sourceOf(coordinator)) === LOCAL ? this.#ownKey : null;
  }

  /** Rejects with an error that says why there is none. */
  async of(coordinator: string): Promise<PublicKey> {
    const source = await this.#sourceOf(coordinator);
    if (source === LOCAL) {
      this.#ownKey ??= await this.#localKey();
      return this.#ownKey;
    }
    try {
      const keys = await this.#fetchOnce(source);
      // The user agent can independently pick a key uniformly at random for every encryption operation.
      return keys[Math.floor(Math.random() * keys.length)] as PublicKey;
    } catch (error) {
      throw new ReasonedError(because('reasonNoPublicKey', source, reasonOf(error)));
    }
  }

  #fetchOnce(url: string): Promise<PublicKey[]> {
    const underWay = this.#asked.get(url);
    if (underWay) return underWay;
    const asked = this.#fetch(url).finally(() => this.#asked.delete(url));
    this.#asked.set(url, asked);
    return asked;
  }

  /** The browser's HTTP cache keeps them for as long as their headers say. */
  async #fetch(url: string): Promise<PublicKey[]> {
    const response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer', signal: AbortSignal.timeout(LONGEST_WAIT) });
    if (!response.ok) throw new ReasonedError(because('reasonKeysStatus', response.status));
    const text = await readText(response, MAXIMUM_LENGTH);
    if (text === null) throw new ReasonedError(because('reasonKeysTooLong', MAXIMUM_LENGTH));
    return decodePublicKeys(text);
  }
}
