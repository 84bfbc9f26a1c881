// All that an attack's pages show: their consoles while they are there, and their documents in the end.

import { within } from './within.mjs';

/** @typedef {import('../browser/launch.mjs').Session} Session */

/** How long a page that may be busy is asked. */
const PATIENCE = 5000;

/** What a document keeps where its page could look for it. */
const KEPT = `(async () => {
  const parts = [name, document.title, document.cookie, location.href, JSON.stringify(history.state), document.referrer];
  for (const storage of [() => localStorage, () => sessionStorage]) try { parts.push(JSON.stringify({ ...storage() })); } catch {}
  for (const entry of performance.getEntries()) parts.push(JSON.stringify(entry));
  for (const { name } of await indexedDB.databases().catch(() => [])) parts.push(name);
  for (const name of await caches.keys().catch(() => [])) parts.push(name);
  return parts.join('\\n');
})()`;

/** @param {any} argument of a console call */
const wordsOf = ({ value, description, preview, unserializableValue }) =>
  [value, unserializableValue, description, preview && JSON.stringify(preview)].filter((part) => part !== undefined).join(' ');

export class Watch {
  /** What the consoles of the attack's pages and workers showed, but for what worklets logged. @type {string[]} */
  console = [];
  /** What its worklets logged. @type {string[]} */
  worklets = [];

  /**
   * @param {import('../browser/launch.mjs').Browser} browser
   * @param {boolean} [framesMayKnow] whether frames of other sites may have the canary, and show it
   */
  constructor(browser, framesMayKnow = false) {
    this.browser = browser;
    this.framesMayKnow = framesMayKnow;
  }

  /** @param {string} targetId */
  #mayKnow(targetId) {
    return this.framesMayKnow && this.browser.targets.get(targetId)?.type !== 'page';
  }

  /** @param {string} [url] */
  async open(url) {
    return this.browser.openPage(url, { prepare: (page) => this.#listen(page.sessionId, page.targetId) });
  }

  /** @param {string} sessionId of a page, a frame or a worker @param {string} targetId its own */
  async #listen(sessionId, targetId) {
    const { devtools } = this.browser;
    const on = (/** @type {string} */ event, /** @type {(params: any) => void} */ listener) =>
      devtools.on(`${sessionId}:${event}`, listener);
    const show = (/** @type {string} */ text) => void (this.#mayKnow(targetId) || this.console.push(text));
    // What worklets log is shown by the extension's own world, whose console no page can replace.
    const ownWorlds = new Set();
    on('Runtime.executionContextCreated', ({ context }) => {
      if (String(context.origin).startsWith('chrome-extension:')) ownWorlds.add(context.id);
    });
    on('Runtime.consoleAPICalled', ({ args, executionContextId }) =>
      ownWorlds.has(executionContextId) ? this.worklets.push(args.map(wordsOf).join(' ')) : show(args.map(wordsOf).join(' ')),
    );
    on('Runtime.exceptionThrown', ({ exceptionDetails }) => show(JSON.stringify(exceptionDetails)));
    on('Log.entryAdded', ({ entry }) => show(JSON.stringify(entry)));
    on('Target.attachedToTarget', ({ sessionId: inner, targetInfo }) => this.#listen(inner, targetInfo.targetId));
    const options = { autoAttach: true, waitForDebuggerOnStart: false, flatten: true };
    const commands = /** @type {const} */ ([['Runtime.enable'], ['Log.enable'], ['Target.setAutoAttach', options]]);
    // Not every kind of target has each; one that has gone has none.
    await Promise.all(commands.map(([method, params]) => devtools.send(method, params, sessionId).catch(() => {})));
  }

  /**
   * Whatever is in the documents of these targets, closed shadow trees included, and what they keep.
   * @param {readonly string[]} targetIds
   */
  async documents(targetIds) {
    const { devtools } = this.browser;
    const texts = targetIds
      .filter((targetId) => !this.#mayKnow(targetId))
      .map(async (targetId) => {
        const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: true });
        const send = (/** @type {string} */ method, /** @type {object} */ params = {}) =>
          within(devtools.send(method, params, sessionId), PATIENCE, method).then(JSON.stringify, () => '');
        const expression = { expression: KEPT, awaitPromise: true, returnByValue: true };
        return Promise.all([
          send('DOMSnapshot.captureSnapshot', { computedStyles: [] }),
          send('Page.getNavigationHistory'),
          send('Page.getFrameTree'),
          send('Runtime.evaluate', expression),
        ]);
      });
    // One that has gone meanwhile shows nothing.
    return (await Promise.allSettled(texts)).flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  }
}
