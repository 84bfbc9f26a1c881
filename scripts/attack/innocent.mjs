// A page of the victim's that does nothing wrong: it stores the canary, and finds afterwards what it has stored.

import { until } from './within.mjs';

const LONGEST = 15_000;

export class Innocent {
  #page;
  /** @type {string[]} */
  #stored = [];

  /** @param {import('../browser/launch.mjs').Session} page */
  constructor(page) {
    this.#page = page;
    page.on('Runtime.consoleAPICalled', ({ args }) => {
      if (args[1]?.value === 'stored:') this.#stored.push(String(args[2].value));
    });
  }

  /** @param {import('../browser/launch.mjs').Browser} browser */
  static async open(browser) {
    return new Innocent(await browser.openPage());
  }

  /** The targets that are there, and are no attack's. */
  async targets() {
    await this.#page.navigate('about:blank');
    return new Set(this.#page.browser.targets.keys());
  }

  /**
   * @param {string} origin
   * @param {Record<string, string>} entries
   */
  async store(origin, entries) {
    await this.#page.navigate(`${origin}/blank.html`);
    const methods = Object.entries(entries).map((entry) => `new SharedStorageSetMethod(${entry.map((text) => JSON.stringify(text))})`);
    await this.#page.evaluate(`sharedStorage.batchUpdate([${methods}])`);
  }

  /** @returns {Promise<Record<string, string>>} what is stored for the origin; fails where its worklets do not work any more */
  async read() {
    this.#stored = [];
    await this.#page.evaluate(`sharedStorage.worklet.addModule('/read-all.js').then(() => sharedStorage.run('read all'))`);
    return JSON.parse(await until(() => this.#stored[0] ?? '', LONGEST, 'what a page that does nothing wrong reads in its worklet'));
  }
}
