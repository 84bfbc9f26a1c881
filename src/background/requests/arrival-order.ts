/**
 * One queue for each document: updates, operations, selections and header writes are carried out in the order in which its page asked for
 * them, whatever each of them has to wait for first. No document waits for another one's requests.
 */

import { BoundedMap } from '../../store/bounded-map';

/** What a request may have to wait for before its turn, as the event log names it. */
export type WaitingFor = 'policy' | 'settings' | 'data origin' | 'fenced frames' | 'storage';

/** How long a request waited for each of the things that it waited for, in milliseconds. */
export type Waits = Partial<Record<WaitingFor, number>>;

/** Waits for something under its name; what had to be waited for is measured. */
export type Wait = <Value>(name: WaitingFor, value: Promise<Value>) => Promise<Value>;

/** The number of a request in its document, and of the one before it that was not answered when it was sent; 0 where there is none. */
export interface ArrivalId {
  readonly sequence: number;
  readonly after: number;
}

interface Entry {
  /** Carries the request out, or leaves it be where it was refused; null while it waits for something. */
  start: (() => void) | null;
}

interface DocumentQueue {
  readonly entries: Entry[];
  /** What was carried out and is on its way to somebody else still. */
  readonly underWay: Set<Promise<unknown>>;
  /** Called when nothing is waiting or under way any more. */
  readonly onDrained: Set<() => void>;
}

/** Of so many documents the newest request is remembered. One of a forgotten document is sent again, after those before it. */
const MAXIMUM_REMEMBERED = 1000;

export class ArrivalOrder {
  readonly #queues = new Map<string, DocumentQueue>();
  /** The newest request of each document that this worker has heard of. */
  readonly #newest = new BoundedMap<string, number>(MAXIMUM_REMEMBERED);

  /**
   * Whether the request has its place: false where this worker has not heard of the one before it, because that one was sent to a worker which
   * has been stopped since. Then both will be sent again, in their order.
   */
  accept(documentId: string, { sequence, after }: ArrivalId): boolean {
    const newest = this.#newest.get(documentId) ?? 0;
    if (after > newest) return false;
    this.#newest.set(documentId, Math.max(newest, sequence));
    return true;
  }

  /**
   * Gives a request the next place of its document, now. `admit` begins at once, and may wait; `carryOut` is called with what it resolves to
   * when all requests before this one have been carried out, or refused. Rejects as `admit` or `carryOut` does.
   */
  enter<Admitted, Result>(
    documentId: string,
    admit: (wait: Wait) => Promise<Admitted>,
    carryOut: (admitted: Admitted, waits: Waits) => Promise<Result>,
  ): Promise<Result> {
    const queue = this.#queueOf(documentId);
    const entry: Entry = { start: null };
    queue.entries.push(entry);
    const ready = (start: () => void) => {
      entry.start = start;
      this.#advance(documentId, queue);
    };
    const waits: Waits = {};
    return new Promise((resolve, reject) => {
      admit(waitIn(waits)).then(
        // What throws rejects, and keeps nobody from their turn.
        (admitted) => ready(() => resolve((async () => carryOut(admitted, waits))())),
        (error: unknown) => {
          reject(error);
          ready(() => undefined);
        },
      );
    });
  }

  /** Resolves when all that the document has asked for so far is carried out, and what was to be kept for it is on its way no more. */
  async drained(documentId: string): Promise<void> {
    const queue = this.#queues.get(documentId);
    if (queue) await new Promise<void>((resolve) => queue.onDrained.add(resolve));
  }

  /** Something that a request of the document was carried out by, and that somebody else has still to get. */
  keep(documentId: string, underWay: Promise<unknown>): void {
    const queue = this.#queueOf(documentId);
    queue.underWay.add(underWay);
    const done = () => {
      queue.underWay.delete(underWay);
      this.#advance(documentId, queue);
    };
    underWay.then(done, done);
  }

  #queueOf(documentId: string): DocumentQueue {
    const existing = this.#queues.get(documentId);
    if (existing) return existing;
    const queue: DocumentQueue = { entries: [], underWay: new Set(), onDrained: new Set() };
    this.#queues.set(documentId, queue);
    return queue;
  }

  #advance(documentId: string, queue: DocumentQueue): void {
    const { entries, underWay, onDrained } = queue;
    const waiting = entries.findIndex(({ start }) => start === null);
    const ready = entries.splice(0, waiting < 0 ? entries.length : waiting);
    for (const { start } of ready) start?.();
    if (entries.length > 0 || underWay.size > 0) return;
    this.#queues.delete(documentId);
    for (const drained of onDrained) drained();
  }
}

function waitIn(waits: Waits): Wait {
  return async (name, value) => {
    const begun = performance.now();
    try {
      return await value;
    } finally {
      waits[name] = (waits[name] ?? 0) + performance.now() - begun;
    }
  };
}
