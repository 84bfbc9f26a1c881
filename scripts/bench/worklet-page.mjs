// A page with a worklet, and an ear on what the worklet logs: the only way in which a worklet can tell what it measured.

/** How the extension marks, in the page's console, what a worklet logged. */
const MIRRORED = /^\[shared storage worklet: /;

export class WorkletPage {
  /** @type {import('../browser/launch.mjs').Session | undefined} */
  page;
  /** @type {number[]} */
  #logged = [];
  /** @type {((value: number) => void)[]} */
  #waiting = [];

  /**
   * Opens a timing page and adds the module.
   * @param {import('./sides.mjs').Side} side
   * @param {string} module its path
   */
  static async open(side, module) {
    const self = new WorkletPage();
    self.page = await side.openPage('/timing.html', {
      prepare: (page) => (side.name === 'native' ? self.#listenNatively(page) : self.#listen(page)),
    });
    await self.page.evaluate(`sharedStorage.worklet.addModule(${JSON.stringify(module)})`);
    return self;
  }

  /** @param {string} expression @returns {Promise<any>} */
  evaluate(expression) {
    if (!this.page) throw new Error('the page is not open');
    return this.page.evaluate(expression);
  }

  /** The next number that the worklet logs, or has logged already. @returns {Promise<number>} */
  nextLogged() {
    const logged = this.#logged.shift();
    if (logged !== undefined) return Promise.resolve(logged);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** @param {unknown} value */
  #note(value) {
    if (typeof value !== 'number') return;
    const waiting = this.#waiting.shift();
    if (waiting) waiting(value);
    else this.#logged.push(value);
  }

  /** @param {import('../browser/launch.mjs').Session} page */
  #listen(page) {
    page.on('Runtime.consoleAPICalled', ({ args }) => {
      if (MIRRORED.test(args[0]?.value)) this.#note(args[1]?.value);
    });
  }

  /**
   * Natively a worklet is a target of its own.
   * @param {import('../browser/launch.mjs').Session} page
   */
  async #listenNatively(page) {
    const { devtools } = page.browser;
    page.on('Target.attachedToTarget', async ({ sessionId }) => {
      devtools.on(`${sessionId}:Runtime.consoleAPICalled`, ({ args }) => this.#note(args[0]?.value));
      // Either fails when the worklet has gone already, which then has nothing to say.
      await devtools.send('Runtime.enable', {}, sessionId).catch(() => {});
      await devtools.send('Runtime.runIfWaitingForDebugger', {}, sessionId).catch(() => {});
    });
    await page.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: true, flatten: true });
  }
}
