/**
 * What the operations of one worklet contribute, until each of them has ended or has no more time. Then it is handed over; what conditional
 * contributions depend on is decided there, but for the one event that is known here: that the operation itself has failed.
 */

import type { WorkletId } from '../../protocol/messages';
import type { OperationContributions } from '../../protocol/private-aggregation';
import type { RealmContribution } from '../../protocol/worklet-port';
import { ContributionCache, MAXIMUM_DIFFERENT_CONTRIBUTIONS } from '../../spec/private-aggregation/contribution-cache';
import {
  DETERMINISTIC_OPERATION_TIMEOUT,
  isSentDeterministically,
  type PrivateAggregationConfig,
} from '../../spec/private-aggregation/contributions';

/** Whose operations they are. */
export interface Contributor {
  readonly worklet: WorkletId;
  readonly tabId: number;
  readonly moduleURL: string;
  readonly reportingOrigin: string;
}

/** `isFirst`: nothing of the operation was handed over before, by this document or an earlier one. */
type HandOver = (contributions: OperationContributions, isFirst: boolean) => void;

interface Contributing {
  readonly runId: number;
  readonly name: string;
  readonly config: PrivateAggregationConfig;
  readonly startTime: number;
  readonly contributions: ContributionCache;
  /** Contributions that are conditional on the operation's own failure. */
  readonly onUncaughtError: ContributionCache;
  debugMode: { readonly enabled: boolean; readonly key: bigint | null };
  /** How many the realm had no room for. */
  dropped: number;
  /** Undefined where the operation may contribute for as long as it runs. */
  timer?: ReturnType<typeof setTimeout>;
  /** Nothing counts any more, and its developer has been told so. */
  isTooLate: boolean | 'told';
}

const newContributing = (runId: number, name: string, config: PrivateAggregationConfig): Contributing => ({
  runId,
  name,
  config,
  startTime: Date.now(),
  contributions: new ContributionCache(),
  onUncaughtError: new ContributionCache(),
  debugMode: { enabled: false, key: null },
  dropped: 0,
  isTooLate: false,
});

export class ContributingOperations {
  readonly #contributor: Contributor;
  readonly #handOver: HandOver;
  readonly #notice: (operationName: string, text: string) => void;
  readonly #operations = new Map<number, Contributing>();

  constructor(contributor: Contributor, handOver: HandOver, notice: (operationName: string, text: string) => void) {
    this.#contributor = contributor;
    this.#handOver = handOver;
    this.#notice = notice;
  }

  /** https://wicg.github.io/shared-storage/#set-up-the-private-aggregation-scopes */
  start(runId: number, name: string, config: PrivateAggregationConfig): void {
    const operation = newContributing(runId, name, config);
    this.#operations.set(runId, operation);
    if (!isSentDeterministically(config)) return;
    // Wait until privateAggregationTimeout. Run privateAggregationCompletionTask.
    operation.timer = setTimeout(() => {
      operation.isTooLate = true;
      this.#complete(operation, 'timed out');
    }, DETERMINISTIC_OPERATION_TIMEOUT);
  }

  /** An operation that was asked for, and that there is nothing to run for: as natively, its report is made where it is deterministic. */
  neverStarted(runId: number, name: string, config: PrivateAggregationConfig): void {
    // It may have run, in a worklet that has ended since.
    this.#complete(newContributing(runId, name, config), 'failed', false, false);
  }

  contribute(runId: number, contributions: readonly RealmContribution[], dropped: number): void {
    const operation = this.#ofTime(runId);
    if (!operation) return;
    operation.dropped += dropped;
    for (const { errorEvent, count, ...contribution } of contributions) {
      if (errorEvent === 'uncaught-error') operation.onUncaughtError.append(contribution, null, count);
      else operation.contributions.append(contribution, errorEvent, count);
    }
  }

  enableDebugMode(runId: number, key: bigint | null): void {
    const operation = this.#ofTime(runId);
    if (operation && !operation.debugMode.enabled) operation.debugMode = { enabled: true, key };
  }

  /** `isUncaught`: the operation's own code has thrown. */
  finish(runId: number, hasFailed: boolean, isUncaught: boolean): void {
    this.#end(runId, hasFailed ? 'failed' : 'finished', isUncaught);
  }

  /** The worklet has ended. As natively, what was contributed by then counts. */
  interrupt(): void {
    for (const runId of [...this.#operations.keys()]) this.#end(runId, 'interrupted', false);
  }

  #end(runId: number, end: OperationContributions['end'], isUncaught: boolean): void {
    const operation = this.#operations.get(runId);
    if (!operation) return;
    this.#operations.delete(runId);
    clearTimeout(operation.timer);
    if (!operation.isTooLate) this.#complete(operation, end, isUncaught);
  }

  /** Undefined where it is too late for the operation to contribute. */
  #ofTime(runId: number): Contributing | undefined {
    const operation = this.#operations.get(runId);
    if (!operation?.isTooLate) return operation;
    if (operation.isTooLate !== 'told') {
      const seconds = DETERMINISTIC_OPERATION_TIMEOUT / 1000;
      this.#notice(
        operation.name,
        `privateAggregation was used more than ${seconds} seconds after the operation began: that is in no report.`,
      );
    }
    operation.isTooLate = 'told';
    return undefined;
  }

  /** "privateAggregationCompletionTask" */
  #complete(operation: Contributing, end: OperationContributions['end'], isUncaught = false, isFirst = true): void {
    const { runId, name, config, startTime, contributions, onUncaughtError, debugMode } = operation;
    // "Unconditional contributions come last to prioritize successful measurement of errors."
    const all = [...(isUncaught ? onUncaughtError.entries() : []), ...contributions.entries()];
    const kept = all.slice(0, MAXIMUM_DIFFERENT_CONTRIBUTIONS);
    const cut = all.slice(MAXIMUM_DIFFERENT_CONTRIBUTIONS).reduce((sum, { count }) => sum + count, 0);
    const dropped = operation.dropped + contributions.dropped + (isUncaught ? onUncaughtError.dropped : 0) + cut;
    if (kept.length === 0 && dropped === 0 && !isSentDeterministically(config)) return;
    // Asked for again, once its worklet has ended and nobody here knows of it any more, it is the same operation.
    const { documentId, workletId } = this.#contributor.worklet;
    const id = `${documentId} ${workletId} ${runId}`;
    const left = { ...this.#contributor, id, operationName: name, contributions: kept, dropped, debugMode, config, startTime, end };
    this.#handOver(left, isFirst);
  }
}
