/** Calls of windows, carried out again on a page of their origin. */

import { array, type Decoded, isFields, matching, object, string } from '../schema';
import type { DecodersOf } from './feature';

/** As the event log has it: the method, and its parameters. */
const recordedCall = object({ method: string, parameters: matching(isFields) });

export type RecordedCall = Decoded<typeof recordedCall>;

export interface ReplayRequests {
  /** Opens the page in a tab, and makes the calls there one after the other, by the page's own API. Fails where the page is of another origin. */
  'replay.run': {
    params: { origin: string; url: string; calls: RecordedCall[] };
    result: {
      readonly documentId: string;
      /** What became of the promise of each: null where it was fulfilled, or the error's name and text. */
      readonly outcomes: readonly (string | null)[];
    };
  };
}

export const replayDecoders: DecodersOf<ReplayRequests> = {
  'replay.run': object({ origin: string, url: string, calls: array(recordedCall, 10_000) }),
};
