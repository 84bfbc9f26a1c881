/**
 * The toolbar badge: shows that the page in view, or a frame in it, used the API, or how much was stopped at an origin's border in it.
 * The browser takes it off at the next navigation.
 */

import { browser } from '../../extension/browser';
import { BoundedMap } from '../../store/bounded-map';
import { Serial } from '../../store/serial';

const STOPPED = '⛔';

/** Of how many tabs it is remembered which document marked them last: a document that uses the API does so many times. */
const MAXIMUM_REMEMBERED = 1000;

async function show(tabId: number, text: string, color: string, title: string): Promise<void> {
  await Promise.all([
    browser.action.setBadgeText({ tabId, text }),
    browser.action.setBadgeBackgroundColor({ tabId, color }),
    browser.action.setTitle({ tabId, title: `Shared Storage Lab: ${title}` }),
  ]);
}

/** How much was stopped, by what is shown; the browser takes that off when the tab navigates, and so it starts again. */
async function stoppedIn(tabId: number): Promise<number> {
  const text = await browser.action.getBadgeText({ tabId });
  return text.startsWith(STOPPED) ? Number.parseInt(text.slice(STOPPED.length), 10) : 0;
}

export class Badge {
  /** Each change goes by what is shown. */
  readonly #changes = new Serial();
  /** By tabId, the documentId of the document that marked the tab last. */
  readonly #marked = new BoundedMap<number, string>(MAXIMUM_REMEMBERED);

  /** A document in the tab uses the API. */
  mark(tabId: number, documentId: string): void {
    if (this.#marked.get(tabId) === documentId) return;
    this.#marked.set(tabId, documentId);
    const mark = async () => {
      if ((await stoppedIn(tabId)) === 0) await show(tabId, 'API', '#0b6e4f', 'this page used the Shared Storage API');
    };
    // The tab may be closed already; then there is nothing left to mark.
    this.#changes.run(mark).catch(() => this.#marked.delete(tabId));
  }

  /** Something was stopped at the border of an agent cluster, in a document of the tab. */
  markStopped(tabId: number): void {
    const count = async () => {
      const stopped = (await stoppedIn(tabId)) + 1;
      const things = stopped === 1 ? 'something' : `${stopped} things`;
      await show(tabId, `${STOPPED}${Math.min(stopped, 99)}`, '#8a1c1c', `${things} stopped at an origin's border in this page`);
    };
    this.#changes.run(count).catch(() => undefined);
  }
}
