// A visitor of the demo: one tab, the links that a person would click, and an ear on the console of every frame in it.

import { EventEmitter } from 'node:events';
import { Session } from '../browser/launch.mjs';

/** @typedef {{ session: Session, lines: Map<string, string>, failure?: string }} Frame a frame, and what its worklet told the console */

const PATIENCE = 20_000;

/** What the demo's worklet prints; the extension puts the operation's name in front. */
const worklet = /(experiment group|first met on|last note|views on all sites): (.*)$/;

export class Visitor {
  /** @type {Frame[]} every frame of another site that the tab has had, oldest first */
  #frames = [];
  #loads = 0;
  #changes = new EventEmitter();
  #page;

  /** @param {Session} page a tab that has not navigated yet */
  constructor(page) {
    this.#page = page;
  }

  /**
   * Opens the start page.
   * @param {string} url
   */
  async arrive(url) {
    this.#page.on('Page.loadEventFired', () => {
      this.#loads++;
      this.#changes.emit('change');
    });
    this.#page.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      if (targetInfo.type === 'iframe') this.#meet(new Session(this.#page.browser, targetInfo.targetId, sessionId));
    });
    await this.#page.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
    await this.#page.navigate(url);
  }

  /** @param {Session} session */
  #meet(session) {
    /** @type {Frame} */
    const frame = { session, lines: new Map() };
    this.#frames.push(frame);
    session.on('Runtime.consoleAPICalled', ({ type, args }) => {
      const text = args.map((/** @type {any} */ { value, description }) => String(value ?? description)).join(' ');
      const [, what, value] = worklet.exec(text) ?? [];
      if (what && value !== undefined) frame.lines.set(what, value);
      else if (type === 'error') frame.failure ??= text.split('\n')[0] ?? text;
      this.#changes.emit('change');
    });
    // Lines printed before this are reported too. It fails for a frame that has gone already, which then has nothing to say.
    session.send('Runtime.enable').catch(() => {});
    this.#changes.emit('change');
  }

  /**
   * What `look` finds, as soon as it finds something; undefined when it found nothing in all that time.
   * @template T
   * @param {() => T | undefined} look
   * @returns {Promise<T | undefined>}
   */
  #until(look) {
    const { promise, resolve } = deferred();
    const check = () => {
      const found = look();
      if (found !== undefined) resolve(found);
    };
    const timer = setTimeout(resolve, PATIENCE);
    this.#changes.on('change', check);
    check();
    return promise.finally(() => {
      clearTimeout(timer);
      this.#changes.off('change', check);
    });
  }

  /**
   * Clicks the link to one of the demo's sites; where that site is open already, this reloads it.
   * @param {string} origin
   * @returns {Promise<number>} how many frames there were before
   */
  async #follow(origin) {
    const { length } = this.#frames;
    const loads = this.#loads;
    await this.#page.evaluate(`document.querySelector('a[href="${origin}/"]').click()`);
    const loaded = await this.#until(() => (this.#loads > loads ? true : undefined));
    if (!loaded) throw new Error(`${origin} did not load`);
    return length;
  }

  /**
   * Visits a publisher until the third party's worklet has told all that it has to tell, or something failed.
   * @param {string} origin
   * @returns {Promise<{ lines: Map<string, string>, failure?: string, wrote: Record<string, string> }>} `wrote` is what the card shows
   */
  async visit(origin) {
    const before = await this.#follow(origin);
    const newest = () => this.#frames.slice(before).at(-1);
    await this.#until(() => (newest()?.lines.size === 4 || newest()?.failure ? true : undefined));
    const frame = newest();
    if (!frame) return { lines: new Map(), failure: 'the third party has no frame', wrote: {} };
    const wrote = await frame.session.evaluate(
      `Object.fromEntries([...document.querySelectorAll('[data-write]')].map((row) => [row.dataset.write, row.querySelector('strong').textContent]))`,
    );
    return { ...frame, wrote };
  }

  /**
   * Opens the third party's selectURL page, and waits until its six frames show something.
   * @param {string} origin of the third party
   * @param {boolean} [join] presses "Become a customer" then
   * @returns {Promise<Record<string, string[]>>} the titles of each decision's frames
   */
  async select(origin, join = false) {
    const before = this.#frames.length;
    await this.#page.navigate(`${origin}/select.html`);
    /** @type {string[]} */
    let titles = [];
    const read = async () => {
      // A round trip to the browser, also where there is no frame yet.
      await this.#page.evaluate('document.readyState');
      const frames = this.#frames.slice(before);
      const all = frames.map(({ session }) => session.evaluate(`document.readyState === 'complete' ? document.title : ''`).catch(() => ''));
      return (await Promise.all(all)).filter((title) => title !== '');
    };
    const deadline = Date.now() + PATIENCE;
    while (titles.length < 6 && Date.now() < deadline) titles = await read();
    if (join)
      await this.#page.evaluate(`new Promise((resolve) => {
      new MutationObserver(resolve).observe(document.getElementById('status'), { childList: true });
      document.getElementById('join').click();
    }).then(() => undefined)`);
    const kinds = Object.entries({ experiment: /creative/, frequency: /campaign|House/, customer: /account|Welcome/ });
    return Object.fromEntries(kinds.map(([kind, pattern]) => [kind, titles.filter((title) => pattern.test(title))]));
  }

  /**
   * Presses "Start over" on the start page.
   * @param {string} origin of the start page
   * @returns {Promise<string>} what the frame then says
   */
  async startOver(origin) {
    const before = await this.#follow(origin);
    const frame = await this.#until(() => this.#frames[before]);
    if (!frame) return 'the third party has no frame';
    const answer = frame.session.evaluate(`new Promise((resolve) => {
      new MutationObserver(() => resolve(document.getElementById('status').textContent)).observe(document.body, { attributes: true });
      document.getElementById('reset').click();
    })`);
    /** @type {string | undefined} */
    let text;
    answer.then(
      (said) => {
        text = said;
        this.#changes.emit('change');
      },
      (error) => {
        text = error.message;
        this.#changes.emit('change');
      },
    );
    return (await this.#until(() => text)) ?? 'no answer';
  }

  /** @returns {Promise<string>} what the start page says about the API */
  support() {
    return this.#page.evaluate(`document.getElementById('support').textContent`);
  }
}

/** @returns {{ promise: Promise<any>, resolve: (value?: any) => void }} */
function deferred() {
  let resolve = () => {};
  const promise = new Promise((settle) => {
    resolve = /** @type {any} */ (settle);
  });
  return { promise, resolve };
}
