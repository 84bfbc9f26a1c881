/** What a worklet may ask for, carried out for its own data origin and nothing else. */

import { decodeModifierMethod } from '../protocol/decoders';
import { Refusal } from '../protocol/envelope';
import type { ConsoleLevel } from '../protocol/messages';
import type { WorkletCall, WorkletCalls } from '../protocol/worklet-port';
import type { SharedStorageDatabase } from '../spec/database';
import { isValidKey, type ModifierMethod } from '../spec/modifier-methods';

export interface WorkletContext {
  readonly database: SharedStorageDatabase;
  readonly dataOrigin: string;
  console(message: WorkletCalls['console']['params']): Promise<void>;
}

const LEVELS: ReadonlySet<unknown> = new Set<ConsoleLevel>(['debug', 'error', 'info', 'log', 'trace', 'warn']);

type Params = Record<string, unknown>;

const invalid = () => new Refusal('DataError', 'The worklet sent a request that cannot be understood.');

function decodeMethods(value: unknown): ModifierMethod[] {
  if (!Array.isArray(value)) throw invalid();
  return value.map((one) => {
    const method = decodeModifierMethod(one);
    if (!method) throw invalid();
    return method;
  });
}

type Handlers = { [Name in WorkletCall]: (params: Params, context: WorkletContext) => Promise<WorkletCalls[Name]['result']> };

const handlers: Handlers = {
  async update({ methods }, { database, dataOrigin }) {
    const decoded = decodeMethods(methods);
    // If result is false and globalObject is a SharedStorageWorkletGlobalScope: reject promise (Chromium: with an OperationError).
    const [only] = decoded;
    const name = only && decoded.length === 1 ? only.type : 'batchUpdate';
    // Native says no more than this; the event log says why.
    if (!(await database.update(dataOrigin, decoded))) throw new Refusal('OperationError', `sharedStorage.${name}() failed`);
    return undefined;
  },
  async get({ key }, { database, dataOrigin }) {
    if (typeof key !== 'string' || !isValidKey(key)) throw invalid();
    return database.get(dataOrigin, key);
  },
  length: (_params, { database, dataOrigin }) => database.length(dataOrigin),
  entries: (_params, { database, dataOrigin }) => database.entries(dataOrigin),
  async console({ operation, level, args }, context) {
    if (typeof operation !== 'string' || !LEVELS.has(level) || !Array.isArray(args)) throw invalid();
    await context.console({ operation, level: level as ConsoleLevel, args });
    return undefined;
  },
};

/** Rejects with a Refusal whose name and message the realm may see. */
export async function carryOut(call: unknown, params: unknown, context: WorkletContext): Promise<unknown> {
  if (typeof call !== 'string' || !Object.hasOwn(handlers, call)) throw invalid();
  const fields = typeof params === 'object' && params !== null ? (params as Params) : {};
  return handlers[call as WorkletCall](fields, context);
}
