/** The order in which requests of a document are carried out, whatever each of them waits for. */

import { describe, expect, test } from 'vitest';
import { ArrivalOrder } from '../../src/background/requests/arrival-order';

/** A promise, and what settles it. */
function withResolvers() {
  let resolve = () => {};
  let reject = (_reason: unknown) => {};
  const promise = new Promise<void>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

/** Requests by name, whose admissions settle when the test says so. */
function setUp() {
  const order = new ArrivalOrder();
  const carriedOut: string[] = [];
  const enter = (documentId: string, name: string) => {
    const admission = withResolvers();
    const result = order.enter(
      documentId,
      () => admission.promise,
      async () => {
        carriedOut.push(name);
        return name;
      },
    );
    result.catch(() => undefined);
    return { ...admission, result };
  };
  return { order, carriedOut, enter };
}

const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

describe('requests of one document', () => {
  test('are carried out in the order in which they came, however late the first may', async () => {
    const { carriedOut, enter } = setUp();
    const [first, second, third] = [enter('a', '1'), enter('a', '2'), enter('a', '3')];
    third?.resolve();
    second?.resolve();
    await turns();
    expect(carriedOut).toEqual([]);
    first?.resolve();
    await Promise.all([first?.result, second?.result, third?.result]);
    expect(carriedOut).toEqual(['1', '2', '3']);
  });

  test('do not wait for one that was refused, which its caller hears at once', async () => {
    const { carriedOut, enter } = setUp();
    const [first, second] = [enter('a', '1'), enter('a', '2')];
    second?.resolve();
    first?.reject(new Error('refused'));
    await expect(first?.result).rejects.toThrow('refused');
    expect(await second?.result).toBe('2');
    expect(carriedOut).toEqual(['2']);
  });

  test('do not wait until those before them are done, and one that throws keeps nobody', async () => {
    const { order } = setUp();
    const admit = async () => undefined;
    const never = order.enter('a', admit, () => new Promise<never>(() => undefined));
    const thrown = order.enter('a', admit, () => {
      throw new Error('thrown');
    });
    expect(never).toBeInstanceOf(Promise);
    await expect(thrown).rejects.toThrow('thrown');
    expect(await order.enter('a', admit, async () => 3)).toBe(3);
  });
});

test('no document waits for another one', async () => {
  const { carriedOut, enter } = setUp();
  enter('a', 'stuck');
  const other = enter('b', 'other');
  other.resolve();
  expect(await other.result).toBe('other');
  expect(carriedOut).toEqual(['other']);
});

test('what had to be waited for is measured by its name', async () => {
  const { order } = setUp();
  const waits = await order.enter(
    'a',
    async (wait) => {
      await wait('policy', new Promise((resolve) => setTimeout(resolve, 20)));
      await wait('settings', Promise.resolve());
    },
    async (_admitted, measured) => measured,
  );
  expect(Object.keys(waits)).toEqual(['policy', 'settings']);
  expect(waits.policy).toBeGreaterThan(10);
});

test('a document is drained when all is carried out, and what is kept for it has arrived', async () => {
  const { order, enter } = setUp();
  await order.drained('a');
  const first = enter('a', '1');
  const underWay = withResolvers();
  order.keep('a', underWay.promise);
  let isDrained = false;
  const drained = order.drained('a').then(() => {
    isDrained = true;
  });
  first.resolve();
  await first.result;
  await turns();
  expect(isDrained).toBe(false);
  underWay.resolve();
  await drained;
  // And it begins anew.
  const second = enter('a', '2');
  second.resolve();
  expect(await second.result).toBe('2');
});

describe('a request that has overtaken the one before it', () => {
  test('has no place until that one came, as where that one was sent to a worker that was stopped', () => {
    const { order } = setUp();
    expect(order.accept('a', { sequence: 5, after: 4 })).toBe(false);
    expect(order.accept('a', { sequence: 4, after: 0 })).toBe(true);
    expect(order.accept('a', { sequence: 5, after: 4 })).toBe(true);
    expect(order.accept('b', { sequence: 5, after: 4 })).toBe(false);
  });

  test('comes again: a repetition of what has its place is told apart by others', () => {
    const { order } = setUp();
    expect(order.accept('a', { sequence: 7, after: 0 })).toBe(true);
    expect(order.accept('a', { sequence: 3, after: 0 })).toBe(true);
    expect(order.accept('a', { sequence: 8, after: 7 })).toBe(true);
  });
});
