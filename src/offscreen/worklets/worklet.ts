/** One worklet: its worker, its module, its operations, and what it may still be asked to do. */

import { type Envelope, fail, Refusal, succeed } from '../../protocol/envelope';
import { MAXIMUM_CALLS_IN_FLIGHT } from '../../protocol/limits';
import type { FromRealm, ToRealm, WorkletCall } from '../../protocol/worklet-port';
import type { OperationResult } from '../../spec/select-url';
import { type SandboxedWorker, takeWorker } from './sandbox';
import { WorkletSubtleCrypto } from './subtle-crypto';
import { carryOut, type WorkletContext } from './worklet-calls';
import { WorkletLocks } from './worklet-locks';

export interface Run {
  readonly runId: number;
  readonly name: string;
  readonly data: { readonly value: unknown } | null;
  readonly keepAlive: boolean;
  /** Where the operation selects a URL: the URLs, and who is told, once, what it came to. */
  readonly selection?: { readonly urls: readonly string[]; finish(result: OperationResult): void };
}

function decodeResult(result: unknown): OperationResult {
  const { index, error } = (typeof result === 'object' && result !== null ? result : {}) as { index?: unknown; error?: unknown };
  if (typeof index === 'number') return { index };
  return { error: typeof error === 'string' ? error.slice(0, MAXIMUM_ERROR_LENGTH) : 'The operation gave no index.' };
}

/** What a worklet starts with. */
type Module = Omit<Extract<ToRealm, { type: 'load' }>, 'type'>;

/** What a module throws may be of any length; a page gets this much of it, in UTF-16 code units. */
const MAXIMUM_ERROR_LENGTH = 10_000;

const ENDED = 'The worklet ended before the operation had finished.';

/** What a module may ask for before it is loaded: nothing that is stored, for the page is told how loading ends. */
const WHILE_LOADING: ReadonlySet<WorkletCall> = new Set(['console', 'crypto.subtle']);

const isMessage = (value: unknown): value is FromRealm => typeof value === 'object' && value !== null && 'type' in value;

export class Worklet {
  readonly #context: WorkletContext;
  readonly #locks: WorkletLocks;
  readonly #onEnd: () => void;
  #worker: SandboxedWorker | null = null;
  #settleLoad: ((envelope: Envelope) => void) | null = null;
  #callsInFlight = 0;
  #ended = false;
  /** Operations that have not finished. */
  readonly #running = new Set<number>();
  /** Every operation that was ever asked for: a repeated delivery is not run again. */
  readonly #known = new Set<number>();
  /** Operations that wait for the writes before them, or are being started. */
  readonly #held = new Map<number, () => void>();
  /** What waits for the results of operations that select URLs. */
  readonly #selections = new Map<number, (result: OperationResult) => void>();
  /** When the last operation that was asked for has started. */
  #starting: Promise<void> = Promise.resolve();
  #keepAlive = true;
  /** Settles when the module has been evaluated; repeated deliveries of the creation get the same answer. */
  readonly loaded: Promise<Envelope>;

  constructor(context: Omit<WorkletContext, 'locks' | 'subtleCrypto'>, module: Module, onEnd: () => void) {
    this.#locks = new WorkletLocks(context.dataOrigin, (lockId, state) => this.#post({ type: 'lock', lockId, state }));
    this.#context = { ...context, locks: this.#locks, subtleCrypto: new WorkletSubtleCrypto() };
    this.#onEnd = onEnd;
    this.moduleURL = module.url;
    this.loaded = this.#load(module);
  }

  readonly moduleURL: string;

  get dataOrigin(): string {
    return this.#context.dataOrigin;
  }

  get isBusy(): boolean {
    return this.#running.size > 0 || this.#held.size > 0 || this.#settleLoad !== null;
  }

  /**
   * Starts an operation once it is released, after those that were asked for before it. Gives what resolves then; null where the operation is
   * known already: a repeated delivery.
   */
  hold(runId: number, start: () => void | Promise<void>): Promise<void> | null {
    if (this.#known.has(runId) || this.#held.has(runId)) return null;
    const released = new Promise<void>((resolve) => this.#held.set(runId, resolve));
    const started = this.#starting.then(() => released).then(start);
    const forget = () => {
      this.#held.delete(runId);
      this.#endIfDone();
    };
    this.#starting = started.then(forget, forget);
    return released;
  }

  release(runId: number): void {
    this.#held.get(runId)?.();
  }

  /** Runs the operation after the module. The worklet ends after the last one that did not ask to keep it. */
  run({ runId, name, data, keepAlive, selection }: Run): void {
    if (this.#ended) {
      selection?.finish({ error: ENDED });
      return;
    }
    this.#known.add(runId);
    this.#running.add(runId);
    this.#keepAlive = keepAlive;
    if (selection) this.#selections.set(runId, selection.finish);
    this.#post({ type: 'run', runId, name, urls: selection?.urls ?? null, data });
  }

  /** Ends the worklet once nothing runs in it, if the last call did not ask to keep it. */
  keepAliveAfter(keepAlive: boolean): void {
    this.#keepAlive = keepAlive;
    this.#endIfDone();
  }

  #endIfDone(): void {
    if (!this.#keepAlive && !this.isBusy && this.#callsInFlight === 0) this.end();
  }

  /** Ends the worklet, whatever it is doing; what waits for its module is told so. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#worker?.end();
    this.#locks.releaseAll();
    this.#settleLoad?.(fail('OperationError', 'The shared storage worklet ended before its module was loaded.'));
    this.#settleLoad = null;
    this.#running.clear();
    for (const release of this.#held.values()) release();
    this.#held.clear();
    for (const finish of this.#selections.values()) finish({ error: ENDED });
    this.#selections.clear();
    this.#onEnd();
  }

  async #load(module: Module): Promise<Envelope> {
    const worker = await takeWorker();
    if (this.#ended) {
      worker.end();
      return fail('OperationError', 'The shared storage worklet ended before its module was loaded.');
    }
    this.#worker = worker;
    const result = new Promise<Envelope>((resolve) => {
      this.#settleLoad = resolve;
    });
    worker.isBusy = () => this.isBusy;
    worker.onDeath = () => this.end();
    worker.port.onmessage = ({ data }) => this.#receive(data);
    this.#post({ type: 'load', ...module });
    return result;
  }

  #post(message: ToRealm): void {
    this.#worker?.port.postMessage(message);
  }

  #receive(message: unknown): void {
    if (this.#ended || !isMessage(message)) return;
    switch (message.type) {
      case 'loaded':
        this.#settleLoad?.(
          typeof message.error === 'string' ? fail('OperationError', message.error.slice(0, MAXIMUM_ERROR_LENGTH)) : succeed(undefined),
        );
        this.#settleLoad = null;
        break;
      case 'finished':
        this.#running.delete(message.runId);
        this.#selections.get(message.runId)?.(decodeResult(message.result));
        this.#selections.delete(message.runId);
        this.#endIfDone();
        break;
      case 'call':
        // Our realm asks for nothing else: this one is not ours any more.
        if (this.#settleLoad && !WHILE_LOADING.has(message.call)) this.end();
        else void this.#call(message);
        break;
    }
  }

  async #call({ id, call, params }: Extract<FromRealm, { type: 'call' }>): Promise<void> {
    // Our realm never has more under way: this one is not ours any more.
    if (this.#callsInFlight >= MAXIMUM_CALLS_IN_FLIGHT) {
      this.end();
      return;
    }
    this.#callsInFlight++;
    try {
      const value = await carryOut(call, params, this.#context);
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
