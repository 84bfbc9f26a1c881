/** Things that come, as an async iterable that whoever reads it can leave at any time. */

/** `next` resolves with those that have come since it was called last, which may be none. It is called again after `interval` milliseconds then. */
export function watch<One>(next: () => Promise<readonly One[]>, interval: number): AsyncIterableIterator<One, undefined, void> {
  const coming: One[] = [];
  const waiting = new Set<() => void>();
  let isLeft = false;
  let last: Promise<unknown> = Promise.resolve();

  const pause = () =>
    new Promise<void>((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, interval);
      waiting.add(wake);
    });

  const take = async (): Promise<IteratorResult<One, undefined>> => {
    while (!isLeft && coming.length === 0) {
      coming.push(...(await next()));
      if (!isLeft && coming.length === 0) await pause();
    }
    const [one] = isLeft ? [] : coming.splice(0, 1);
    return isLeft ? { done: true, value: undefined } : { done: false, value: one as One };
  };

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    /** In the order of the calls. */
    next() {
      const taken = last.then(take, take);
      last = taken;
      return taken;
    },
    /** Nothing is asked for after that, and whoever waits is told that there is nothing more. */
    async return() {
      isLeft = true;
      coming.length = 0;
      for (const wake of [...waiting]) wake();
      return { done: true, value: undefined };
    },
  };
}
