// The browser that faults happen to: its tabs, what worklets say in their consoles, and how it is started again on the same profile.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launch } from '../browser/launch.mjs';

/** Nobody looks at the tabs, and they must not be slower for that. */
const ARGS = [
  '--disable-popup-blocking',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

/** How long anything may take that must come to an end, in milliseconds: for what never comes, not for what comes late on a machine that others use too. */
export const LONGEST = 60_000;

/** How often a browser may fail to start. */
const STARTS = 3;

/**
 * Rejects where the promise takes too long.
 * @template Value
 * @param {Promise<Value>} promise
 * @param {string} what
 * @param {number} [milliseconds]
 * @returns {Promise<Value>}
 */
export async function within(promise, what, milliseconds = LONGEST) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${milliseconds} ms`)), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export const sleep = (/** @type {number} */ milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A tab, with what is said in its console. */
export class Tab {
  /** What worklets said, without `said`. @type {unknown[][]} */
  said = [];
  /** @type {string[]} */
  errors = [];
  /** The execution contexts of the extension's scripts, by frame. @type {Map<string, number>} */
  isolated = new Map();
  /** Called when something was said. @type {Set<() => void>} */
  listeners = new Set();

  /** @param {import('../browser/launch.mjs').Session} session */
  constructor(session) {
    this.session = session;
  }

  /** @param {import('../browser/launch.mjs').Session} session @param {string} extensionOrigin */
  listen(session, extensionOrigin) {
    session.on('Runtime.consoleAPICalled', ({ type, args }) => {
      const words = args.map((/** @type {any} */ arg) => arg.value ?? arg.description);
      const at = words.indexOf('said');
      if (at >= 0) this.said.push(words.slice(at + 1));
      else if (type === 'error') this.errors.push(words.join(' '));
      for (const listener of this.listeners) listener();
    });
    session.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.origin === extensionOrigin) this.isolated.set(context.auxData.frameId, context.id);
    });
  }

  /** Navigates, and waits for the document; again where that has come to nothing, as where the network service has just died. @param {string} url */
  async goTo(url) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await within(this.session.navigate(url), url, LONGEST / 4);
      } catch (error) {
        if (attempt === 3) throw error;
      }
    }
  }
}

export class Stage {
  #options;
  #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-faults-'));
  /** @type {Map<number | string, Tab>} */
  #tabs = new Map();
  /** @type {import('../browser/launch.mjs').Browser | undefined} */
  #browser;
  /** The settings that were made last. */
  settings = '';

  /** @param {{ executable: string, extension: string }} options */
  constructor(options) {
    // Of its own: the browser puts a folder into the extension's while it loads that, and another one that loads the same then refuses it.
    const extension = path.join(this.#folder, 'extension');
    fs.cpSync(options.extension, extension, { recursive: true });
    this.#options = { ...options, extension, profile: path.join(this.#folder, 'profile') };
  }

  get browser() {
    if (!this.#browser) throw new Error('the browser is not open');
    return this.#browser;
  }

  async start() {
    this.#tabs.clear();
    for (let attempt = 1; ; attempt++) {
      try {
        this.#browser = await launch({ ...this.#options, args: ARGS });
        return;
      } catch (error) {
        if (attempt === STARTS) throw error;
      }
    }
  }

  /** As a crash or a power cut would, but for the disk's cache; then it is started again. */
  async killBrowser() {
    const { browser } = this;
    browser.kill();
    await browser.exited;
    await this.start();
  }

  async reloadExtension() {
    await this.browser.devtools.send('Extensions.loadUnpacked', { path: this.#options.extension });
  }

  /** @param {number | string} name of a tab that is opened where it is not there */
  async tab(name) {
    const existing = this.#tabs.get(name);
    if (existing && this.browser.targets.has(existing.session.targetId)) return existing;
    /** @type {Tab | undefined} */
    let tab;
    await this.browser.openPage('about:blank', {
      prepare: async (session) => {
        tab = new Tab(session);
        tab.listen(session, `chrome-extension://${this.browser.extensionId}`);
        await session.send('Page.enable');
      },
    });
    if (!tab) throw new Error('no tab was opened');
    this.#tabs.set(name, tab);
    return tab;
  }

  /** The next one of this name is another one. @param {number | string} name */
  forgetTab(name) {
    const tab = this.#tabs.get(name);
    this.#tabs.delete(name);
    return tab;
  }

  /** The target of a service worker, an offscreen document or a frame of the extension's, where it is there. @param {RegExp} address */
  find(address) {
    const origin = `chrome-extension://${this.browser.extensionId}/`;
    // The newest: a worker that is being stopped stays a target for as long as anything is attached to it.
    return [...this.browser.targets.values()].findLast(({ url }) => url.startsWith(origin) && address.test(url));
  }

  /** Whether the browser still has the extension: after a crash of its process it has not. */
  async hasExtension() {
    return within(this.#inWorker('true'), 'the service worker', LONGEST / 4).catch(() => false);
  }

  /** Evaluates in the service worker, which is woken if it sleeps. @param {string} expression @returns {Promise<any>} */
  async inExtension(expression) {
    for (let attempt = 1; ; attempt++) {
      try {
        return await within(this.#inWorker(expression), 'an expression in the service worker', LONGEST / 4);
      } catch (error) {
        // It was stopped meanwhile.
        if (attempt === 4) throw error;
      }
    }
  }

  /** @param {string} expression */
  async #inWorker(expression) {
    if (!this.find(/service-worker-loader/)) await this.wake();
    const worker = await this.browser.serviceWorker();
    try {
      return await worker.evaluate(expression);
    } finally {
      worker.detach().catch(() => {});
    }
  }

  /** A page of the extension's own asks for something, and goes. */
  async wake() {
    const page = await this.browser.openPage(`chrome-extension://${this.browser.extensionId}/src/popup/popup.html`);
    await page.evaluate('void chrome.runtime.sendMessage({})');
    await page.close();
  }

  async close() {
    await this.#browser?.close();
    fs.rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
