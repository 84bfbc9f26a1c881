/**
 * The "fenced frame config mapping": which URL each URN stands for, and whether that is decided yet.
 * https://wicg.github.io/fenced-frame/#fenced-frame-config-mapping
 *
 * All of it is in the database, so that a stop of this worker loses nothing; the offscreen document writes the results.
 */

import { Refusal } from '../../protocol/envelope';
import type { OperationRequest, Requests, SelectionCall } from '../../protocol/messages';
import type { Page, SelectedURL } from '../../spec/fenced-frame-config';
import { DEFAULT_SELECT_URL_INDEX, pendingBitsOf } from '../../spec/select-url';
import type { StoredSelection } from '../../store/select-url/schema';
import type { Selections } from '../../store/select-url/selections';
import type { SettledSelection } from '../../store/select-url/settle';
import { siteOf } from '../../store/site';
import { pageOf } from '../browser/pages';
import type { Caller } from '../requests/caller';
import type { callWorkletHost } from '../worklets/worklet-host';

type Call = Requests['worklet.selectURL']['params'];

export const newUrn = (): string => `urn:uuid:${crypto.randomUUID()}`;

/** How much later than its URN's use the message about a call may come, in milliseconds: after a stop of this worker it is sent again. */
const LONGEST_MESSAGE = 2000;

/** What the worklet host has to know of a call, besides what the operation is given. */
export function callOf({ urn, operation: name, urls, savedQuery }: StoredSelection): Omit<SelectionCall, keyof OperationRequest> {
  return { urn, name, urls: urls.map(({ url }) => url), savedQuery };
}

const keyOf = ({ documentId }: Caller, selectionId: number): string => `${documentId}/${selectionId}`;

export class SelectedURLs {
  readonly #selections: Selections;
  readonly #callHost: typeof callWorkletHost;
  readonly #onSettled: (selection: SettledSelection) => void;
  /** The calls that this worker has heard of and whose operations have not been started. */
  readonly #calls = new Map<string, Promise<StoredSelection | null>>();

  /** Called when a call is heard of. */
  readonly #onCall = new Set<() => void>();

  constructor(selections: Selections, callHost: typeof callWorkletHost, onSettled: (selection: SettledSelection) => void) {
    this.#selections = selections;
    this.#callHost = callHost;
    this.#onSettled = onSettled;
  }

  /** Finds out what the first call of the document would have to wait for. */
  async prepare(caller: Caller): Promise<void> {
    await Promise.all([this.#selections.prepare(), pageOf(caller)]);
  }

  /** The call is known from now on, though whether it is allowed is decided only now. */
  hear(selectionId: number, caller: Caller, decide: () => Promise<StoredSelection>): Promise<StoredSelection> {
    const decided = decide();
    for (const heard of this.#onCall) heard();
    this.#calls.set(
      keyOf(caller, selectionId),
      decided.catch(() => null),
    );
    return decided;
  }

  /** "Store a pending config". `repeated`: the same call may have been made before, at a worker that was stopped since. */
  async add({ workletId, selectionId, name, urls, savedQuery, urn }: Call, caller: Caller, dataOrigin: string, repeated: boolean) {
    const { documentId, origin } = caller;
    const known = repeated ? await this.#selections.find(documentId, selectionId) : undefined;
    if (known) return known;
    const found = pageOf(caller);
    const page = found instanceof Promise ? await found : found;
    const site = siteOf(dataOrigin);
    if (!page || !site) throw new Refusal('InvalidAccessError', "Failed to execute 'selectURL' on 'SharedStorage': context is not valid");
    const selection: StoredSelection = {
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
    };
    return this.#selections.add(selection);
  }

  /** The call whose operation is to be started; null where it was refused. */
  async callOf(selectionId: number, caller: Caller): Promise<StoredSelection | null> {
    const key = keyOf(caller, selectionId);
    const heardOf = this.#calls.get(key);
    const selection = heardOf ? await heardOf : await this.#selections.find(caller.documentId, selectionId);
    this.#calls.delete(key);
    return selection ?? null;
  }

  /** Gives the call the default result without running anything, and says why in the event log alone. */
  async settleByDefault(urn: string, reason: string): Promise<void> {
    for (const settled of await this.#selections.finish(urn, '', { error: reason })) this.#onSettled(settled);
  }

  /** A refusal that the caller must not notice: nothing is run for the call. */
  async refuse(selection: StoredSelection): Promise<StoredSelection> {
    const reason = 'The settings or the permissions policy refuse it.';
    await this.settleByDefault(selection.urn, reason);
    return { ...selection, result: { index: DEFAULT_SELECT_URL_INDEX, reason, charged: false } };
  }

  /** The call of a URN that a page has: it may have been faster than the message about it. */
  async #find(urn: string): Promise<StoredSelection | undefined> {
    const deadline = Date.now() + LONGEST_MESSAGE;
    for (;;) {
      await Promise.all(this.#calls.values());
      const selection = await this.#selections.get(urn);
      const left = deadline - Date.now();
      if (selection || left <= 0) return selection;
      await this.#nextCall(left);
    }
  }

  /** Resolves when a call is heard of, or after so many milliseconds. */
  async #nextCall(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, milliseconds);
    this.#onCall.add(resolve);
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
      // Where there is still no result, who could have decided it is gone.
      await this.settleByDefault(urn, 'The worklet host went away before the operation had finished.');
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
