// Carries an episode out, and observes what came of it.

import { DOCUMENTS, FRAME, faultsOf, writersOf } from './episode.mjs';
import { inject } from './inject.mjs';
import { judge } from './model.mjs';
import { appliedIn, readRecords } from './records.mjs';
import { LONGEST, sleep, within } from './stage.mjs';

/** How long what was promised may take to be there, in milliseconds: with the default durability it is carried out later. */
const LATEST = LONGEST / 2;

/** So often documents say again what they have said, while more is waited for. */
const AGAIN = 2000;

/** @param {import('./stage.mjs').Stage} stage @param {import('./episode.mjs').Episode} episode */
async function configure(stage, { durability }) {
  const settings = JSON.stringify({ durability });
  if (stage.settings === settings) return;
  await stage.inExtension(`chrome.storage.local.set({ settings: ${settings} })`);
  stage.settings = settings;
}

export class Run {
  /** @type {Map<number, number>} */
  ended = new Map();
  /** @type {import('./stage.mjs').Tab[]} */
  tabs = [];
  /** @type {import('./model.mjs').Happened[]} */
  happened = [];
  /** @type {Set<string>} */
  unsettled = new Set();
  #reads = 0;

  /**
   * @param {import('./stage.mjs').Stage} stage
   * @param {import('./site.mjs').Site} site
   * @param {import('./episode.mjs').Episode} episode
   * @param {string} label
   */
  constructor(stage, site, episode, label) {
    this.stage = stage;
    this.episode = episode;
    this.origin = site.originOf(label);
    this.told = site.told(this.origin);
    this.elsewhere = `${site.originOf(`elsewhere-${label}`)}/elsewhere`;
  }

  /** @param {number} document */
  #writersIn(document) {
    return writersOf(this.episode).filter((writer) => writer.document === document);
  }

  /** Loads the document, with what it is to write. @param {number} document */
  async #open(document) {
    const tab = await this.stage.tab(document);
    tab.said = [];
    tab.errors = [];
    tab.isolated.clear();
    this.tabs[document] = tab;
    const writers = JSON.stringify(this.#writersIn(document));
    if (document !== FRAME) {
      await tab.goTo(`${this.origin}/`);
      await tab.session.evaluate(`prepare(${writers})`);
      return;
    }
    await tab.goTo(this.elsewhere);
    const src = `${this.origin}/?writers=${encodeURIComponent(writers)}`;
    await tab.session.evaluate(`document.body.innerHTML = '<iframe allow="shared-storage" src="${src}"></iframe>'`);
    await this.#untilTold(() => this.told.notes.some(({ writer }) => writer === 'frame'));
  }

  /** @param {() => boolean} condition */
  async #untilTold(condition) {
    const deadline = Date.now() + LONGEST;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error('a document does not say what it should');
      /** @type {(value?: unknown) => void} */
      let wake = () => {};
      const heard = new Promise((resolve) => {
        wake = resolve;
      });
      this.told.once('told', wake);
      await Promise.race([heard, sleep(50)]);
      this.told.off('told', wake);
    }
  }

  /** @param {number} document */
  #begin(document) {
    const tab = /** @type {import('./stage.mjs').Tab} */ (this.tabs[document]);
    const begin = document === FRAME ? `frames[0].postMessage('begin', '*')` : 'void begin()';
    return tab.session.evaluate(begin);
  }

  /** Whether nothing is to be waited for any more in the document. @param {number} document */
  #isDone(document) {
    if (this.ended.has(document)) return true;
    const { notes } = this.told;
    return this.#writersIn(document).every(({ name, steps }) => notes.filter(({ writer }) => writer === name).length >= steps.length);
  }

  async #traffic() {
    const documents = [...DOCUMENTS.keys()].filter((document) => this.#writersIn(document).length > 0);
    await Promise.all(documents.map((document) => this.#open(document)));
    await Promise.all(documents.map((document) => this.#begin(document)));
    const scene = {
      stage: this.stage,
      origin: this.origin,
      durability: this.episode.durability,
      elsewhere: this.elsewhere,
      tabs: this.tabs,
      ended: (/** @type {number} */ document) => void (this.ended.has(document) || this.ended.set(document, Date.now())),
      hasEnded: (/** @type {number} */ document) => this.ended.has(document),
    };
    for (const fault of faultsOf(this.episode)) {
      await sleep(fault.after);
      this.happened.push(await inject(scene, fault));
    }
    // What a document was saying when the network service died was not heard.
    const again = setInterval(() => this.#repeat(documents), AGAIN);
    await this.#untilTold(() => documents.every((document) => this.#isDone(document))).catch(() => {
      const pending = documents.filter((document) => !this.#isDone(document));
      for (const { name } of pending.flatMap((document) => this.#writersIn(document))) this.unsettled.add(name);
    });
    clearInterval(again);
  }

  /** @param {readonly number[]} documents */
  #repeat(documents) {
    for (const document of documents) {
      const repeat = document === FRAME ? `frames[0].postMessage('repeat', '*')` : 'repeat()';
      // One that goes meanwhile has nothing more to say.
      if (!this.ended.has(document)) this.tabs[document]?.session.evaluate(repeat).catch(() => {});
    }
  }

  /** The entries, as an operation of a document of its own finds them. @returns {Promise<Record<string, string>>} */
  async #read() {
    const reader = await this.stage.tab('reader');
    const label = `${++this.#reads}`;
    await reader.session.evaluate(`sharedStorage.run('read', { data: { label: '${label}' }, keepAlive: true })`);
    const words = await this.#said(reader, (said) => said[0] === 'read' && said[1] === label);
    if (!words) throw new Error('an operation that reads the entries gets no answer');
    return JSON.parse(String(words[2]));
  }

  /** @param {import('./stage.mjs').Tab} tab @param {(words: unknown[]) => boolean} matches */
  async #said(tab, matches) {
    const found = () => tab.said.find(matches);
    let listener = () => {};
    const heard = new Promise((resolve) => {
      listener = () => void (found() && resolve(undefined));
      tab.listeners.add(listener);
      listener();
    });
    await Promise.race([heard, sleep(LONGEST / 2)]);
    tab.listeners.delete(listener);
    return found();
  }

  /** The locks that nobody gets any more. */
  async #blockedLocks() {
    const reader = await this.stage.tab('reader');
    const locks = [...new Set(writersOf(this.episode).flatMap(({ lock }) => lock ?? []))];
    const asked = locks.map((lock) => `sharedStorage.run('lock', { data: { lock: '${lock}' }, keepAlive: true })`);
    await reader.session.evaluate(`Promise.all([${asked}])`);
    const granted = await Promise.all(locks.map((lock) => this.#said(reader, (said) => said[0] === 'granted' && said[1] === lock)));
    return locks.filter((_, index) => !granted[index]);
  }

  async #openReader() {
    const reader = await this.stage.tab('reader');
    reader.said = [];
    await reader.goTo(`${this.origin}/`);
    await within(reader.session.evaluate('prepare([{ kind: "operation" }])'), 'a worklet of the reader');
  }

  /**
   * Whether Chromium may be: once its network service was killed and any extension has rules for requests, it may load nothing any more, in no tab; and after a crash of the
   * extension's process it may never finish starting the service worker, however often the extension is reloaded.
   */
  async #isOfNoUse() {
    const has = (/** @type {import('./episode.mjs').FaultKind} */ wanted) => this.happened.some(({ kind }) => kind === wanted);
    return has('network') || (has('crash extension') && !(await this.stage.hasExtension()));
  }

  async #trafficAndReader() {
    try {
      await this.#traffic();
      await this.#openReader();
    } catch (error) {
      if (!(await this.#isOfNoUse())) throw error;
      // Then it is killed as well.
      const from = Date.now();
      for (const document of this.tabs.keys()) if (!this.ended.has(document)) this.ended.set(document, from);
      await this.stage.killBrowser();
      this.happened.push({ kind: 'kill browser', document: 0, from, to: Date.now() });
      await this.#openReader();
    }
  }

  /** What the extension itself knows: events, reports, budgets. */
  async #records() {
    return this.stage.inExtension(`(${readRecords})(${JSON.stringify(this.origin)})`);
  }

  /** @returns {Promise<import('./model.mjs').Observation>} */
  async #observe() {
    // What the log has by now must be in the entries that are read then.
    const { events, reports, budget } = await this.#records();
    const entries = await this.#read();
    const kept = this.tabs.flatMap(({ said }) =>
      said.flatMap(([word, writer, step]) => (word === 'kept' ? [{ writer: String(writer), step: Number(step) }] : [])),
    );
    return {
      notes: this.told.notes.filter(({ writer }) => writer !== 'frame'),
      kept,
      happened: this.happened,
      ended: this.ended,
      entries,
      logged: appliedIn(events),
      received: this.told.reports,
      reports,
      selected: this.told.selected,
      locks: [],
      budget,
      errors: this.tabs.flatMap(({ errors }) => errors),
      unsettled: [...this.unsettled],
    };
  }

  async run() {
    await configure(this.stage, this.episode);
    await this.#trafficAndReader();
    const locks = await this.#blockedLocks();
    const deadline = Date.now() + LATEST;
    for (let reads = 1; ; reads++) {
      const observed = { ...(await this.#observe()), locks };
      const verdict = judge(this.episode, observed);
      if (verdict.missing.length === 0 || verdict.wrong.length > 0 || Date.now() > deadline) return { observed, verdict, reads };
      await sleep(50);
    }
  }

  /** @returns {Promise<Awaited<ReturnType<Run['run']>>>} */
  carryOut() {
    return within(this.run(), 'an episode', 5 * LONGEST);
  }
}
