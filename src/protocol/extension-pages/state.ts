/** Everything that is kept, as a state file (docs/state-file.md). */

import { boolean, type Decoder, INVALID, integer, isFields, nullable, object, oneOf, string, stringUpTo } from '../schema';
import type { DecodersOf } from './feature';

/** How long a file may be, in UTF-16 code units. */
export const LONGEST_STATE_FILE = 30_000_000;

/** How long the browser's messages may be, in bytes of UTF-8, less what stands around the file in one. */
const LONGEST_MESSAGE = 64 * 1024 * 1024 - 1024;

/** How many bytes a UTF-16 code unit may have there: those that are escaped have most. */
const MOST_BYTES = 6;

/** Whether the file is short enough, and fits into a message: in most languages each character has two or three bytes. */
export function canBeSent(text: string): boolean {
  if (text.length > LONGEST_STATE_FILE) return false;
  return text.length * MOST_BYTES <= LONGEST_MESSAGE || new Blob([JSON.stringify(text)]).size <= LONGEST_MESSAGE;
}

/** From one time to another, both included. */
export interface RecordedSpan {
  readonly origin: string;
  readonly from: number;
  readonly to: number;
}

const span = object({ origin: string, from: integer, to: integer });

export interface StateRequests {
  /** The text of the file. `recording`: nothing but the events about the data origin in that span. */
  'state.export': { params: { withKeyPair: boolean; recording: RecordedSpan | null }; result: string };
  /** `everything`: what the file has takes the place of what there is; `entries`: only the entries of the data origins that the file names. */
  'state.import': { params: { text: string; as: 'everything' | 'entries' }; result: StateImport };
  /** Forgets entries, budgets and reports. */
  'state.reset': { params: object; result: undefined };
}

/** What was put in place. */
export interface StateImport {
  readonly origins: number;
  readonly entries: number;
  readonly reports: number;
  readonly events: number;
}

const anything: Decoder<object> = (value) => (isFields(value) ? value : INVALID);

export const stateDecoders: DecodersOf<StateRequests> = {
  'state.export': object({ withKeyPair: boolean, recording: nullable(span) }),
  'state.import': object({ text: stringUpTo(LONGEST_STATE_FILE), as: oneOf(['everything', 'entries']) }),
  'state.reset': anything,
};
