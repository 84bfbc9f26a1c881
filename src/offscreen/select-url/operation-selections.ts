/** The operations that select URLs: what they come to is written down here, and nobody is told but the service worker. */

import type { HostRequests, SelectionCall } from '../../protocol/messages';
import { because, said } from '../../spec/reason';
import { type CallResult, callResultOf } from '../../spec/select-url';
import type { StoredSelection } from '../../store/select-url/schema';
import type { Selections } from '../../store/select-url/selections';
import type { SettledSelection } from '../../store/select-url/settle';
import { readyForOperations } from '../worklets/ready-for-operations';
import type { Worklet } from '../worklets/worklet';

/** How long the operation of a document that nobody has heard of may be waited for: it may just be on its way, in milliseconds. */
const LONGEST_WAIT = 10_000;

type Result = StoredSelection['result'];

export class Selecting {
  readonly #selections: Selections;
  readonly #onSettled: (selection: SettledSelection) => void;
  /** The URNs whose operations are under way. */
  readonly #running = new Set<string>();
  /** What is called once a URN has its result. */
  readonly #waiting = new Map<string, { readonly documentId: string; readonly settled: Promise<Result>; settle(result: Result): void }>();

  constructor(selections: Selections, onSettled: (selection: SettledSelection) => void) {
    this.#selections = selections;
    this.#onSettled = onSettled;
  }

  /** Runs the operation when `hold` calls back, unless a saved query makes that unnecessary. `hold` is false where it was run before. */
  async select(
    found: Worklet | undefined,
    runId: number,
    call: SelectionCall,
    hold: (worklet: Worklet, start: () => void | Promise<void>) => boolean,
  ): Promise<void> {
    const { urn, name, urls, data, keepAlive, config, savedQuery } = call;
    const worklet = readyForOperations(found, call.isModuleLoaded);
    if (typeof worklet === 'string') {
      found?.keepAliveAfter(keepAlive);
      await this.#finish(urn, '', { error: said(worklet) });
      return;
    }
    const { moduleURL } = worklet;
    // A repeated delivery.
    if (this.#running.has(urn)) return;
    // Known as running before it is written down that it decides: whoever reads that would think it lost.
    this.#running.add(urn);
    const run = () => {
      worklet.run({
        runId,
        name,
        data,
        keepAlive,
        config,
        selection: { urls, finish: (result) => void this.#finish(urn, moduleURL, callResultOf(result)) },
      });
    };
    const start = async () => {
      let next: Awaited<ReturnType<Selections['begin']>> = 'unknown';
      try {
        next = await this.#selections.begin(urn, moduleURL, (other) => this.#running.has(other));
      } finally {
        if (next !== 'run') this.#running.delete(urn);
      }
      if (next === 'run') run();
      else worklet.keepAliveAfter(keepAlive);
      if (typeof next === 'object') this.#settle([next]);
    };
    if (!hold(worklet, savedQuery === '' ? run : start)) this.#running.delete(urn);
  }

  /** Resolves to the URN's result; it gets the default one where nothing else can be expected any more. Null where it is to be looked up. */
  async selected({ urn, documentId }: HostRequests['host.selected']['params'], isAlive: () => boolean): Promise<Result> {
    // While the operation runs, there is none.
    const result = this.#running.has(urn) ? null : await this.#resultOf(urn);
    if (result) return result;
    const known = this.#waiting.get(urn);
    if (known) return known.settled;
    const { promise: settled, resolve: settle } = Promise.withResolvers<Result>();
    this.#waiting.set(urn, { documentId, settled, settle });
    setTimeout(() => {
      if (this.#waiting.has(urn) && !this.#running.has(urn) && !isAlive()) this.#giveUp(urn);
    }, LONGEST_WAIT);
    // It may have got it while we were looking.
    const now = this.#running.has(urn) ? null : await this.#resultOf(urn);
    if (now) this.#tell(urn, now);
    return settled;
  }

  async #resultOf(urn: string): Promise<Result> {
    return (await this.#selections.get(urn))?.result ?? null;
  }

  /** In bits. https://wicg.github.io/shared-storage/#dom-sharedstorage-remainingbudget */
  remainingBudget(site: string, dataOrigin: string): Promise<number> {
    return this.#selections.remainingNavigationBudget(site, dataOrigin);
  }

  /** Nothing comes from the document any more but what is under way. */
  documentClosed(documentId: string): void {
    for (const [urn, waiting] of this.#waiting) if (waiting.documentId === documentId && !this.#running.has(urn)) this.#giveUp(urn);
  }

  #giveUp(urn: string): void {
    void this.#finish(urn, '', { error: because('reasonDocumentWentAway') });
  }

  async #finish(urn: string, moduleURL: string, result: CallResult): Promise<void> {
    try {
      this.#settle(await this.#selections.finish(urn, moduleURL, result));
    } catch (error) {
      console.error('selectURL', error);
    } finally {
      this.#running.delete(urn);
      this.#tell(urn, null);
    }
  }

  #settle(settled: readonly SettledSelection[]): void {
    for (const selection of settled) {
      this.#onSettled(selection);
      this.#tell(selection.urn, selection.result);
    }
  }

  #tell(urn: string, result: Result): void {
    this.#waiting.get(urn)?.settle(result);
    this.#waiting.delete(urn);
  }
}
