import { afterEach, expect, it, vi } from 'vitest';
import { nameOutermost, takeName } from '../../src/injected/permissions-policy/outermost';

afterEach(() => vi.unstubAllGlobals());

const windowBelow = (parent: object | null) => ({ frameElement: parent && {}, parent });

it('two documents that are sought at once both find the outermost of their ancestors', () => {
  const outermost = windowBelow(null);
  const first = windowBelow(outermost);
  const second = windowBelow(first);
  vi.stubGlobal('self', first);
  nameOutermost('one');
  vi.stubGlobal('self', second);
  nameOutermost('two');
  expect([takeName('one'), takeName('two')]).toEqual([false, false]);
  vi.stubGlobal('self', outermost);
  expect([takeName('one'), takeName('two')]).toEqual([true, true]);
});

it('a name is asked for once, and nobody has one that was not given', () => {
  vi.stubGlobal('self', windowBelow(null));
  expect(takeName('one')).toBe(false);
  nameOutermost('one');
  expect([takeName('other'), takeName('one'), takeName('one')]).toEqual([false, true, false]);
});
