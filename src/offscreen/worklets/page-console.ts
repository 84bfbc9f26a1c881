/**
 * The consoles of the pages that worklets belong to. Lines travel through the service worker, which the browser may stop at any moment: those of a document go one
 * message after the other, and each once more until the service worker has said that the document has it. So they come in their order, and each of them once.
 */

import type { ShownLine } from '../../protocol/console-lines';
import type { ConsoleRequest } from '../../protocol/messages';
import type { Reason } from '../../spec/reason';
import type { ConsoleNotice } from '../../spec/select-url';
import type { WorkletDocument } from './worklet-document';

/** How many messages of a document wait at most. Worklets have few under way; notices come as often as somebody asks for what fails. */
const MAXIMUM_WAITING = 1000;

interface Waiting extends Pick<ConsoleRequest, 'lines' | 'reason'> {
  settle(): void;
}

const countOf = ({ lines, reason }: Waiting): number => lines.length + (reason === undefined ? 0 : 1);

interface Queue extends WorkletDocument {
  readonly waiting: Waiting[];
  /** How many lines were lost since the last message. */
  dropped: number;
  isWorking: boolean;
}

/** Resolves to whether the document has the lines, or nobody waits for it any more. */
type Deliver = (request: ConsoleRequest) => Promise<boolean>;

export class PageConsole {
  readonly #deliver: Deliver;
  readonly #queues = new Map<string, Queue>();
  /** Documents in the back/forward cache, which nothing can be said to. */
  readonly #paused = new Set<string>();

  constructor(deliver: Deliver) {
    this.#deliver = deliver;
  }

  /** Resolves when nobody has to wait for the lines any more: when the document has them, as a rule. */
  show(document: WorkletDocument, lines: readonly ShownLine[]): Promise<void> {
    return this.#add(document, { lines });
  }

  #add({ tabId, documentId }: WorkletDocument, shown: Omit<Waiting, 'settle'>): Promise<void> {
    const queue = this.#queues.get(documentId) ?? { tabId, documentId, waiting: [], dropped: 0, isWorking: false };
    this.#queues.set(documentId, queue);
    return new Promise((settle) => {
      queue.waiting.push({ ...shown, settle });
      if (queue.waiting.length > MAXIMUM_WAITING) this.#dropFirst(queue);
      void this.#work(queue);
    });
  }

  /** Says what Chromium itself says there, and the page's script cannot know. */
  notice(document: WorkletDocument, { level, text }: ConsoleNotice): void {
    void this.show(document, [[level, text]]);
  }

  /** Says, as an error, why something was not done. */
  explain(document: WorkletDocument, reason: Reason): void {
    void this.#add(document, { lines: [], reason });
  }

  pause(documentId: string, isPaused: boolean): void {
    if (isPaused) this.#paused.add(documentId);
    else this.#paused.delete(documentId);
    const queue = this.#queues.get(documentId);
    if (queue) void this.#work(queue);
  }

  async #work(queue: Queue): Promise<void> {
    if (queue.isWorking) return;
    queue.isWorking = true;
    while (!this.#paused.has(queue.documentId)) {
      const next = this.#take(queue);
      if (!next) break;
      const { tabId, documentId } = queue;
      const { settle, ...shown } = next;
      const isThere = await this.#deliver({ id: crypto.randomUUID(), tabId, documentId, ...shown });
      if (!isThere) queue.dropped += countOf(next);
      settle();
    }
    queue.isWorking = false;
    if (queue.waiting.length + queue.dropped === 0) this.#queues.delete(queue.documentId);
  }

  /** The next message; one that says how many lines were lost goes before. */
  #take(queue: Queue): Waiting | undefined {
    const { dropped } = queue;
    if (dropped === 0 || queue.waiting.length === 0) return queue.waiting.shift();
    queue.dropped = 0;
    return { lines: [['warn', `(${dropped} earlier lines were dropped)`]], settle: () => undefined };
  }

  #dropFirst(queue: Queue): void {
    const first = queue.waiting.shift();
    queue.dropped += first ? countOf(first) : 0;
    first?.settle();
  }
}
