/** Waiting for conditions, with a limit, and saying what was there instead when the limit has passed. */

/** How long the kit waits where nobody says otherwise, in milliseconds: less than the 5,000 that Vitest and Jest give a test, whose own message would hide ours. */
export const DEFAULT_TIMEOUT = 4_000;

export interface WaitOptions {
  /** In milliseconds; default 4,000. */
  readonly timeout?: number;
}

/** A condition did not come true in time. The message says what was seen instead. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** How long to wait between two looks, in milliseconds: a look is one round trip to the browser. */
const INTERVAL = 20;

/** How long a look may take that was begun in time, in milliseconds: a browser that hangs is not waited for. */
const LONGEST_LOOK = 10_000;

/** What `asked` resolves with; undefined where it takes longer than that. */
export async function withinTime<Answer>(
  asked: Promise<Answer> | Answer,
  milliseconds: number,
): Promise<{ readonly answer: Answer } | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLong = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds);
  });
  try {
    return await Promise.race([Promise.resolve(asked).then((answer) => ({ answer })), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

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
  const silent = () => new TimeoutError(`${what}: not within ${timeout} ms. Instead the browser has not answered for ${LONGEST_LOOK} ms.`);
  for (;;) {
    const look = await withinTime(find(), LONGEST_LOOK);
    if (!look) throw silent();
    if (look.answer !== undefined) return look.answer;
    // Also where it is not a number.
    if (!(Date.now() < deadline)) {
      const seen = await withinTime(describe(), LONGEST_LOOK);
      throw seen ? new TimeoutError(`${what}: not within ${timeout} ms. Instead there ${seen.answer}`) : silent();
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL));
  }
}
