/** What a worklet is to start, in its order: at once, or as much later as the settings say. */

export class SlowStart {
  readonly #slowness: () => Promise<number>;
  #last: Promise<void> = Promise.resolve();

  /** `slowness`: in milliseconds, asked for each time. */
  constructor(slowness: () => Promise<number>) {
    this.#slowness = slowness;
  }

  /** Calls `start` after those before it. */
  begin(start: () => void): void {
    const due = this.#slowness().then((slowness) => (slowness > 0 ? waitFor(slowness) : undefined));
    this.#last = Promise.all([this.#last, due]).then(start);
  }
}

const waitFor = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
