/** Worklets, alive and past, as they are recorded and as the extension's own pages read them. */

import type { KeyChange, KeyHandler } from '../../spec/possibilities/key-handlers';
import type { ConsoleMethod } from '../console-lines';
import type { LoggedEvent } from '../logged-event';
import type { WorkletId } from '../messages';
import { count, object, string } from '../schema';
import type { DecodersOf } from './feature';

/** What a handler was called for, and by whose change (docs/possibilities.md). */
export interface CauseOfRun extends KeyChange {
  /** How many handlers there are in the chain, with this one. */
  readonly step: number;
  readonly scope: LoggedEvent['scope'];
  readonly method: string;
}

/** An operation that was started. */
export interface WorkletRun {
  readonly runId: number;
  readonly name: string;
  /** In milliseconds since the Unix epoch. */
  readonly started: number;
  /** Null while it runs. */
  readonly ended: number | null;
  /** Why it came to nothing; null where it did not. */
  readonly failure: string | null;
  /** Where a handler runs it. */
  readonly cause?: CauseOfRun;
}

/** A line of the console, as text. */
export interface WorkletLine {
  readonly time: number;
  /** Those that ran. */
  readonly operation: string;
  readonly method: ConsoleMethod;
  readonly text: string;
}

export interface WorkletRecord extends WorkletId {
  readonly tabId: number;
  readonly dataOrigin: string;
  readonly moduleURL: string;
  readonly created: number;
  /** Null until its module has been evaluated; `error`: why that failed, or null. */
  readonly loaded: { readonly time: number; readonly error: string | null; readonly operations: readonly string[] } | null;
  /** Those that are registered, and have not been removed: the first ones; absent where there never were any. */
  readonly handlers?: readonly KeyHandler[];
  /** Null while it is alive. */
  readonly ended: number | null;
  /** The last ones, and how many there were. */
  readonly runs: readonly WorkletRun[];
  readonly runCount: number;
  readonly lines: readonly WorkletLine[];
  readonly lineCount: number;
}

export interface WorkletsRequests {
  /** Those of a tab, the newest first. */
  'worklets.list': { params: { tabId: number }; result: readonly WorkletRecord[] };
  /** Ends a worklet, whatever it is doing. */
  'worklets.end': { params: WorkletId; result: null };
}

export const workletsDecoders: DecodersOf<WorkletsRequests> = {
  'worklets.list': object({ tabId: count }),
  'worklets.end': object({ documentId: string, workletId: count }),
};
