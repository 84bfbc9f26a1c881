/** Documents in frames with opaque URLs that lead the user somewhere else: what that costs, and what it sets off. */

import { isUserActive } from '../../injected/fenced-frames/notify';
import type { FenceRequests, Place, WayOut } from '../../protocol/fence-requests';
import { keepServiceWorkerAlive } from '../browser/keep-alive';
import { runIn } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import { type Enclosing, enclosingContents } from '../select-url/frame-records';
import type { SelectedURLs } from '../select-url/selected-urls';
import { documentOf, enclosing, isNew, type Reports } from './reports';
import type { SentForms } from './sent-forms';

/** How long the response to a navigation of the top is waited for, in milliseconds. */
const LONGEST_NAVIGATION = 30_000;

/** One that commits, or fails. */
interface Navigation {
  readonly tabId: number;
  readonly frameId: number;
  readonly url: string;
  readonly hasFailed: boolean;
}

interface Verdict {
  /** False as well where nothing has happened in time. */
  readonly verdict: Promise<boolean>;
  readonly decide: (verdict: boolean) => void;
}

/** Listens to navigations until one of them, or whoever listens, decides. */
function listenToNavigations(judge: (navigation: Navigation) => boolean | undefined): Verdict {
  const { onCommitted, onErrorOccurred } = chrome.webNavigation;
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const hear = (hasFailed: boolean) => (navigation: Omit<Navigation, 'hasFailed'>) => {
    const verdict = judge({ ...navigation, hasFailed });
    if (verdict !== undefined) resolve(verdict);
  };
  const [committed, failed] = [hear(false), hear(true)];
  onCommitted.addListener(committed);
  onErrorOccurred.addListener(failed);
  const timer = setTimeout(resolve, LONGEST_NAVIGATION, false);
  const verdict = promise.finally(() => {
    clearTimeout(timer);
    onCommitted.removeListener(committed);
    onErrorOccurred.removeListener(failed);
  });
  keepServiceWorkerAlive(verdict);
  return { verdict, decide: resolve };
}

/** Resolves to whether the top gets another document than that, and the frame does not get one before. */
async function isTopNavigated({ tabId, frameId }: Caller, topDocumentId: string): Promise<boolean> {
  const { verdict, decide } = listenToNavigations((navigation) => {
    if (navigation.hasFailed || navigation.tabId !== tabId) return undefined;
    return navigation.frameId === 0 || (navigation.frameId === frameId ? false : undefined);
  });
  const top = await chrome.webNavigation.getFrame({ tabId, frameId: 0 });
  if (top?.documentId !== topDocumentId) decide(true);
  return verdict;
}

/** Resolves to whether the navigation commits. */
async function go(openerTabId: number, url: string, place: Place): Promise<boolean> {
  let tabId: number | undefined;
  const early: Navigation[] = [];
  const judge = (navigation: Navigation) => {
    // A page of ours is only on the way there.
    if (navigation.tabId !== tabId || navigation.frameId !== 0 || navigation.url.startsWith(chrome.runtime.getURL(''))) return undefined;
    return !navigation.hasFailed;
  };
  const { verdict, decide } = listenToNavigations((navigation) => {
    // The browser may be faster than its answer, which says what the tab is.
    if (tabId === undefined) early.push(navigation);
    return judge(navigation);
  });
  const tab =
    place === 'tab'
      ? await chrome.tabs.update(openerTabId, { url })
      : await chrome.tabs.create({ url, openerTabId, active: place === 'new tab' });
  tabId = tab?.id;
  const first = early.map(judge).find((judged) => judged !== undefined);
  if (first !== undefined) decide(first);
  return verdict;
}

export class WaysOut {
  readonly #selectedURLs: SelectedURLs;
  readonly #reports: Reports;
  readonly forms: SentForms;

  constructor(selectedURLs: SelectedURLs, reports: Reports, forms: SentForms) {
    this.#selectedURLs = selectedURLs;
    this.#reports = reports;
    this.forms = forms;
  }

  async #charge(enclosing: readonly Enclosing[]): Promise<void> {
    await this.#selectedURLs.chargeNavigation(enclosing.map(({ content }) => content.urn).filter((urn) => urn !== null));
  }

  /** `_unfencedTop` takes the tab to the URL, other targets open a new one, if a user's gesture is behind it. */
  async leave(caller: Caller, way: WayOut, sequence: number): Promise<void> {
    const around = await enclosingContents(caller.tabId, caller.frameId);
    const [nearest] = around;
    if (!nearest || !around.some(({ content }) => content.fenced) || around.some(({ content }) => content.isNetworkRevoked)) return;
    // The top is sent nothing but URLs, as natively.
    if (way.place === 'tab' && way.body) return;
    if (!/^https?:|^about:blank$/.test(way.url) || !(await isNew(caller, sequence))) return;
    if (!way.isActive || !(await runIn(documentOf(caller), isUserActive))) return;
    await this.#charge(around);
    const beacons = await this.#reports.pendingBeacons(caller, nearest, way.areBeaconsAllowed);
    await this.#reports.sendPending(caller, nearest.content, beacons, 'start', sequence);
    // The answer does not wait for it: without one, the request would be delivered again.
    this.#go(caller, way).then(
      async (isCommitted) => {
        if (isCommitted) await this.#reports.sendPending(caller, nearest.content, beacons, 'commit', sequence);
      },
      (reason: unknown) => console.debug('way out', reason),
    );
  }

  async #go(caller: Caller, { url, place, body }: WayOut): Promise<boolean> {
    if (!body) return go(caller.tabId, url, place);
    const { page, done } = await this.forms.prepare(caller, url, body);
    return go(caller.tabId, page, place).finally(done);
  }

  /** A document of an iframe is about to go whose user has been active in it: because it navigates the top, if that changes. */
  async unload(caller: Caller, params: FenceRequests['fence.unload']['params'], sequence: number): Promise<void> {
    const { isActive, areBeaconsAllowed, beacons: own } = params;
    const { content } = await enclosing(caller);
    if (!(await isTopNavigated(caller, content.topDocumentId))) return;
    await this.#charge(await enclosingContents(caller.tabId, caller.frameId));
    if (!isActive) return;
    const beacons = this.#reports.pendingOf(caller, content, areBeaconsAllowed, own);
    for (const stage of ['start', 'commit'] as const) await this.#reports.sendPending(caller, content, beacons, stage, sequence);
  }
}
