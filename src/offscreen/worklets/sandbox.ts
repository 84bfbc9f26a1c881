/**
 * The sandboxed frame and its workers, one for each worklet. Measured: a worker in a frame of its own costs 3.4 MB, one among
 * others in the same frame 2.1 MB; all frames would share a renderer anyway, so a crash takes no fewer worklets with it.
 */

import { decodeFromFrame, type FrameMessage } from '../../protocol/sandbox-port';
import type { SandboxFrame } from './sandbox-frame';

/** How often the frame is asked whether it lives while there is work to do, in ms. */
const PING_INTERVAL = 1000;

/**
 * A frame that has had so many workers gets no more, and goes with the last of them. Of a worker that has ended Chromium keeps about 100 kB, in three
 * of its processes, until the document that made it goes or its object is collected as garbage, of which a thread with so little of it makes none soon.
 */
const MAXIMUM_STARTED = 100;

/** After so many intervals without an answer it is given up, with all worklets in it: its thread may just have been busy in between. */
const MAXIMUM_MISSED = 3;

/** A worker whose realm is locked down and waits for a module. */
export interface SandboxedWorker {
  /** The port to the realm; messages wait in it until somebody listens. */
  readonly port: MessagePort;
  /** Called once, when the worker or its renderer dies. */
  onDeath: () => void;
  /** While true, the renderer is watched. */
  isBusy: () => boolean;
  /** Ends the worker, whatever it is doing. */
  end(): void;
}

export class Sandbox {
  readonly #element: HTMLIFrameElement;
  readonly #control: MessagePort;
  readonly #workers = new Map<number, SandboxedWorker>();
  readonly #timer: ReturnType<typeof setInterval>;
  #lastId = 0;
  /** Pings since the last answer. */
  #missed = 0;
  /** When it answered last. */
  #heard = -Infinity;
  /** Called with the next answer. */
  #onAnswer: (() => void)[] = [];
  #spare: SandboxedWorker | null = null;
  /** Whether it goes with the last of its workers. */
  #isRetired = false;
  readonly #onDeath: () => void;

  private constructor(element: HTMLIFrameElement, control: MessagePort, onDeath: () => void) {
    this.#element = element;
    this.#control = control;
    this.#onDeath = onDeath;
    control.onmessage = ({ data }) => this.#receive(data);
    this.#timer = setInterval(() => this.#watch(), PING_INTERVAL);
    this.replenish();
  }

  static async open({ element, loaded }: SandboxFrame, onDeath: () => void): Promise<Sandbox> {
    await loaded;
    const control = new MessageChannel();
    // The frame's origin is opaque: no target origin names it. It is our own page, and nothing can navigate it.
    element.contentWindow?.postMessage(null, '*', [control.port2]);
    return new Sandbox(element, control.port1, onDeath);
  }

  get hasJustAnswered(): boolean {
    return performance.now() - this.#heard < PING_INTERVAL;
  }

  /** Whether it has had as many workers as it may have. One that stands ready may still be taken. */
  get isUsedUp(): boolean {
    return this.#lastId >= MAXIMUM_STARTED && !this.#spare;
  }

  /** Call when nobody will take a worker of it any more. */
  retire(): void {
    this.#isRetired = true;
    this.#closeIfDone();
  }

  /** Whether the renderer answers: it may have died while nobody watched it. One that does not is given up. */
  async isAlive(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#onAnswer.push(() => resolve(true));
    const timer = setTimeout(() => resolve(false), PING_INTERVAL * MAXIMUM_MISSED);
    this.#tell({ type: 'ping' });
    const alive = await promise;
    clearTimeout(timer);
    if (!alive) this.#die();
    return alive;
  }

  /** A worker at once, where one stands ready: the next one does so when `replenish` has been called. */
  take(): SandboxedWorker {
    const worker = this.#spare ?? this.#create();
    this.#spare = null;
    return worker;
  }

  replenish(): void {
    if (this.#lastId < MAXIMUM_STARTED) this.#spare ??= this.#create();
  }

  #create(): SandboxedWorker {
    const id = ++this.#lastId;
    const { port1, port2 } = new MessageChannel();
    const end = () => {
      if (!this.#workers.delete(id)) return;
      port1.close();
      this.#tell({ type: 'end', id });
      this.#closeIfDone();
    };
    const worker: SandboxedWorker = { port: port1, onDeath: () => undefined, isBusy: () => false, end };
    this.#workers.set(id, worker);
    this.#tell({ type: 'start', id }, [port2]);
    return worker;
  }

  #receive(message: unknown): void {
    const decoded = decodeFromFrame(message);
    // Our frame sends nothing else: this one is not ours any more.
    if (!decoded) {
      this.#die();
      return;
    }
    this.#missed = 0;
    this.#heard = performance.now();
    for (const answered of this.#onAnswer.splice(0)) answered();
    if (decoded.type === 'failed') this.#fail(decoded.id);
  }

  #tell(message: FrameMessage, transfer: Transferable[] = []): void {
    this.#control.postMessage(message, transfer);
  }

  #fail(id: number): void {
    const worker = this.#workers.get(id);
    this.#workers.delete(id);
    worker?.onDeath();
    this.#closeIfDone();
  }

  #watch(): void {
    if (this.#missed >= MAXIMUM_MISSED) {
      this.#die();
      return;
    }
    if (this.#missed === 0 && ![...this.#workers.values()].some((worker) => worker.isBusy())) return;
    this.#missed++;
    this.#tell({ type: 'ping' });
  }

  /** The renderer is gone, and all workers with it. The next worklet gets a new one. */
  #die(): void {
    this.#close();
    this.#onDeath();
    for (const worker of [...this.#workers.values()]) worker.onDeath();
    this.#workers.clear();
  }

  #closeIfDone(): void {
    if (this.#isRetired && this.#workers.size === 0) this.#close();
  }

  #close(): void {
    clearInterval(this.#timer);
    this.#control.close();
    this.#element.remove();
  }
}
