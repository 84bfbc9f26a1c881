/**
 * The toolbar badge: shows that the page in view, or a frame in it, used the API, that something was simulated for it, or how much was stopped at an
 * origin's border in it.
 * The browser takes it off at the next navigation.
 */

import { browser } from '../../extension/browser';
import { type Simulations, simulatedFor } from '../../extension/simulations';
import { BoundedMap } from '../../store/bounded-map';
import { Serial } from '../../store/serial';

const STOPPED = '⛔';
const USED = 'API';
const SIMULATED = 'SIM';

/** Of how many tabs it is remembered which document marked them last: a document that uses the API does so many times. */
const MAXIMUM_REMEMBERED = 1000;

async function show(tabId: number, text: string, color: string, title: string): Promise<void> {
  await Promise.all([
    browser.action.setBadgeText({ tabId, text }),
    browser.action.setBadgeBackgroundColor({ tabId, color }),
    browser.action.setTitle({ tabId, title: `Shared Storage Lab: ${title}` }),
  ]);
}

const showUsed = (tabId: number) => show(tabId, USED, '#0b6e4f', 'this page used the Shared Storage API');

const showSimulated = (tabId: number, dataOrigin: string, names: readonly string[]) =>
  show(tabId, SIMULATED, '#8a5a00', `simulated for ${dataOrigin}: ${names.join(', ')}`);

const shownIn = (tabId: number): Promise<string> => browser.action.getBadgeText({ tabId });

/** How much was stopped, by what is shown; the browser takes that off when the tab navigates, and so it starts again. */
async function stoppedIn(tabId: number): Promise<number> {
  const text = await shownIn(tabId);
  return text.startsWith(STOPPED) ? Number.parseInt(text.slice(STOPPED.length), 10) : 0;
}

export class Badge {
  /** Each change goes by what is shown. */
  readonly #changes = new Serial();
  /** By tabId, the documentId of the document that marked the tab last. */
  readonly #marked = new BoundedMap<number, string>(MAXIMUM_REMEMBERED);
  /** The same of what was simulated for it. */
  readonly #simulated = new BoundedMap<number, string>(MAXIMUM_REMEMBERED);
  #simulations: Simulations = {};

  /** A document in the tab uses the API. */
  mark(tabId: number, documentId: string): void {
    if (this.#marked.get(tabId) === documentId) return;
    this.#marked.set(tabId, documentId);
    const mark = async () => {
      if ((await shownIn(tabId)) === '') await showUsed(tabId);
    };
    // The tab may be closed already; then there is nothing left to mark.
    this.#changes.run(mark).catch(() => this.#marked.delete(tabId));
  }

  /** Switches of the setting `simulations` are on for data that a document in the tab asked for something of. */
  markSimulated(tabId: number, documentId: string, dataOrigin: string, names: readonly string[]): void {
    const mark = `${documentId} ${dataOrigin} ${names}`;
    if (this.#simulated.get(tabId) === mark) return;
    this.#simulated.set(tabId, mark);
    const change = async () => {
      if ((await stoppedIn(tabId)) === 0) await showSimulated(tabId, dataOrigin, names);
    };
    this.#changes.run(change).catch(() => this.#simulated.delete(tabId));
  }

  /**
   * Pages that show something already show what is simulated for their frames now; of others' data they hear when they next ask for it. `before`: what a
   * change that may have started this worker replaced.
   */
  setSimulations(simulations: Simulations, before = this.#simulations): void {
    if (JSON.stringify(simulations) === JSON.stringify(before)) return;
    this.#simulations = simulations;
    this.#simulated.clear();
    const update = async () => {
      const tabs = await browser.tabs.query({});
      await Promise.all(tabs.map(({ id }) => id !== undefined && this.#update(id).catch(() => undefined)));
    };
    this.#changes.run(update).catch(() => undefined);
  }

  async #update(tabId: number): Promise<void> {
    const text = await shownIn(tabId);
    if (text !== USED && text !== SIMULATED) return;
    const frames = (await browser.webNavigation.getAllFrames({ tabId })) ?? [];
    const origins = frames.flatMap(({ url }) => URL.parse(url)?.origin ?? []);
    const simulated = origins.find((origin) => simulatedFor(this.#simulations, origin).length > 0);
    if (simulated) await showSimulated(tabId, simulated, simulatedFor(this.#simulations, simulated));
    else if (text === SIMULATED) await showUsed(tabId);
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
