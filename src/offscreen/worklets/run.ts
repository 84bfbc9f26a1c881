/** What a worklet starts with, and an operation that is to be run in it. */

import type { CauseOfRun } from '../../protocol/extension-pages/worklets';
import type { ToRealm } from '../../protocol/worklet-port';
import type { PrivateAggregationConfig } from '../../spec/private-aggregation/contributions';
import type { OperationResult } from '../../spec/select-url';

/** What a worklet starts with. */
export type Module = Omit<Extract<ToRealm, { type: 'load' }>, 'type' | 'source'>;

/** A handler of the worklet that runs an operation. */
export interface RunningHandler {
  /** Its name in the worklet. */
  readonly handler: string;
  /** How many handlers there are in the chain of causes, with this one. */
  readonly step: number;
}

export interface Run {
  readonly runId: number;
  readonly name: string;
  readonly data: { readonly value: unknown } | null;
  /** Null for that of a handler, which leaves the worklet as long as it was to live. */
  readonly keepAlive: boolean | null;
  readonly config: PrivateAggregationConfig;
  /** Where the operation selects a URL: the URLs, and who is told, once, what it came to. */
  readonly selection?: { readonly urls: readonly string[]; finish(result: OperationResult): void };
  /** Where a handler runs it: which, and who is told that it has ended. */
  readonly handler?: RunningHandler & { readonly cause: CauseOfRun; ended(): void };
}
