import { beforeEach, expect, it, vi } from 'vitest';

const asked: { readonly page: number; answer(entries: unknown): void }[] = [];
vi.mock('../../src/components/ask', () => ({
  ask: (method: string, { from }: { from: number }) =>
    method === 'entries.list'
      ? Promise.resolve({ list: 'list', count: 100_000 })
      : new Promise((answer) => asked.push({ page: from / 100, answer })),
}));

const { EntryWindow } = await import('../../src/panel/views/storage/entry-window');

const entriesOf = (page: number) => Array.from({ length: 100 }, (_, i) => ({ key: `k${100 * page + i}`, value: '', lastUpdated: 0 }));

/** Answers the oldest question that has none, and says which page that was. */
async function answerNext(): Promise<number | undefined> {
  const next = asked.shift();
  next?.answer(entriesOf(next.page));
  await new Promise((resolve) => setTimeout(resolve));
  return next?.page;
}

const pagesAsked = () => asked.map(({ page }) => page);

const listener = { changed: vi.fn(), forgotten: vi.fn() };

async function open() {
  const opening = EntryWindow.open({} as never, [0, 30], listener);
  await new Promise((resolve) => setTimeout(resolve));
  await answerNext();
  return opening;
}

beforeEach(() => {
  asked.length = 0;
  vi.clearAllMocks();
});

it('reads what comes into view before it does, in the direction of the view', async () => {
  const window = await open();
  window.show(10, 40);
  expect(pagesAsked()).toEqual([1, 2, 3]);
  while (asked.length > 0) await answerNext();
  window.show(5000, 5030);
  while (asked.length > 0) await answerNext();
  window.show(4810, 4840);
  expect(pagesAsked()).toEqual([48, 47, 46, 45]);
});

it('whoever scrolls past many pages waits for a few of them', async () => {
  const window = await open();
  for (let first = 1000; first <= 50_000; first += 100) window.show(first, first + 30);
  expect(asked.length).toBeLessThanOrEqual(4);
  const seen: (number | undefined)[] = [];
  while (!window.at(50_000)) seen.push(await answerNext());
  expect(seen.length).toBeLessThanOrEqual(5);
  expect(window.at(50_010)).toMatchObject({ key: 'k50010' });
});

it('reads nothing before the first row or behind the last', async () => {
  const window = await open();
  window.show(99_960, 99_999);
  while (asked.length > 0) expect(await answerNext()).toBeLessThanOrEqual(999);
  window.show(0, 30);
  expect(pagesAsked()).toEqual([]);
});

it('says that the list is forgotten, and that there is more at hand', async () => {
  const window = await open();
  window.show(300, 330);
  await answerNext();
  expect(listener.changed).toHaveBeenCalledTimes(1);
  asked.shift()?.answer(null);
  await new Promise((resolve) => setTimeout(resolve));
  expect(listener.forgotten).toHaveBeenCalledTimes(1);
});
