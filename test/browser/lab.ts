/** What every browser test starts from: test pages on several sites, and a real Chromium with the built extension. */

import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach } from 'vitest';
import { findXvfb, openDisplay } from '../../scripts/browser/display.mjs';
import { findBrowser } from '../../scripts/browser/find.mjs';
import { type Browser, launch, type Session } from '../../scripts/browser/launch.mjs';
import { requireClick } from './clicks';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAGES = path.join(ROOT, 'test/pages');
export const EXTENSION = path.join(ROOT, 'dist');

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.xhtml': 'application/xhtml+xml',
  '.svg': 'image/svg+xml',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
};

type Responder = (request: http.IncomingMessage, response: http.ServerResponse, url: URL) => void;

/** What the browser showed in a page's console. */
export interface ConsoleLine {
  readonly level: string;
  readonly args: unknown[];
}

interface BrowserOptions {
  /** Whether it has the extension; default true. */
  readonly extension?: boolean;
  /** Whether the extension works in incognito windows as well; default false. */
  readonly incognito?: boolean;
  readonly args?: string[];
  readonly profile?: string;
  /** Whether it has windows, on a display of its own; default false: it is headless. */
  readonly inWindow?: boolean;
}

/** A page, what its console shows, and what the browser itself says there. */
export type Page = Session & { readonly console: ConsoleLine[]; readonly browserLines: string[] };

const xvfb = findXvfb();

/**
 * For `describe.each`: what concerns what a person sees or clicks is tested in both, since headless browsers have no dialogs. `test.skipIf` takes
 * the second, where there can be no windows.
 */
export const APPEARANCES: { readonly name: string; readonly inWindow: boolean; readonly isMissing: boolean }[] = [
  { name: 'headless', inWindow: false, isMissing: false },
  { name: 'in a window', inWindow: true, isMissing: xvfb === undefined },
];

/** What the extension of each lab in this file is set to from the beginning, and stays set to. */
let common: Record<string, unknown> = {};

/** For a file that runs the tests of another one with other settings: call before those begin. */
export function everyLabHas(settings: Record<string, unknown>): void {
  common = settings;
}

/** The labs that are open in this file. */
const labs = new Set<Lab>();

// Whatever a test has done to its pages: a click still reaches those that it leaves open. Those that it closes are clicked before.
afterEach(async () => {
  for (const lab of labs) await lab.requireClicks();
});

export class Lab {
  readonly #server: http.Server;
  readonly #routes = new Map<string, Responder>();
  /** Every request that reached the server, as `HOST/path?query`. */
  readonly requests: string[] = [];
  browser!: Browser;
  /** Whether the browser has an API of its own. */
  hasNative = false;
  #installedIn: Browser | null = null;
  #display: Awaited<ReturnType<typeof openDisplay>> | null = null;
  readonly #pages = new Set<Page>();

  private constructor(server: http.Server) {
    this.#server = server;
  }

  static async open(options: BrowserOptions = {}): Promise<Lab> {
    const lab = new Lab(http.createServer());
    lab.#server.on('request', (request, response) => lab.#respond(request, response));
    await new Promise<void>((resolve) => lab.#server.listen(0, '127.0.0.1', resolve));
    await lab.startBrowser(options);
    labs.add(lab);
    return lab;
  }

  /** Starts a browser, on its own or, after it was killed, once more on the same profile. */
  async startBrowser({ extension = true, incognito = false, args = [], profile, inWindow = false }: BrowserOptions = {}): Promise<Browser> {
    if (inWindow && xvfb) this.#display ??= await openDisplay(xvfb);
    this.browser = await launch({
      executable: await findBrowser(),
      args,
      incognito,
      ...(this.#display ? { headless: false, display: this.#display.name } : {}),
      ...(extension ? { extension: EXTENSION } : {}),
      ...(profile ? { profile } : {}),
    });
    this.hasNative = await this.#hasNativeSharedStorage();
    if (extension && this.hasNative) await this.#preferPolyfill();
    if (extension && Object.keys(common).length > 0) {
      const scripts = `chrome.scripting.getRegisteredContentScripts().then(({ length }) => length)`;
      const before = await this.inExtension<number>(scripts);
      await this.configure({});
      await until(async () => (await this.inExtension<number>(scripts)) > before);
    }
    return this.browser;
  }

  /** Older browsers have the API still, and the extension leaves it alone unless it is told not to. */
  async #hasNativeSharedStorage(): Promise<boolean> {
    const page = await this.page('native');
    // Only native functions show their name.
    const native = await page.evaluate(`'SharedStorage' in window && String(SharedStorage).includes('SharedStorage')`);
    await page.close();
    return native as boolean;
  }

  async #preferPolyfill(): Promise<void> {
    const worker = await this.browser.serviceWorker();
    await worker.evaluate(`chrome.storage.local.set({ settings: { preferPolyfill: true } })`);
    await until(() => worker.evaluate(`chrome.scripting.getRegisteredContentScripts().then((scripts) => scripts.length > 0)`));
    await worker.detach();
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The origin of a site: every first label of `*.localhost` is a site of its own, and a secure context. */
  origin(site: string): string {
    return `http://${site}.localhost:${this.port}`;
  }

  /** Answers a path with text, or in any way at all; the content type goes by the path's ending, `.html` where it has none. */
  serve(pathname: string, answer: string | Responder): void {
    if (typeof answer !== 'string') {
      this.#routes.set(pathname, answer);
      return;
    }
    this.#routes.set(pathname, (_request, response) => {
      response.writeHead(200, { 'Content-Type': TYPES[path.extname(pathname)] ?? TYPES['.html'], 'Access-Control-Allow-Origin': '*' });
      response.end(answer);
    });
  }

  #respond(request: http.IncomingMessage, response: http.ServerResponse): void {
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    this.requests.push(`${url.host}${url.pathname}${url.search}`);
    const route = this.#routes.get(url.pathname);
    if (route) {
      route(request, response, url);
      return;
    }
    const file = path.join(PAGES, path.normalize(url.pathname));
    const type = TYPES[path.extname(file)];
    if (type && file.startsWith(PAGES) && fs.existsSync(file)) {
      response.writeHead(200, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' });
      fs.createReadStream(file).pipe(response);
      return;
    }
    response.writeHead(404).end();
  }

  /** Opens a page on a site; `console` fills with what its console shows. `prepare` runs before the page is loaded. */
  async page(site: string, pathname = '/blank.html', prepare?: (session: Session) => Promise<void>): Promise<Page> {
    const console: ConsoleLine[] = [];
    const browserLines: string[] = [];
    const session = await this.browser.openPage(`${this.origin(site)}${pathname}`, {
      prepare: async (session: Session) => {
        session.on('Runtime.consoleAPICalled', (call) => console.push(lineOf(call)));
        session.on('Log.entryAdded', ({ entry }) => browserLines.push(`${entry.level}: ${entry.text}`));
        await session.send('Log.enable');
        await prepare?.(session);
      },
    });
    const close = session.close.bind(session);
    const page = Object.assign(session, {
      console,
      browserLines,
      close: async () => {
        this.#pages.delete(page);
        await this.#requireClick(page);
        await close();
      },
    });
    this.#pages.add(page);
    return page;
  }

  async requireClicks(): Promise<void> {
    for (const page of this.#pages) await this.#requireClick(page);
  }

  /** A page that has gone already, or whose browser has, cannot be clicked. */
  async #requireClick(page: Page): Promise<void> {
    const isThere = () => page.browser === this.browser && !this.browser.devtools.closed && this.browser.targets.has(page.targetId);
    if (isThere()) await requireClick(page, isThere);
    else this.#pages.delete(page);
  }

  /** What is stored for a site, read through a worklet on a page of that site. */
  async stored(site: string): Promise<Record<string, string>> {
    const page = await this.page(site);
    await page.evaluate(`sharedStorage.worklet.addModule('/read-all.js').then(() => sharedStorage.run('read all'))`);
    const line = await until(() => page.console.find(({ args }) => args[1] === 'stored:'));
    await page.close();
    return JSON.parse(String(line.args[2])) as Record<string, string>;
  }

  /** Runs in the extension's service worker. */
  async inExtension<T>(expression: string): Promise<T> {
    const worker = await this.browser.serviceWorker();
    try {
      return await worker.evaluate(expression);
    } finally {
      await worker.detach();
    }
  }

  /** All records in an object store of the extension's, none where there is no such store. */
  records<T>(database: string, store: string): Promise<T[]> {
    return this.inExtension(readRecords(database, store));
  }

  /** Asks the service worker as a page of the extension would. */
  request<T>(method: string, params: object): Promise<T> {
    return this.inExtension(`sharedStorageLab.request('${method}', ${JSON.stringify(params)})`);
  }

  /** The event log as people read it, the oldest first. */
  async events<T>(): Promise<T[]> {
    const events: ({ readonly id: number } & T)[] = [];
    for (let before: number | null = null; ; before = events.at(-1)?.id ?? null) {
      const part: ({ readonly id: number } & T)[] = await this.request('events.read', { limit: 2000, before, after: null });
      events.push(...part);
      if (part.length < 2000) return events.reverse();
    }
  }

  /** Sets these settings, and all others to their defaults; waits until the copy in the database, by which the worklets go, has them. */
  async configure(settings: Record<string, unknown>): Promise<void> {
    const all = { ...(this.hasNative && { preferPolyfill: true }), ...common, ...settings };
    await this.inExtension(`chrome.storage.local.set({ settings: ${JSON.stringify(all)} })`);
    const expected = Object.entries({ clockOffsetMs: 0, quotaBytes: 5_242_880, enabled: true, blockedSites: [], ...settings });
    await until(async () => {
      const [copy] = await this.records<Record<string, unknown>>('shared-storage', 'settings');
      return copy && expected.every(([name, value]) => isCopied(copy[name], value));
    });
  }

  /** A worker that is stopped while the browser installs it may never start again. */
  async #untilInstalled(): Promise<void> {
    if (this.#installedIn === this.browser) return;
    await until(() => this.inExtension(`registration.active?.state === 'activated'`));
    this.#installedIn = this.browser;
  }

  /** Stops the service worker as the browser would after 30 idle seconds, but in the middle of things. */
  async stopServiceWorker(): Promise<void> {
    const { targets, devtools, extensionId } = this.browser;
    const origin = `chrome-extension://${extensionId}/`;
    const worker = [...targets.values()].find(({ type, url }) => type === 'service_worker' && String(url).startsWith(origin));
    if (!worker) return;
    await this.#untilInstalled();
    await devtools.send('Target.closeTarget', { targetId: worker.targetId });
    await until(() => !targets.has(String(worker.targetId)));
  }

  async close(): Promise<void> {
    labs.delete(this);
    await this.browser.close();
    await this.#display?.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Of a group of settings, only the fields that were set are compared. */
function isCopied(copy: unknown, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return JSON.stringify(copy) === JSON.stringify(value);
  return Object.entries(value).every(([field, one]) => JSON.stringify((copy as Record<string, unknown>)[field]) === JSON.stringify(one));
}

/** The text of a script that reads an object store; opening a database that is not there would make one. */
export const readRecords = (database: string, store: string): string => `(async () => {
  const databases = await indexedDB.databases();
  if (!databases.some(({ name }) => name === '${database}')) return [];
  const settled = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const opened = await settled(indexedDB.open('${database}'));
  try {
    return opened.objectStoreNames.contains('${store}') ? await settled(opened.transaction('${store}').objectStore('${store}').getAll()) : [];
  } finally {
    opened.close();
  }
})()`;

function lineOf(call: Record<string, unknown>): ConsoleLine {
  const args = call.args as { type: string; value?: unknown; description?: string; unserializableValue?: string }[];
  return {
    level: String(call.type),
    args: args.map((arg) => ('value' in arg || arg.type === 'undefined' ? arg.value : (arg.unserializableValue ?? arg.description))),
  };
}

/** How long to wait for what takes a processor long by itself, in milliseconds: others may keep it busy as well. */
export const MUCH_LONGER = 240_000;

/** What the protocol says of a document that has gone while it was asked something: the next one may answer. */
const IS_GONE = /context was destroyed|Cannot find (?:default execution )?context|uniqueContextId not found|Inspected target navigated/;

/** Waits for a condition: polls until it holds, and says so when it never does, on however busy a machine. */
export async function until<T>(condition: () => T | Promise<T>, milliseconds = 60_000): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + milliseconds;
  let cause: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value as Exclude<T, false | null | undefined>;
    } catch (error) {
      if (!(error instanceof Error && IS_GONE.test(error.message))) throw error;
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`never came true within ${milliseconds} ms: ${condition}`, { cause });
    // Whoever asks without a pause takes a processor from what is waited for.
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
