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
 */

export class Side {
  #page;
  /** @type {Map<string, string>} */
  #logged = new Map();
  #onLog = () => {};

  /**
   * @param {import('../browser/launch.mjs').Browser} browser
   * @param {'native' | 'extension'} name
   */
  static async open(browser, name) {
    /** @type {Side | undefined} */
    let side;
    const page = await browser.openPage('about:blank', {
      prepare: (opened) => {
        const hear = (/** @type {any} */ { args }) => side?.hear(args.map((/** @type {any} */ { value }) => value));
        if (name === 'extension') opened.on('Runtime.consoleAPICalled', hear);
        else listenToWorklets(opened, hear);
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
    await this.#page.navigate(`${origin}/`);
    for (const step of program) {
      await this.#page.evaluate(`step(${JSON.stringify(step)})`);
      if (step.logs) await this.#heard(step.logs);
    }
    const outcomes = await this.#page.evaluate('finish()');
    await this.#page.evaluate(READ_BACK);
    await this.#heard('read back');
    return { outcomes, operations: Object.fromEntries(this.#logged) };
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
