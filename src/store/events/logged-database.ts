/** The store as one caller sees it: everything that it does is in the event log, with the reason of every refusal. */

import type { LoggedEvent } from '../../protocol/logged-event';
import type { ReadOfCopy } from '../../protocol/worklet-port';
import { type ModifierMethod, nameOfUpdate } from '../../spec/modifier-methods';
import { type Reason, said } from '../../spec/reason';
import type { AheadDatabase } from '../entries/ahead';
import type { GiveAhead, OrderedEntries } from '../entries/known-entries';
import type { Cause } from '../entries/noted-changes';
import type { ReadAndCopy } from '../entries/reads';
import { type EventLog, shorten } from './event-log';

/** Who the caller is. */
export type LogContext = Pick<LoggedEvent, 'scope' | 'documentId' | 'tabId'>;

/** How many methods of a batch the log keeps. */
const MAXIMUM_METHODS = 20;

/** By hand, for there may be very many. */
function describe(method: ModifierMethod): Record<string, unknown> {
  const { type } = method;
  if (type === 'clear') return { method: type };
  const key = shorten(method.key);
  if (type === 'delete') return { method: type, key };
  const value = shorten(method.value);
  return type === 'append' ? { method: type, key, value } : { method: type, key, value, ignoreIfPresent: method.ignoreIfPresent };
}

function describeAll(methods: readonly ModifierMethod[]): Record<string, unknown> {
  const [only] = methods;
  if (only && methods.length === 1) return describe(only);
  return { methods: methods.slice(0, MAXIMUM_METHODS).map(describe), count: methods.length };
}

/** An update as the log shows it. */
export function describeUpdate(methods: readonly ModifierMethod[], withLock: string | null): Pick<LoggedEvent, 'method' | 'parameters'> {
  const parameters = describeAll(methods);
  if (withLock !== null) parameters.withLock = shorten(withLock);
  return { method: nameOfUpdate(methods), parameters };
}

/** Resolves and rejects as the database does. */
export class LoggedDatabase {
  readonly #database: AheadDatabase;
  readonly #log: EventLog;
  readonly #context: LogContext;

  constructor(database: AheadDatabase, log: EventLog, context: LogContext) {
    this.#database = database;
    this.#log = log;
    this.#context = context;
  }

  /** `by`: the handler whose operation it is. */
  async update(dataOrigin: string, methods: readonly ModifierMethod[], by: Cause['by'] = null): Promise<boolean> {
    const { method, parameters } = describeUpdate(methods, null);
    const cause = { ...this.#context, by };
    const outcome = await this.#noted(dataOrigin, method, parameters, () => this.#database.updateWithReason(dataOrigin, methods, cause));
    return outcome.result === true;
  }

  async get(dataOrigin: string, key: string): Promise<string | undefined> {
    return this.#noted(dataOrigin, 'get', { key: shorten(key) }, () => this.#database.get(dataOrigin, key));
  }

  async length(dataOrigin: string): Promise<number> {
    return this.#noted(dataOrigin, 'length', null, () => this.#database.length(dataOrigin));
  }

  /** As that of the IndexedDatabase; noted with all of them. */
  async entries(dataOrigin: string, ahead: GiveAhead | null = null): Promise<OrderedEntries> {
    let count = 0;
    const giveAhead: GiveAhead = (entries) => {
      count += entries.length;
      ahead?.(entries);
    };
    const read = () => this.#database.entries(dataOrigin, ahead && giveAhead);
    return this.#noted(dataOrigin, 'entries', null, read, ({ length }) => [{ entries: count + length }, null]);
  }

  /** As that of the database; noted as the get() that it answers. */
  getAndCopy(dataOrigin: string, key: string, maximum: number): Promise<ReadAndCopy> {
    const read = () => this.#database.getAndCopy(dataOrigin, key, maximum);
    return this.#noted(dataOrigin, 'get', { key: shorten(key) }, read, ({ value }) => summary(value));
  }

  /** Notes what was read of a copy. */
  noteReads(dataOrigin: string, { method, key, times }: ReadOfCopy, result: unknown): void {
    const [shown, refusal] = summary(result);
    const parameters = key === null ? null : { key: shorten(key) };
    const repeated = times > 1 ? { times } : {};
    this.#log.log({ ...this.#context, time: Date.now(), method, dataOrigin, parameters, result: shown, refusal, duration: 0, ...repeated });
  }

  /** As that of the database. */
  begin(dataOrigin: string, isSettled: boolean): Promise<void> {
    return this.#database.begin(dataOrigin, isSettled);
  }

  /** As that of the database. */
  recheck(begun: string | null = null): void {
    this.#database.recheck(begun);
  }

  /** The operation is asked for before this returns. */
  #noted<Result>(
    dataOrigin: string,
    method: string,
    parameters: unknown,
    operation: () => Promise<Result>,
    summarize: (result: Result) => Summary = summary,
  ): Promise<Result> {
    const time = Date.now();
    const begun = performance.now();
    const note = (result: unknown, refusal: Reason | null) => {
      const duration = performance.now() - begun;
      this.#log.log({ ...this.#context, time, method, dataOrigin, parameters, result, refusal, duration });
    };
    const done = operation();
    done.then(
      (result) => note(...summarize(result)),
      (error: unknown) => note(null, said(String(error))),
    );
    return done;
  }
}

type Summary = [result: unknown, refusal: Reason | null];

/** The result as the log keeps it, and the reason where it is a refusal. */
function summary(result: unknown): Summary {
  if (typeof result === 'string') return [shorten(result), null];
  if (Array.isArray(result)) return [{ entries: result.length }, null];
  if (typeof result !== 'object' || result === null) return [result, null];
  const { result: updated, reason } = result as { result: boolean; reason?: Reason };
  return [updated, reason ?? null];
}
