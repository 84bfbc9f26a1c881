/**
 * When there is time for what need not be done at once. Reports that are sent at once may come one right after another, and each of them would wait for
 * the rest of the one before: its transactions, its log, its console.
 */

/** How long none has come or been answered then, and how long the rest waits for that at most, in milliseconds. */
const QUIET = 30;
const LONGEST = 500;

export class Lull {
  #lastSign = Number.NEGATIVE_INFINITY;
  #coming: Promise<void> | null = null;

  /** A report has come, or was answered. */
  sign(): void {
    this.#lastSign = performance.now();
  }

  /** Resolves with the next lull, for all who wait. */
  come(): Promise<void> {
    // Whoever asks after it has come waits for the next one, also where this one is here already.
    this.#coming ??= this.#wait().finally(() => {
      this.#coming = null;
    });
    return this.#coming;
  }

  async #wait(): Promise<void> {
    const latest = performance.now() + LONGEST;
    for (;;) {
      const left = Math.min(this.#lastSign + QUIET, latest) - performance.now();
      if (left <= 0) break;
      await new Promise((resolve) => setTimeout(resolve, left));
    }
  }
}
