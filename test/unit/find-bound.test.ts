import { describe, expect, test } from 'vitest';
import { findBound } from '../../src/page/isolation/find-bound';

const shared = () => new SharedArrayBuffer(8);
const memory = () => new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
const module = () => new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));

const found = (data: unknown) => findBound(data)?.map(({ type, path }) => `${type} ${path}`) ?? null;

test.each<[string, () => unknown, string[]]>([
  ['at the top', shared, ['SharedArrayBuffer data']],
  ['a memory', () => ({ a: memory() }), ['WebAssembly.Memory data.a']],
  ['a module in an array', () => [1, [module()]], ['WebAssembly.Module data[1][0]']],
  [
    'in a map, as key and as value',
    () =>
      new Map<unknown, unknown>([
        ['k', shared()],
        [module(), 1],
      ]),
    ['SharedArrayBuffer data.k', 'WebAssembly.Module data.(key)'],
  ],
  ['in a set', () => new Set([module()]), ['WebAssembly.Module data.(member)']],
  ['under a typed array', () => new Int32Array(shared()), ['SharedArrayBuffer data.buffer']],
  ['under a DataView', () => ({ view: new DataView(shared()) }), ['SharedArrayBuffer data.view.buffer']],
  ['as the cause of an error', () => new RangeError('x', { cause: { deep: shared() } }), ['SharedArrayBuffer data.cause.deep']],
  ['under a name of an array', () => Object.assign([1], { extra: module() }), ['WebAssembly.Module data.extra']],
  ['several of them', () => ({ a: shared(), b: module() }), ['SharedArrayBuffer data.a', 'WebAssembly.Module data.b']],
])('found: %s', (_name, make, paths) => {
  expect(found(make())).toEqual(paths);
});

test.each<[string, () => unknown]>([
  ['a primitive', () => 'text'],
  ['null', () => null],
  ['plain data', () => ({ a: [1, 'x', null, undefined, 1n], d: new Date(), r: /x/, m: new Map([[1, new Set([2])]]) })],
  ['an ordinary typed array', () => new Uint8Array(16)],
  ['an ordinary buffer', () => new ArrayBuffer(16)],
  ['an empty sparse array', () => new Array(2 ** 32 - 1)],
  ['a boxed string', () => Object('text')],
])('nothing: %s', (_name, make) => {
  expect(found(make())).toBeNull();
});

describe('nothing hangs and nothing throws', () => {
  test('cycles', () => {
    const a: Record<string, unknown> = {};
    a.self = a;
    a.map = new Map([[a, a]]);
    expect(found(a)).toBeNull();
    a.late = shared();
    expect(found(a)).toEqual(['SharedArrayBuffer data.late']);
  });

  test('a graph of a million objects ends with the budget', () => {
    const nodes = Array.from({ length: 1_000_000 }, (_, index): { index: number; next?: unknown } => ({ index }));
    for (const [index, node] of nodes.entries()) node.next = nodes[index + 1];
    const begun = performance.now();
    expect(found(nodes[0])).toBeNull();
    expect(found(nodes)).toBeNull();
    expect(performance.now() - begun).toBeLessThan(30_000);
  });

  test('a chain as long as the budget allows is followed to its end', () => {
    let chain: unknown = shared();
    for (let depth = 0; depth < 50_000; depth++) chain = { next: chain };
    expect(found(chain)?.[0]).toMatch(/^SharedArrayBuffer data(\.next)+$/);
  });

  test('getters that throw, and proxies', () => {
    const thrower = () => {
      throw new Error('hostile');
    };
    expect(found(Object.defineProperty({}, 'x', { get: thrower, enumerable: true }))).toBeNull();
    expect(found(new Proxy({}, { getPrototypeOf: thrower, ownKeys: thrower, get: thrower }))).toBeNull();
  });

  test('what page code made of the prototypes is not asked', () => {
    const original = Object.getOwnPropertyDescriptor(Map.prototype, 'forEach') as PropertyDescriptor;
    Object.defineProperty(Map.prototype, 'forEach', { ...original, value: () => undefined });
    try {
      expect(found(new Map([['k', shared()]]))).toEqual(['SharedArrayBuffer data.k']);
    } finally {
      Object.defineProperty(Map.prototype, 'forEach', original);
    }
  });
});
