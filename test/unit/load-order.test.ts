/** In which order worklets with the same module are loaded. */

import { expect, test } from 'vitest';
import { LoadOrder } from '../../src/offscreen/worklets/load-order';
import { type Envelope, fail, succeed } from '../../src/protocol/envelope';

const deferred = () => {
  let resolve = (_envelope: Envelope) => {};
  const promise = new Promise<Envelope>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
};

test('a module is loaded after the one of that name before it, however that ends, and no other waits', async () => {
  const order = new LoadOrder();
  const [first, second, other] = [deferred(), deferred(), deferred()];
  const loaded: string[] = [];
  const enter = (name: string, label: string, { promise }: ReturnType<typeof deferred>) =>
    order.enter(name, promise).then((envelope) => {
      loaded.push(label);
      return envelope;
    });
  const all = [enter('a', 'first', first), enter('a', 'second', second), enter('b', 'other', other)];
  second.resolve(succeed(2));
  other.resolve(succeed(3));
  expect(await all[2]).toEqual(succeed(3));
  expect(loaded).toEqual(['other']);
  first.resolve(fail('OperationError', 'it throws'));
  expect(await Promise.all(all)).toEqual([fail('OperationError', 'it throws'), succeed(2), succeed(3)]);
  expect(loaded).toEqual(['other', 'first', 'second']);
});
