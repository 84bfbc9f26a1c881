// One of the two browsers: carries programs out, and says all that could be observed.

/** How long an operation that must run may take, in milliseconds. */
const LONGEST_OPERATION = 10_000;

/** Reads the store back, in a worklet that nothing has been asked of. */
const READ_BACK = `(async () => {
  const worklet = await sharedStorage.createWorklet('/good.js');
  await worklet.run('operation', { data: { label: 'read back', calls: [{ call: 'entries' }], returns: 0 } });
})()`;

/**
 * @typedef {object} Observation
 * @property {string[]} outcomes what came of each step's promise
 * @property {Record<string, string>} operations what each operation did, by its label
 * @property {number[][]} orders in which the page's own updates resolved, by their numbers; of each document of the page
 * @property {string} console what its console showed, but for what worklets logged, sorted
 */

export class Side {
  #page;
  /** @type {Map<string, string>} */
  #logged = new Map();
  #onLog = () => {};
  /** What the page's own console showed. @type {Set<string>} */
  #lines = new Set();

  /**
   * @param {import('../browser/launch.mjs').Browser} browser
   * @param {'native' | 'extension'} name
   */
  static async open(browser, name) {
    /** @type {Side | undefined} */
    let side;
    const page = await browser.openPage('about:blank', {
      prepare: async (opened) => {
        // What was asked for and not found is told by a browser that looks for an icon as well.
        opened.on('Log.entryAdded', ({ entry }) => entry.source !== 'network' && side?.show(entry.level, entry.text));
        opened.on('Runtime.consoleAPICalled', ({ type, args }) =>
          side?.show(type, args.map((/** @type {any} */ { value, description }) => value ?? description).join(' ')),
        );
        opened.on('Runtime.exceptionThrown', ({ exceptionDetails }) =>
          side?.show('error', exceptionDetails.exception?.description ?? exceptionDetails.text),
        );
        const hear = (/** @type {any} */ { args }) => side?.hear(args.map((/** @type {any} */ { value }) => value));
        if (name === 'extension') opened.on('Runtime.consoleAPICalled', hear);
        else listenToWorklets(opened, hear);
        await opened.send('Log.enable');
        return name === 'native'
          ? opened.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true })
          : undefined;
      },
    });
    side = new Side(browser, page);
    return side;
  }

  /**
   * @param {import('../browser/launch.mjs').Browser} browser
   * @param {import('../browser/launch.mjs').Session} page
   */
  constructor(browser, page) {
    this.browser = browser;
    this.#page = page;
  }

  /** A line of the page's console; a worklet's are its own. @param {string} level @param {string} text */
  show(level, text) {
    if (text.startsWith('[shared storage worklet')) return;
    this.#lines.add(`${level}: ${text.replaceAll(/https?:\/\/[\w.-]+:\d+/g, 'ORIGIN')}`);
  }

  /** @param {unknown[]} args of a call of console.log() in a worklet, after what the extension puts before it */
  hear(args) {
    const [word, label, text] = args.slice(args.indexOf('did'));
    if (word !== 'did') return;
    this.#logged.set(String(label), String(text));
    this.#onLog();
  }

  /**
   * @param {import('./program.mjs').Step[]} program
   * @param {string} origin that nothing is stored for
   * @returns {Promise<Observation>}
   */
  async run(program, origin) {
    this.#logged.clear();
    this.#lines.clear();
    await this.#page.navigate(`${origin}/`);
    /** @type {string[]} */
    const outcomes = [];
    /** @type {number[][]} */
    const orders = [];
    for (const step of program) {
      if (step.call === 'navigate') {
        outcomes.push(...(await this.#page.evaluate('leave()')), 'navigated');
        orders.push(await this.#page.evaluate('order()'));
        await this.#page.navigate(`${origin}/?${outcomes.length}`);
        continue;
      }
      await this.#page.evaluate(`step(${JSON.stringify(step)})`);
      if (step.logs) await this.#heard(step.logs);
    }
    outcomes.push(...(await this.#page.evaluate('finish()')));
    orders.push(await this.#page.evaluate('order()'));
    await this.#page.evaluate(READ_BACK);
    await this.#heard('read back');
    return {
      outcomes,
      operations: Object.fromEntries(this.#logged),
      orders,
      console: [...this.#lines].sort().join('\n'),
    };
  }

  /** Resolves when the operation has logged, or has not for so long that it will not. @param {string} label */
  #heard(label) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LONGEST_OPERATION);
      this.#onLog = () => {
        if (!this.#logged.has(label)) return;
        clearTimeout(timer);
        resolve(undefined);
      };
      this.#onLog();
    });
  }

  close() {
    return this.browser.close();
  }
}

/**
 * Natively a worklet is a target of its own.
 * @param {import('../browser/launch.mjs').Session} page
 * @param {(event: any) => void} hear
 */
function listenToWorklets(page, hear) {
  const { devtools } = page.browser;
  page.on('Target.attachedToTarget', async ({ sessionId }) => {
    devtools.on(`${sessionId}:Runtime.consoleAPICalled`, hear);
    // Either fails when the worklet has gone already, which then has nothing to say.
    await devtools.send('Runtime.enable', {}, sessionId).catch(() => {});
    await devtools.send('Runtime.runIfWaitingForDebugger', {}, sessionId).catch(() => {});
  });
}
