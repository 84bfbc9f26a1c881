/** One worklet: its worker, its module, its operations, and what it may still be asked to do. */

import { type Envelope, fail, Refusal, succeed } from '../../protocol/envelope';
import { MAXIMUM_CALLS_IN_FLIGHT } from '../../protocol/limits';
import { type DecodedCall, decodeFromRealm, type ReadOfCopy, type ToRealm, type WorkletCall } from '../../protocol/worklet-port';
import type { KeyHandler } from '../../spec/possibilities/key-handlers';
import { filteringIdMaxBytesOf } from '../../spec/private-aggregation/contributions';
import type { OperationResult } from '../../spec/select-url';
import { HandlerRuns } from './handler-runs';
import { RealmCopy } from './realm-copy';
import type { Module, Run } from './run';
import type { SandboxedWorker } from './sandbox';
import { WorkletSubtleCrypto } from './subtle-crypto';
import { carryOut, type WorkletContext } from './worklet-calls';
import { WorkletLocks } from './worklet-locks';

/** What a module throws may be of any length; a page gets this much of it, in UTF-16 code units. */
const MAXIMUM_ERROR_LENGTH = 10_000;

const ENDED = 'The worklet ended before the operation had finished.';

/** What a module may ask for before it is loaded: nothing that is stored, for the page is told how loading ends. */
const WHILE_LOADING: ReadonlySet<WorkletCall> = new Set(['console', 'crypto.subtle']);

const shortened = (error: string): string => error.slice(0, MAXIMUM_ERROR_LENGTH);

export class Worklet {
  readonly #context: WorkletContext;
  readonly #locks: WorkletLocks;
  readonly #onEnd: () => void;
  #worker: SandboxedWorker | null = null;
  /** Null once the module has been evaluated. */
  #settleLoad: ((envelope: Envelope) => void) | null;
  #callsInFlight = 0;
  #ended = false;
  /** Operations that have not finished. */
  readonly #running = new Set<number>();
  /** Every operation that was ever asked for: a repeated delivery is not run again. */
  readonly #known = new Set<number>();
  /** Operations that wait for the writes before them, or are being started. */
  readonly #held = new Set<number>();
  /** What is to be done with the results of the operations that have not finished. */
  readonly #onFinished = new Map<number, (result: OperationResult | null) => void>();
  /** When the last operation that was asked for has started. */
  #starting: Promise<void> = Promise.resolve();
  #keepAlive = true;
  readonly handlerRuns = new HandlerRuns();
  readonly #module: Module;
  /** Settles when the sandbox has been asked whether it lives. */
  readonly #expected: Promise<void>;
  #hasModule = false;
  /** Settles when the module has been evaluated. */
  readonly loaded: Promise<Envelope>;

  constructor(context: Omit<WorkletContext, 'locks' | 'subtleCrypto' | 'copy' | 'handlerOf'>, module: Module, onEnd: () => void) {
    this.#expected = context.workers.expect();
    this.#locks = new WorkletLocks(context.dataOrigin, (lockId, state) => this.#post({ type: 'lock', lockId, state }));
    const own = { locks: this.#locks, subtleCrypto: new WorkletSubtleCrypto(), copy: new RealmCopy() };
    this.#context = { ...context, ...own, handlerOf: (runId) => this.handlerRuns.of(runId) };
    this.#onEnd = onEnd;
    this.#module = module;
    ({ promise: this.loaded, resolve: this.#settleLoad } = Promise.withResolvers<Envelope>());
  }

  get moduleURL(): string {
    return this.#module.url;
  }

  /** Whether it has been given one, whatever that came to. */
  get hasModule(): boolean {
    return this.#hasModule;
  }

  get dataOrigin(): string {
    return this.#context.dataOrigin;
  }

  get isBusy(): boolean {
    return this.#running.size > 0 || this.#held.size > 0 || this.#settleLoad !== null;
  }

  /** Starts an operation in its turn, once its reads see what was written before. False where it is known already: a repeated delivery. */
  start(runId: number, isSettled: boolean, start: () => void | Promise<void>): boolean {
    if (this.#known.has(runId) || this.#held.has(runId)) return false;
    this.#held.add(runId);
    const forget = () => {
      this.#held.delete(runId);
      this.#endIfDone();
    };
    const begin = () => this.#context.database.begin(this.dataOrigin, isSettled);
    this.#starting = this.#starting.then(begin).then(start).then(forget, forget);
    return true;
  }

  /** Runs the operation after the module. The worklet ends after the last one that did not ask to keep it. */
  run({ runId, name, data, keepAlive, config, selection, handler }: Run): void {
    const { recorder } = this.#context;
    recorder.started(runId, name, handler?.cause);
    if (handler) this.handlerRuns.began(runId, handler);
    const finish = (result: OperationResult | null) => {
      handler?.ended();
      recorder.finished(runId, result && 'error' in result ? result.error : null);
      if (selection) selection.finish(result ?? { error: 'The operation gave no index.' });
      else if (result && 'error' in result) this.#context.failed(name, result.error);
    };
    if (this.#ended) {
      this.#context.contributing.neverStarted(runId, name, config);
      finish({ error: ENDED });
      return;
    }
    this.#known.add(runId);
    this.#running.add(runId);
    this.#keepAlive = keepAlive ?? this.#keepAlive;
    this.#onFinished.set(runId, finish);
    this.#context.contributing.start(runId, name, config);
    const filteringIds = 256n ** BigInt(filteringIdMaxBytesOf(config));
    const begun = handler ? null : this.dataOrigin;
    this.#context.slowStart.begin(() => this.#post({ type: 'run', runId, name, urls: selection?.urls ?? null, data, filteringIds }, begun));
  }

  /** The handlers that it has, for which it is kept whatever its operations ask for. */
  keepFor(handlers: readonly KeyHandler[]): void {
    this.handlerRuns.hasHandlers = handlers.length > 0;
    this.#context.recorder.handlers(handlers);
    this.#endIfDone();
  }

  /** Ends the worklet once nothing runs in it, if the last call did not ask to keep it. */
  keepAliveAfter(keepAlive: boolean): void {
    this.#keepAlive = keepAlive;
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (!this.#keepAlive && !this.handlerRuns.hasHandlers && !this.isBusy && this.#callsInFlight === 0) this.end();
  }

  /** Ends the worklet, whatever it is doing; what waits for its module is told so. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#context.workers.replenish();
    this.#worker?.end();
    this.#locks.releaseAll();
    this.#settleLoad?.(fail('OperationError', 'The shared storage worklet ended before its module was loaded.'));
    this.#settleLoad = null;
    this.#running.clear();
    this.#held.clear();
    this.#context.contributing.interrupt();
    for (const finish of this.#onFinished.values()) finish({ error: ENDED });
    this.#onFinished.clear();
    this.#context.recorder.ended();
    this.#onEnd();
  }

  /** Evaluates the module; `keepAlive`: whether operations may run in the worklet. */
  load(source: string, keepAlive: boolean): void {
    this.#hasModule = true;
    this.#keepAlive = keepAlive;
    void this.#load(source);
  }

  async #load(source: string): Promise<void> {
    await this.#expected;
    const worker = await this.#context.workers.take();
    if (this.#ended) {
      worker.end();
      return;
    }
    this.#worker = worker;
    worker.isBusy = () => this.isBusy;
    worker.onDeath = () => this.end();
    worker.port.onmessage = ({ data }) => this.#receive(data);
    // Our realm sends nothing that another process cannot read.
    worker.port.onmessageerror = () => this.end();
    this.#context.slowStart.begin(() => this.#post({ type: 'load', ...this.#module, source }));
  }

  /** `begun`: of which data origin it is known what was written before. */
  #post(message: ToRealm, begun: string | null = null): void {
    // It tells the worklet that something has happened, such as that a lock was released: what was written before that is read from now on.
    if (message.type === 'run' || message.type === 'lock') this.#context.database.recheck(begun);
    this.#worker?.port.postMessage(message);
  }

  #receive(message: unknown): void {
    if (this.#ended) return;
    const decoded = decodeFromRealm(message);
    switch (decoded?.type) {
      case 'loaded':
        this.#context.recorder.loaded(decoded.error, decoded.operations);
        this.#settleLoad?.(decoded.error === null ? succeed(undefined) : fail('OperationError', shortened(decoded.error)));
        this.#settleLoad = null;
        this.#context.workers.replenish();
        this.#endIfDone();
        break;
      case 'finished': {
        const { runId, result, isUncaught } = decoded;
        this.#running.delete(runId);
        this.handlerRuns.ended(runId);
        this.#context.contributing.finish(runId, result !== null && 'error' in result, isUncaught);
        this.#onFinished.get(runId)?.(result && 'error' in result ? { error: shortened(result.error) } : result);
        this.#onFinished.delete(runId);
        this.#endIfDone();
        break;
      }
      case 'contributions':
        this.#context.contributing.contribute(decoded.runId, decoded.contributions, decoded.dropped);
        break;
      case 'debugMode':
        this.#context.contributing.enableDebugMode(decoded.runId, decoded.key);
        break;
      case 'reads':
        if (this.#settleLoad === null) this.#noteReads(decoded.reads);
        else this.end();
        break;
      case 'call':
        if (this.#isExpected(decoded.call)) void this.#call(decoded);
        else this.end();
        break;
      default:
        // Ignored, it could go on guessing.
        this.end();
    }
  }

  #noteReads(reads: readonly ReadOfCopy[]): void {
    const { database, dataOrigin, copy } = this.#context;
    for (const read of reads) database.noteReads(dataOrigin, read, copy.resultOf(read));
  }

  /** Whether our realm may ask for this now. One that asks for more is not ours any more. */
  #isExpected(call: WorkletCall): boolean {
    return this.#callsInFlight < MAXIMUM_CALLS_IN_FLIGHT && (this.#settleLoad === null || WHILE_LOADING.has(call));
  }

  async #call({ id, call, params }: { readonly id: number } & DecodedCall): Promise<void> {
    this.#callsInFlight++;
    try {
      const value = await carryOut(call, params, this.#context, (part) => this.#post({ type: 'part', id, value: part }));
      this.#post({ type: 'answer', id, value, error: null });
    } catch (error) {
      const { name, message } = error instanceof Refusal ? error : new Refusal('OperationError', 'The shared storage database failed.');
      this.#post({ type: 'answer', id, value: undefined, error: { name, message } });
    } finally {
      this.#callsInFlight--;
    }
    this.#endIfDone();
  }
}
