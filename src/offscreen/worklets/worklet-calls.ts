/** What a worklet may ask for, carried out for its own data origin and nothing else. */

import { type LoggedLine, loggedLines } from '../../protocol/console-lines';
import { isLockName, update } from '../../protocol/decoders';
import { Refusal } from '../../protocol/envelope';
import { decode, isCount } from '../../protocol/schema';
import type { WorkletCall, WorkletCalls } from '../../protocol/worklet-port';
import { lockManagerName } from '../../spec/locks';
import { isValidKey } from '../../spec/modifier-methods';
import type { LoggedDatabase } from '../../store/events/logged-database';
import type { WorkletSubtleCrypto } from './subtle-crypto';
import type { WorkletLocks } from './worklet-locks';

/** What worklets may do with the store. */
export type WorkletDatabase = Pick<LoggedDatabase, 'update' | 'get' | 'length' | 'entries'>;

export interface WorkletContext {
  readonly database: WorkletDatabase;
  readonly dataOrigin: string;
  readonly locks: WorkletLocks;
  readonly subtleCrypto: WorkletSubtleCrypto;
  /** Of the data origin's site, in bits. */
  remainingBudget(): Promise<number>;
  console(lines: readonly LoggedLine[]): Promise<void>;
  /** Told why an operation of run() has come to nothing. */
  failed(name: string, text: string): void;
}

type Params = Record<string, unknown>;

const invalid = () => new Refusal('DataError', 'The worklet sent a request that cannot be understood.');

type Handlers = { [Name in WorkletCall]: (params: Params, context: WorkletContext) => Promise<WorkletCalls[Name]['result']> };

const handlers: Handlers = {
  async update(params, { database, dataOrigin }) {
    const decoded = decode(update, params);
    if (!decoded) throw invalid();
    const { methods, withLock } = decoded;
    const carryOut = () => database.update(dataOrigin, methods);
    // In a worklet the promise waits for the lock.
    const result = await (withLock === null ? carryOut() : navigator.locks.request(lockManagerName(dataOrigin, withLock), carryOut));
    // If result is false and globalObject is a SharedStorageWorkletGlobalScope: reject promise (Chromium: with an OperationError).
    const [only] = methods;
    const name = only && methods.length === 1 ? only.type : 'batchUpdate';
    // Native says no more than this; the event log says why.
    if (!result) throw new Refusal('OperationError', `sharedStorage.${name}() failed`);
    return undefined;
  },
  async get({ key }, { database, dataOrigin }) {
    if (typeof key !== 'string' || !isValidKey(key)) throw invalid();
    return database.get(dataOrigin, key);
  },
  length: (_params, { database, dataOrigin }) => database.length(dataOrigin),
  remainingBudget: (_params, { remainingBudget }) => remainingBudget(),
  entries: (_params, { database, dataOrigin }) => database.entries(dataOrigin),
  async 'locks.request'({ lockId, name, mode, ifAvailable, steal }, { locks }) {
    if (!isCount(lockId) || !isLockName(name) || !(mode === 'shared' || mode === 'exclusive')) throw invalid();
    if (typeof ifAvailable !== 'boolean' || typeof steal !== 'boolean') throw invalid();
    if (!locks.request({ lockId, name, mode, ifAvailable, steal })) throw invalid();
    return undefined;
  },
  async 'locks.release'({ lockId }, { locks }) {
    if (!isCount(lockId)) throw invalid();
    locks.release(lockId);
    return undefined;
  },
  'locks.query': (_params, { locks }) => locks.query(),
  async 'crypto.subtle'({ method, args }, { subtleCrypto }) {
    try {
      return await subtleCrypto.call(method, args);
    } catch (error) {
      throw error instanceof Error ? new Refusal(error.name, error.message) : invalid();
    }
  },
  async console(params, context) {
    const decoded = decode(loggedLines, params);
    if (!decoded) throw invalid();
    await context.console(decoded.lines);
    return undefined;
  },
};

/** Rejects with a Refusal whose name and message the realm may see. */
export async function carryOut(call: unknown, params: unknown, context: WorkletContext): Promise<unknown> {
  if (typeof call !== 'string' || !Object.hasOwn(handlers, call)) throw invalid();
  const fields = typeof params === 'object' && params !== null ? (params as Params) : {};
  return handlers[call as WorkletCall](fields, context);
}
