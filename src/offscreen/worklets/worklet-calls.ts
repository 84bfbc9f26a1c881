/** What a worklet may ask for, carried out for its own data origin and nothing else. */

import type { LoggedLine } from '../../protocol/console-lines';
import { Refusal } from '../../protocol/envelope';
import type { WorkletCall, WorkletCalls } from '../../protocol/worklet-port';
import { nameOfUpdate } from '../../spec/modifier-methods';
import type { LoggedDatabase } from '../../store/events/logged-database';
import type { ContributingOperations } from './contributing-operations';
import { sendAhead, sendInParts } from './entries-in-parts';
import { areLoggable } from './loggable';
import { MAXIMUM_COPY, type RealmCopy } from './realm-copy';
import type { Workers } from './sandboxed-workers';
import type { SlowStart } from './slow-start';
import type { WorkletSubtleCrypto } from './subtle-crypto';
import type { WorkletRecorder } from './worklet-history';
import type { WorkletLocks } from './worklet-locks';

/** What worklets may do with the store. */
export type WorkletDatabase = Pick<
  LoggedDatabase,
  'begin' | 'update' | 'get' | 'getAndCopy' | 'length' | 'entries' | 'noteReads' | 'recheck'
>;

export interface WorkletContext {
  readonly database: WorkletDatabase;
  /** `DOCUMENT/NUMBER`. */
  readonly name: string;
  readonly dataOrigin: string;
  readonly copy: RealmCopy;
  readonly locks: WorkletLocks;
  readonly subtleCrypto: WorkletSubtleCrypto;
  readonly contributing: ContributingOperations;
  /** StorageInterestGroup dictionaries of the data origin's groups. */
  interestGroups(): Promise<Record<string, unknown>[]>;
  /** Of the data origin's site, in bits. */
  remainingBudget(): Promise<number>;
  /** For the pages that show what worklets do. */
  readonly recorder: WorkletRecorder;
  /** The handler that runs an operation of this number, null for one of the page's; where it is not known whose code it is, a handler without a name. */
  handlerOf(runId: number | null): { readonly handler: string | null; readonly step: number } | null;
  /** Through which the module and the operations are started. */
  readonly slowStart: SlowStart;
  readonly workers: Workers;
  console(lines: readonly LoggedLine[]): Promise<void>;
  /** Told why an operation of run() has come to nothing. */
  failed(name: string, text: string): void;
}

/** Sends a part of the answer ahead. */
type SendPart = (part: readonly string[]) => void;

type Handlers = {
  [Name in WorkletCall]: (
    params: WorkletCalls[Name]['params'],
    context: WorkletContext,
    sendPart: SendPart,
  ) => Promise<WorkletCalls[Name]['result']>;
};

const handlers: Handlers = {
  async update({ methods, withLock, runId }, { database, dataOrigin, name, handlerOf, locks }) {
    const handler = handlerOf(runId);
    const update = () => database.update(dataOrigin, methods, handler && { worklet: name, ...handler });
    // In a worklet the promise waits for the lock.
    const result = await (withLock === null ? update() : locks.whileHeld(withLock, update));
    // Also where it was refused, whoever had the lock before may have written something.
    if (withLock !== null) database.recheck();
    // If result is false and globalObject is a SharedStorageWorkletGlobalScope: reject promise (Chromium: with an OperationError).
    // Native says no more than this; the event log says why.
    if (!result) throw new Refusal('OperationError', `sharedStorage.${nameOfUpdate(methods)}() failed`);
    return undefined;
  },
  get: ({ key }, { database, dataOrigin }) => database.get(dataOrigin, key),
  async getAndCopy({ key }, { database, dataOrigin, copy }) {
    const read = await database.getAndCopy(dataOrigin, key, MAXIMUM_COPY);
    return { value: read.value, copy: read.copy && copy.give(read.copy) };
  },
  length: (_params, { database, dataOrigin }) => database.length(dataOrigin),
  async remainingBudget(_params, { remainingBudget, database }) {
    const budget = await remainingBudget();
    // It tells of what documents have done, and so do interest groups: what they wrote before that is read from now on.
    database.recheck();
    return budget;
  },
  async entries(_params, { database, dataOrigin }, sendPart) {
    return sendInParts(await database.entries(dataOrigin, (entries) => sendAhead(entries, sendPart)), sendPart);
  },
  async interestGroups(_params, { interestGroups, database }) {
    const groups = await interestGroups();
    database.recheck();
    return groups;
  },
  async 'locks.request'(request, { locks }) {
    if (!locks.request(request)) throw new Refusal('OperationError', 'This worklet asks for too many locks.');
    return undefined;
  },
  async 'locks.release'({ lockId }, { locks }) {
    locks.release(lockId);
    return undefined;
  },
  async 'crypto.subtle'(params, { subtleCrypto }) {
    try {
      return await subtleCrypto.call(params);
    } catch (error) {
      const { name, message } = error as Error;
      throw new Refusal(name, message);
    }
  },
  async console({ lines }, { console }) {
    // Nobody loses a worklet by logging.
    if (!areLoggable(lines)) throw new Refusal('DataError', 'This cannot be logged.');
    await console(lines);
    return undefined;
  },
};

/** Rejects with a Refusal whose name and message the realm may see. */
export function carryOut<Name extends WorkletCall>(
  call: Name,
  params: WorkletCalls[Name]['params'],
  context: WorkletContext,
  sendPart: SendPart,
): Promise<WorkletCalls[Name]['result']> {
  return handlers[call](params, context, sendPart);
}
