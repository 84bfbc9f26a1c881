/** A data origin as a whole, for the test kit: what the domain `Storage` of the Chrome DevTools Protocol said of it. */

import { object, stringThat } from '../schema';
import type { DecodersOf } from './feature';

/** https://chromedevtools.github.io/devtools-protocol/tot/Storage/#type-SharedStorageMetadata */
export interface DataOriginMetadata {
  /** Since when it has had entries, in seconds since the Unix epoch; 0 where it has none. */
  readonly creationTime: number;
  /** How many entries it has. */
  readonly length: number;
  /** What its site may still reveal by navigations in 24 hours, in bits. */
  readonly remainingBudget: number;
  /** Of keys and values, in UTF-16. */
  readonly bytesUsed: number;
}

export interface DataOriginRequests {
  /** In the order of iteration. What windows have asked for by then is in there, unless it waits for a lock that somebody else has. */
  'origin.entries': { params: { dataOrigin: string }; result: readonly (readonly [key: string, value: string])[] };
  'origin.metadata': { params: { dataOrigin: string }; result: DataOriginMetadata };
  /** Gives back what the origin's site has spent by navigations in 24 hours. */
  'origin.resetBudget': { params: { dataOrigin: string }; result: null };
}

const ofOrigin = object({ dataOrigin: stringThat((text) => URL.parse(text)?.origin === text) });

export const dataOriginDecoders: DecodersOf<DataOriginRequests> = {
  'origin.entries': ofOrigin,
  'origin.metadata': ofOrigin,
  'origin.resetBudget': ofOrigin,
};
