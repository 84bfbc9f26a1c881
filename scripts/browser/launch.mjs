// Starts a browser with a fresh profile and, if asked, our built extension; hands out page and worker sessions.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DevTools } from './devtools.mjs';

/** Switches that keep the browser quiet: nothing here touches storage partitioning or site isolation. */
const QUIET = [
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--password-store=basic',
  '--use-mock-keychain',
];

const HEADLESS = ['--headless=new', '--disable-gpu'];

/**
 * @typedef {object} LaunchOptions
 * @property {string} executable path of the browser
 * @property {string} [extension] folder of an unpacked extension to load
 * @property {boolean} [incognito] whether the extension works in incognito windows as well; default false
 * @property {boolean} [headless] default true
 * @property {string} [display] the X display that windows open on; default the one of the environment
 * @property {string} [profile] profile folder; default a fresh one, removed on close
 * @property {string[]} [args] further switches
 * @property {string[]} [prefix] a command to start the browser through, such as `['chroot', ROOT]`
 * @property {string} [root] where the browser's file system starts; default `/`
 * @property {string} [url] what the first tab shows; default `about:blank`
 */

/** A page, frame or worker that commands can be sent to. */
export class Session {
  /**
   * @param {Browser} browser
   * @param {string} targetId
   * @param {string} sessionId
   */
  constructor(browser, targetId, sessionId) {
    this.browser = browser;
    this.targetId = targetId;
    this.sessionId = sessionId;
  }

  /**
   * @param {string} method
   * @param {import('./devtools.mjs').Params} [params]
   */
  send(method, params) {
    return this.browser.devtools.send(method, params, this.sessionId);
  }

  /**
   * @param {string} event
   * @param {(params: import('./devtools.mjs').Params) => void} listener
   */
  on(event, listener) {
    this.browser.devtools.on(`${this.sessionId}:${event}`, listener);
  }

  /**
   * Evaluates an expression, waits for its promise, and returns its value (structured as JSON).
   * @param {string} expression
   * @returns {Promise<any>}
   */
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
      userGesture: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /**
   * Navigates and waits for the load event of the document that it leads to.
   * @param {string} url
   */
  async navigate(url) {
    await this.send('Page.enable');
    await this.send('Page.setLifecycleEventsEnabled', { enabled: true });
    /** @type {Set<string>} */
    const loaded = new Set();
    let onLoad = () => {};
    const listener = (/** @type {import('./devtools.mjs').Params} */ { name, loaderId }) => {
      if (name !== 'load') return;
      loaded.add(loaderId);
      onLoad();
    };
    const event = `${this.sessionId}:Page.lifecycleEvent`;
    this.browser.devtools.on(event, listener);
    try {
      const { errorText, loaderId } = await this.send('Page.navigate', { url });
      if (errorText) throw new Error(`${url}: ${errorText}`);
      // A navigation within the document has no loader, and nothing to wait for.
      if (!loaderId || loaded.has(loaderId)) return;
      await new Promise((resolve) => {
        onLoad = () => loaded.has(loaderId) && resolve(undefined);
      });
    } finally {
      this.browser.devtools.off(event, listener);
    }
  }

  /** Leaves the target alone: a worker that is attached to is never stopped for being idle. */
  async detach() {
    await this.browser.devtools.send('Target.detachFromTarget', { sessionId: this.sessionId });
  }

  async close() {
    await this.browser.devtools.send('Target.closeTarget', { targetId: this.targetId });
  }
}

export class Browser {
  /** @type {Map<string, import('./devtools.mjs').Params>} */
  targets = new Map();
  /** @type {string | undefined} */
  extensionId;
  #output = '';

  /**
   * @param {import('node:child_process').ChildProcess} child
   * @param {DevTools} devtools
   * @param {() => void} removeProfile
   */
  constructor(child, devtools, removeProfile) {
    this.child = child;
    this.devtools = devtools;
    this.removeProfile = removeProfile;
    this.exited = new Promise((resolve) => child.once('exit', resolve));
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        this.#output = (this.#output + chunk).slice(-8000);
      });
    const keep = (/** @type {any} */ { targetInfo }) => this.targets.set(targetInfo.targetId, targetInfo);
    devtools.on('Target.targetCreated', keep);
    devtools.on('Target.targetInfoChanged', keep);
    devtools.on('Target.targetDestroyed', ({ targetId }) => this.targets.delete(targetId));
  }

  /** The last that the browser printed, for error reports. */
  get output() {
    return this.#output;
  }

  /**
   * Waits for a target and attaches to it.
   * @param {(target: import('./devtools.mjs').Params) => boolean} matches
   * @param {number} [milliseconds] how long at most
   */
  async attach(matches, milliseconds = 60_000) {
    const target = await this.waitForTarget(matches, milliseconds);
    const { sessionId } = await this.devtools.send('Target.attachToTarget', { targetId: target.targetId, flatten: true });
    return new Session(this, target.targetId, sessionId);
  }

  /**
   * @param {(target: import('./devtools.mjs').Params) => boolean} matches
   * @param {number} [milliseconds]
   * @returns {Promise<import('./devtools.mjs').Params>}
   */
  waitForTarget(matches, milliseconds = 60_000) {
    const found = () => [...this.targets.values()].find(matches);
    const now = found();
    if (now) return Promise.resolve(now);
    return new Promise((resolve, reject) => {
      const events = ['Target.targetCreated', 'Target.targetInfoChanged', 'closed'];
      const stop = () => {
        clearTimeout(timer);
        for (const event of events) this.devtools.off(event, check);
      };
      const check = () => {
        const target = found();
        if (!target && !this.devtools.closed) return;
        stop();
        if (target) resolve(target);
        else reject(new Error('the browser has gone'));
      };
      const timer = setTimeout(() => {
        stop();
        reject(
          new Error(
            `no such target within ${milliseconds} ms; there are ${JSON.stringify([...this.targets.values()].map((t) => [t.type, t.url]))}`,
          ),
        );
      }, milliseconds);
      for (const event of events) this.devtools.on(event, check);
    });
  }

  /**
   * Opens a tab and waits for its load event.
   * @param {string} [url]
   * @param {{ prepare?: (page: Session) => unknown }} [options] `prepare` runs before the navigation
   */
  async openPage(url = 'about:blank', { prepare } = {}) {
    const { targetId } = await this.devtools.send('Target.createTarget', { url: 'about:blank' });
    const page = await this.attach((target) => target.targetId === targetId);
    await page.send('Runtime.enable');
    await prepare?.(page);
    if (url !== 'about:blank') await page.navigate(url);
    return page;
  }

  /** The extension's service worker, once it is there. */
  async serviceWorker() {
    const isWorker = (/** @type {any} */ t) => t.type === 'service_worker' && t.url.startsWith(`chrome-extension://${this.extensionId}/`);
    await this.waitForTarget(isWorker);
    // One that is being stopped answers nobody, and stays a target for as long as anything is attached to it: the newest is the living one.
    const newest = [...this.targets.values()].findLast(isWorker);
    const worker = await this.attach(({ targetId }) => targetId === newest?.targetId);
    // A worker that is just starting answers before it has the extension API.
    while (!(await worker.evaluate('Boolean(globalThis.chrome?.runtime)'))) await new Promise((resolve) => setTimeout(resolve, 20));
    return worker;
  }

  async close() {
    if (!this.devtools.closed) await this.devtools.send('Browser.close').catch(() => {});
    const timer = setTimeout(() => this.kill(), 4000);
    await this.exited;
    clearTimeout(timer);
    this.removeProfile();
  }

  /** Ends the browser's whole process group at once, as a crash or a power cut would. */
  kill() {
    try {
      if (this.child.pid) process.kill(process.platform === 'win32' ? this.child.pid : -this.child.pid, 'SIGKILL');
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
    }
  }
}

/**
 * Starts a browser; rejects when it ends before it answers.
 * @param {LaunchOptions} options
 */
export async function launch(options) {
  const {
    executable,
    extension,
    incognito = false,
    headless = true,
    display,
    profile,
    args = [],
    prefix = [],
    root = '',
    url = 'about:blank',
  } = options;
  const folder = profile ?? fs.mkdtempSync(path.join(root, os.tmpdir(), 'shared-storage-lab-'));
  const isRoot = process.getuid?.() === 0;
  const command = [
    ...prefix,
    executable,
    ...QUIET,
    ...(headless ? HEADLESS : []),
    ...(display ? ['--ozone-platform=x11'] : []),
    ...(isRoot ? ['--no-sandbox'] : []),
    '--remote-debugging-pipe',
    '--enable-unsafe-extension-debugging',
    `--user-data-dir=${root ? folder.slice(root.length) : folder}`,
    ...args,
    url,
  ];
  const [first, ...rest] = /** @type {[string, ...string[]]} */ (command);
  const child = spawn(first, rest, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    env: display ? { ...process.env, DISPLAY: display } : process.env,
  });
  const removeProfile = () => {
    if (!profile) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject)).catch((error) => {
    removeProfile();
    throw error;
  });
  const browser = new Browser(child, new DevTools(child), removeProfile);
  try {
    await browser.devtools.send('Target.setDiscoverTargets', { discover: true });
    if (extension) browser.extensionId = await loadExtension(browser, extension, incognito);
    return browser;
  } catch (error) {
    browser.kill();
    removeProfile();
    throw new Error(`${executable} did not start: ${/** @type {Error} */ (error).message}\n${browser.output}`);
  }
}

/**
 * Branded Chrome ignores `--load-extension`, so every browser gets the extension in the same way: over the protocol.
 * @param {Browser} browser
 * @param {string} extension
 * @param {boolean} enableInIncognito
 * @returns {Promise<string>} the extension's id
 */
async function loadExtension(browser, extension, enableInIncognito) {
  const { id } = await browser.devtools.send('Extensions.loadUnpacked', { path: path.resolve(extension), enableInIncognito });
  await browser.waitForTarget((target) => target.type === 'service_worker' && target.url.startsWith(`chrome-extension://${id}/`));
  return id;
}
