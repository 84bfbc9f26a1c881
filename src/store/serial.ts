/** One change at a time, of what each change goes by or sets as a whole: the browser's rules, its registered scripts, the toolbar, a record. */

type Task<Result> = () => Promise<Result>;

/** A task that never ends keeps all after it from running. */
export class Serial {
  /** Resolves when everything that was asked for so far has ended; never rejected. */
  #last: Promise<void> = Promise.resolve();
  /** The task of `runNewest` that has not begun. */
  #newest: Task<void> | null = null;
  /** Settles as that task does. */
  #outcome: Promise<void> = Promise.resolve();

  /**
   * Runs the task when those before it have ended, well or not. A task's failure is told to whoever asked for that task, and does not
   * stop the next.
   */
  async run<Result>(task: Task<Result>): Promise<Result> {
    const earlier = this.#last;
    let end = () => {};
    this.#last = new Promise((resolve) => (end = resolve));
    await earlier;
    try {
      return await task();
    } finally {
      end();
    }
  }

  /**
   * The same where each task sets the whole, and so only the newest matters: it takes the place of one of these that waits still, which is
   * not run. Whoever asked for that one is told what the newest comes to.
   */
  runNewest(task: Task<void>): Promise<void> {
    const isWaiting = this.#newest !== null;
    this.#newest = task;
    if (!isWaiting) this.#outcome = this.run(() => this.#takeNewest());
    return this.#outcome;
  }

  async #takeNewest(): Promise<void> {
    const newest = this.#newest;
    this.#newest = null;
    await newest?.();
  }
}
