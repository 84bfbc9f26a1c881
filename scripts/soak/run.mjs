// Several tabs that use everything, for a while, and what the browser needs meanwhile.

import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../bench/statistics.mjs';
import { memoryByRole } from './processes.mjs';
import { SHORTEST_JUDGED, WARM_UP } from './steady.mjs';

/** Three sites, two of them in two tabs, which share what they store and their locks. */
const SITES = ['first', 'first', 'second', 'third', 'third'];

/** How often memory and latency are looked at, in milliseconds. */
export const INTERVAL = 5000;

/** How many sent reports and events are kept: the newest. What keeps them is `REPORT_LIMITS`, and the setting `eventLogSize`. */
const KEPT = { reports: 2000, events: 10_000 };

/** So many reports are made at a time. */
const FILLING = 250;

/** One tab after the other loads its page anew, so often: pages come and go too. In milliseconds. */
const RELOAD = 20_000;

/** For so long, at the end of the warm-up and at the end, garbage is collected before each look, in milliseconds. */
const COLLECTING = 60_000;

/** Where garbage can be collected. @type {ReadonlySet<string>} */
const COLLECTED = new Set(['page', 'iframe', 'background_page', 'service_worker']);

/**
 * @typedef {object} Measured in one interval
 * @property {number} time since the beginning, in seconds
 * @property {boolean} isCollected whether garbage had been collected before
 * @property {import('./processes.mjs').Memory} memory
 * @property {number} throughput what was done, in a second
 * @property {Record<string, { p50: number, p95: number, count: number }>} latency by what was done, in milliseconds
 */

export class Soak {
  /** @type {Measured[]} */
  measured = [];
  /** @type {string[]} */
  failures = [];
  done = 0;
  /** @type {Record<string, number[]>} */
  #took = {};
  /** @type {import('../browser/launch.mjs').Session[]} */
  #tabs = [];

  /** @param {import('../browser/launch.mjs').Browser} browser @param {number} rate how much each tab does in a second */
  constructor(browser, rate) {
    this.browser = browser;
    this.rate = rate;
  }

  /** @param {import('./site.mjs').Note} note */
  hear({ took, failures }) {
    this.failures.push(...failures);
    for (const [name, times] of Object.entries(took)) {
      this.#took[name] ??= [];
      this.#took[name].push(...times);
    }
  }

  /** @param {import('../browser/launch.mjs').Session} tab @param {string} url */
  async #load(tab, url) {
    await tab.navigate(url);
    await tab.evaluate(`void begin(${this.rate})`);
  }

  /** Until what is kept of reports and events is as much as it gets. @param {(label: string) => string} originOf @param {() => number} received how many reports the server has */
  async fill(originOf, received) {
    const tab = await this.browser.openPage(`${originOf(String(SITES[0]))}/`);
    await tab.evaluate(`sharedStorage.worklet.addModule('/worklet.js')`);
    // Of reports that wait for being sent an origin has only so many.
    for (let asked = 0; asked < KEPT.reports; ) {
      asked += FILLING;
      await tab.evaluate(`repeat('contribution', ${FILLING})`);
      while (received() < asked) await sleep(50);
    }
    await tab.evaluate(`repeat('set', ${KEPT.events})`);
    await tab.close();
  }

  /** @param {(label: string) => string} originOf @param {number} minutes @param {(measured: Measured) => void} onMeasured */
  async run(originOf, minutes, onMeasured) {
    const urls = SITES.map((site) => `${originOf(site)}/`);
    for (const url of urls) {
      const tab = await this.browser.openPage();
      // What nobody listens to is not kept: the console's messages would be.
      await tab.send('Runtime.disable');
      this.#tabs.push(tab);
      await this.#load(tab, url);
    }
    const begun = performance.now();
    const elapsed = () => performance.now() - begun;
    const whole = minutes * 60_000;
    const isCollecting = (/** @type {number} */ time) =>
      [whole * WARM_UP + COLLECTING, whole].some((end) => time > end - COLLECTING && time <= end);
    let reloads = 0;
    for (let next = INTERVAL; next <= whole; next += INTERVAL) {
      await sleep(Math.max(0, next - elapsed()));
      const isCollected = minutes >= SHORTEST_JUDGED && isCollecting(next);
      if (isCollected) await this.#collectGarbage();
      const measured = { ...(await this.#measure(elapsed() / 1000)), isCollected };
      this.measured.push(measured);
      onMeasured(measured);
      if (elapsed() < (reloads + 1) * RELOAD) continue;
      const turn = reloads++ % urls.length;
      await this.#load(/** @type {import('../browser/launch.mjs').Session} */ (this.#tabs[turn]), String(urls[turn]));
    }
  }

  /** What is left in use then is needed, or lost. What goes away meanwhile needs none. */
  async #collectGarbage() {
    for (const { targetId } of [...this.browser.targets.values()].filter(({ type }) => COLLECTED.has(type))) {
      const session = await this.browser.attach((target) => target.targetId === targetId, INTERVAL).catch(() => null);
      await session?.send('HeapProfiler.collectGarbage').catch(() => {});
      await session?.detach().catch(() => {});
    }
  }

  /** @param {number} time @returns {Promise<Omit<Measured, 'isCollected'>>} */
  async #measure(time) {
    const took = this.#took;
    this.#took = {};
    const { processInfo } = await this.browser.devtools.send('SystemInfo.getProcessInfo');
    const count = Object.values(took).reduce((sum, times) => sum + times.length, 0);
    this.done += count;
    const last = this.measured.at(-1)?.time ?? 0;
    const latency = Object.entries(took).map(([name, times]) => {
      const [p50, p95] = [50, 95].map((percent) => percentile(times, percent));
      return /** @type {const} */ ([name, { p50: Number(p50), p95: Number(p95), count: times.length }]);
    });
    return { time, memory: memoryByRole(processInfo), throughput: count / (time - last), latency: Object.fromEntries(latency) };
  }
}
