/** Waiting for conditions, with a limit, and saying what was there instead when the limit has passed. */

/** How long the kit waits where nobody says otherwise, in milliseconds. */
export const DEFAULT_TIMEOUT = 5_000;

export interface WaitOptions {
  /** In milliseconds; default 5,000. */
  readonly timeout?: number;
}

/** A condition did not come true in time. The message says what was seen instead. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** How long to wait between two looks, in milliseconds: a look is one round trip to the browser. */
const INTERVAL = 20;

/**
 * Looks until `find` finds something, and resolves with that; rejects with a TimeoutError, whose message ends with what `describe` says then.
 */
export async function waitFor<Found>(
  what: string,
  find: () => Promise<Found | undefined>,
  describe: () => Promise<string> | string,
  { timeout = DEFAULT_TIMEOUT }: WaitOptions = {},
): Promise<Found> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (Date.now() >= deadline) throw new TimeoutError(`${what}: not within ${timeout} ms. Instead there ${await describe()}`);
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}
