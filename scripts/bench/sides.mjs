// What is compared: a browser with the extension, native Chromium, and the first one's browser without the extension, twice, or with another one.

import { setTimeout as delay } from 'node:timers/promises';
import { launch } from '../browser/launch.mjs';
import { beforeLeaving } from '../leave.mjs';
import { withCoordinator } from './native.mjs';

/** @typedef {'extension' | 'native' | 'off' | 'off again' | 'empty' | 'empty with rules' | 'floor'} SideName */
/** @typedef {{ executable: string, extension: string, empty: string, withRules: string, floor: string, native: import('./native.mjs').Native }} Browsers */

/** One side: a fresh browser, and the row's site. */
export class Side {
  /** @type {(() => Promise<void>)[]} */
  #closing = [];

  /**
   * @param {SideName} name
   * @param {import('../browser/launch.mjs').Browser} browser
   * @param {import('./site.mjs').Site} site
   * @param {() => Promise<Side>} another
   */
  constructor(name, browser, site, another) {
    /** The same once more, in a fresh browser; who asks for it closes it. */
    this.another = another;
    this.name = name;
    this.browser = browser;
    this.site = site;
    this.origin = site.origin;
  }

  /**
   * @param {string} [pathname]
   * @param {{ prepare?: (page: import('../browser/launch.mjs').Session) => unknown }} [options]
   */
  openPage(pathname = '/timing.html', options = {}) {
    return this.browser.openPage(`${this.origin}${pathname}`, options);
  }

  /** @returns {Promise<string>} as the browser says it, such as `Chrome/120.0.6099.224` */
  async version() {
    return (await this.browser.devtools.send('Browser.getVersion')).product;
  }

  /** Stops the extension's service worker, as the browser does with an idle one. */
  async stopServiceWorker() {
    const { targets, devtools, extensionId } = this.browser;
    const running = [...targets.values()].find(
      ({ type, url }) => type === 'service_worker' && url.startsWith(`chrome-extension://${extensionId}/`),
    );
    if (!running) return;
    await devtools.send('Target.closeTarget', { targetId: running.targetId });
    while (targets.has(running.targetId)) await delay(10);
  }

  /** For what a row has opened besides. @param {() => Promise<void>} task */
  beforeClosing(task) {
    this.#closing.push(task);
  }

  async close() {
    await Promise.allSettled(this.#closing.map((task) => task()));
    await close(this.browser);
  }
}

/** @type {Set<import('../browser/launch.mjs').Browser>} */
const open = new Set();
/** @type {Set<Promise<unknown>>} */
const starting = new Set();

/** @param {import('../browser/launch.mjs').Browser} browser */
async function close(browser) {
  await browser.close();
  open.delete(browser);
}

let leaving = false;

beforeLeaving(async () => {
  // Ctrl-C may come while a browser starts, and no other may start after it.
  leaving = true;
  await Promise.allSettled(starting);
  await Promise.allSettled([...open].map(close));
});
process.once('exit', () => {
  for (const browser of open) browser.kill();
});

/**
 * @param {SideName} name
 * @param {Browsers} browsers
 * @param {import('./site.mjs').Site} site
 * @returns {Promise<Side>}
 */
export async function openSide(name, browsers, site) {
  const { executable, extension, empty, withRules, floor, native } = browsers;
  const options = {
    extension: { executable, extension },
    empty: { executable, extension: empty },
    'empty with rules': { executable, extension: withRules },
    floor: { executable, extension: floor },
    off: { executable },
    'off again': { executable },
  };
  if (leaving) throw new Error('the bench is ending');
  if (name === 'native' && 'missing' in native) throw new Error(native.missing);
  const launching = launch(name === 'native' ? withCoordinator(/** @type {any} */ (native).options, site.origin) : options[name]);
  starting.add(launching);
  try {
    const browser = await launching;
    open.add(browser);
    return new Side(name, browser, site, () => openSide(name, browsers, site));
  } finally {
    starting.delete(launching);
  }
}
