// One browser with the extension, and what all attacks in it have in common.

import { createRandom } from '../differ/random.mjs';
import { Innocent } from './innocent.mjs';
import { runAttack } from './run-case.mjs';
import { Stage } from './stage.mjs';

/** Attacks that guess by what is selected get more than the budgets allow: with these, they could be lucky for want of trying. What else a setting brings along is attacked too. */
const SETTINGS = { possibilities: { eventHandlers: true }, budgets: { pageBits: 1000, sitePageBits: 1000, siteDailyBits: 1000 } };

export class Arena {
  /** Exceptions that nobody caught in the extension's own contexts. @type {string[]} */
  failures = [];
  #count = 0;

  /**
   * @param {import('../browser/launch.mjs').Browser} browser
   * @param {number} seed
   */
  static async open(browser, seed) {
    const arena = new Arena(browser, await Stage.open(), await Innocent.open(browser), createRandom(seed));
    await arena.#listenToExtension();
    const worker = await browser.serviceWorker();
    await worker.evaluate(`chrome.storage.local.set({ settings: ${JSON.stringify(SETTINGS)} })`);
    await worker.detach();
    return arena;
  }

  /**
   * @param {import('../browser/launch.mjs').Browser} browser
   * @param {Stage} stage
   * @param {Innocent} innocent
   * @param {import('../differ/random.mjs').Random} random
   */
  constructor(browser, stage, innocent, random) {
    this.browser = browser;
    this.stage = stage;
    this.innocent = innocent;
    this.random = random;
  }

  /** The service worker, whenever it is there, and the offscreen document. */
  async #listenToExtension() {
    const { devtools, extensionId, targets } = this.browser;
    const own = `chrome-extension://${extensionId}/`;
    const attached = new Set();
    const attach = async (/** @type {any} */ { targetId, type, url }) => {
      if (!String(url).startsWith(own) || !['service_worker', 'background_page'].includes(type) || attached.has(targetId)) return;
      attached.add(targetId);
      const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
      devtools.on(`${sessionId}:Runtime.exceptionThrown`, ({ exceptionDetails }) => {
        this.failures.push(`${type}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
      });
      await devtools.send('Runtime.enable', {}, sessionId);
    };
    const onTarget = (/** @type {any} */ { targetInfo }) => attach(targetInfo).catch(() => {});
    for (const event of ['Target.targetCreated', 'Target.targetInfoChanged']) devtools.on(event, onTarget);
    for (const target of targets.values()) await attach(target);
  }

  /** @param {import('./case.mjs').Attack} attack */
  async run(attack) {
    let outcome = await runAttack(attack, ++this.#count, this);
    // Whoever guesses is right by chance now and then, but not three times.
    for (let more = 2; more > 0 && !attack.noticedBy && outcome.breaches.some(({ sense }) => sense === 'guess'); more--)
      outcome = await runAttack(attack, ++this.#count, this);
    return outcome;
  }

  close() {
    return this.stage.close();
  }
}
