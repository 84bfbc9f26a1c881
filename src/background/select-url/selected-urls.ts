/**
 * The "fenced frame config mapping": which URL each URN stands for, and whether that is decided yet.
 * https://wicg.github.io/fenced-frame/#fenced-frame-config-mapping
 *
 * All of it is in the database, so that a stop of this worker loses nothing; the offscreen document writes the results.
 */

import { Refusal } from '../../protocol/envelope';
import type { Requests } from '../../protocol/messages';
import type { Page, SelectedURL } from '../../spec/fenced-frame-config';
import { because, type Reason } from '../../spec/reason';
import { pendingBitsOf } from '../../spec/select-url';
import type { StoredSelection } from '../../store/select-url/schema';
import type { Selections } from '../../store/select-url/selections';
import type { SettledSelection } from '../../store/select-url/settle';
import { siteOf } from '../../store/site';
import type { Pages } from '../browser/pages';
import type { Caller } from '../requests/caller';
import type { CallHost } from '../worklets/worklet-host';

type Call = Requests['worklet.selectURL']['params'];

export const newUrn = (): string => `urn:uuid:${crypto.randomUUID()}`;

/** How much later than its URN's use the message about a call may come, in milliseconds: after a stop of this worker it is sent again. */
const LONGEST_MESSAGE = 2000;

/** A call that this worker has heard of. */
export interface HeardCall {
  /** "Store a pending config": resolves once the call is known to every worker, with its URN. */
  store(dataOrigin: string): Promise<StoredSelection>;
  /** Stores the call, unless that is done, and gives it the default result: a refusal that its caller must not notice. */
  refuse(dataOrigin: string): Promise<StoredSelection>;
  /** Nothing more comes of the call: whoever waits for it to be stored looks for it now. */
  forget(): void;
}

export class SelectedURLs {
  readonly #selections: Selections;
  readonly #pages: Pages;
  readonly #callHost: CallHost;
  readonly #onSettled: (selection: SettledSelection) => void;
  /** For URNs that their pages had in advance: when the call, which is on its way into the store, is there. */
  readonly #undecided = new Map<string, Promise<void>>();
  /** Called when a call is heard of. */
  readonly #onCall = new Set<() => void>();

  constructor(selections: Selections, pages: Pages, callHost: CallHost, onSettled: (selection: SettledSelection) => void) {
    this.#selections = selections;
    this.#pages = pages;
    this.#callHost = callHost;
    this.#onSettled = onSettled;
  }

  /** Finds out what the first call of the document would have to wait for. */
  async prepare(caller: Caller): Promise<void> {
    await Promise.all([this.#selections.prepare(), this.#pages.of(caller)]);
  }

  /** The call is known from now on. `repeated`: the same call may have been heard before, by a worker that was stopped since. */
  hear(call: Call, caller: Caller, repeated: boolean): HeardCall {
    const { promise: decided, resolve: decide } = Promise.withResolvers<void>();
    const { urn } = call;
    if (urn) this.#undecided.set(urn, decided);
    for (const heard of this.#onCall) heard();
    let stored: Promise<StoredSelection> | null = null;
    const store = (dataOrigin: string) => {
      stored ??= this.#store(call, caller, dataOrigin, repeated);
      return stored.finally(decide);
    };
    const refuse = async (dataOrigin: string) => {
      const selection = await store(dataOrigin);
      if (!selection.result) await this.settleByDefault(selection.urn, because('reasonRefusedSelection'));
      return selection;
    };
    const forget = () => {
      if (urn) this.#undecided.delete(urn);
      decide();
    };
    return { store, refuse, forget };
  }

  async #store({ workletId, selectionId, name, urls, savedQuery, urn }: Call, caller: Caller, dataOrigin: string, repeated: boolean) {
    const { documentId, origin } = caller;
    const known = repeated ? await this.#selections.find(documentId, selectionId) : undefined;
    if (known) return known;
    const page = await this.#pages.of(caller);
    const site = siteOf(dataOrigin);
    if (!page || !site) throw new Refusal('InvalidAccessError', "Failed to execute 'selectURL' on 'SharedStorage': context is not valid");
    return this.#selections.add({
      urn: urn ?? newUrn(),
      documentId,
      selectionId,
      workletId,
      embedderOrigin: origin,
      page,
      dataOrigin,
      site,
      operation: name,
      urls,
      savedQuery,
      time: Date.now(),
      result: null,
      pendingBits: pendingBitsOf(urls.length),
    });
  }

  /** Gives the call the default result without running anything, and says why in the event log alone. */
  async settleByDefault(urn: string, reason: Reason): Promise<void> {
    for (const settled of await this.#selections.finish(urn, '', { error: reason })) this.#onSettled(settled);
  }

  /** The call of a URN that a page has: it may have been faster than the message about it. No other call is waited for. */
  async #find(urn: string): Promise<StoredSelection | undefined> {
    const deadline = Date.now() + LONGEST_MESSAGE;
    for (;;) {
      const selection = await this.#selections.get(urn);
      const left = deadline - Date.now();
      if (selection || left <= 0) return selection;
      await this.#nextNews(urn, left);
    }
  }

  /** Resolves when the call of the URN is stored, when any call is heard of where that one is not, or after so many milliseconds. */
  async #nextNews(urn: string, milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    const undecided = this.#undecided.get(urn);
    void undecided?.then(resolve);
    if (!undecided) this.#onCall.add(resolve);
    await promise;
    clearTimeout(timer);
    this.#onCall.delete(resolve);
  }

  /** What the URN stands for on the page, once that is decided; null for what is unknown there. Rejects where this worker is being stopped. */
  async resolve(urn: string, page: Page | null): Promise<SelectedURL | null> {
    let selection = await this.#find(urn);
    if (!page || selection?.page.tabId !== page.tabId || selection.page.documentId !== page.documentId) return null;
    if (!selection.result) {
      const answer = await this.#callHost('host.selected', { documentId: selection.documentId, urn });
      // A worker that is being stopped reaches nobody, and must decide nothing.
      if (!answer.ok) throw new Error(answer.error.message);
      const result = answer.value as StoredSelection['result'];
      selection = result ? { ...selection, result } : await this.#selections.get(urn);
    }
    if (selection && !selection.result) {
      // Who could have decided it is gone.
      await this.settleByDefault(urn, because('reasonHostWentAway'));
      selection = await this.#selections.get(urn);
    }
    if (!selection?.result) return null;
    const { index } = selection.result;
    const selected = selection.urls[index];
    if (!selected) return null;
    const { dataOrigin, site, documentId, embedderOrigin, urls } = selection;
    // https://wicg.github.io/shared-storage/#register-reporting-metadata
    const reportingMetadata = new Map(selected.reportingMetadata);
    return {
      urn,
      url: selected.url,
      index,
      dataOrigin,
      site,
      budgetBits: pendingBitsOf(urls.length),
      reportingMetadata,
      defaultURL: urls[0]?.url ?? selected.url,
      documentId,
      embedderOrigin,
    };
  }

  /**
   * A frame that shows the URNs, or one inside it, navigates the top: their sites are charged, once for each URN.
   * https://wicg.github.io/shared-storage/#charge-shared-storage-navigation-budget
   */
  chargeNavigation(urns: readonly string[]): Promise<{ site: string; bits: number }[]> {
    return this.#selections.chargeNavigation(urns);
  }
}
