import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LoggedEvent } from '../../src/protocol/logged-event';
import { DEFAULT_ENTRY_LIFETIME } from '../../src/spec/database';
import { because } from '../../src/spec/reason';
import { AheadDatabase } from '../../src/store/entries/ahead';
import { IndexedDatabase } from '../../src/store/entries/indexed-database';
import { connectToEvents, EventLog, type EventsConnection } from '../../src/store/events/event-log';
import { LoggedDatabase } from '../../src/store/events/logged-database';
import { type ReadEventsOptions, readEvents } from '../../src/store/events/read-events';

let size: number;
let connection: EventsConnection;
let log: EventLog;
let announced = 0;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  size = 10;
  connection = connectToEvents();
  log = new EventLog(
    () => size,
    () => announced++,
    connection,
  );
});

afterEach(() => vi.useRealTimers());

const event = (method: string, dataOrigin: string | null = 'https://www.a.example'): LoggedEvent => ({
  time: 0,
  scope: 'background',
  method,
  documentId: null,
  tabId: null,
  dataOrigin,
  parameters: null,
  result: null,
  refusal: null,
  duration: 0,
});

const read = (options: ReadEventsOptions) => readEvents(connection, options);
const methods = async (options: ReadEventsOptions) => (await read(options)).map(({ method }) => method);

test('the newest come first, page after page, all or those of one origin', async () => {
  for (let i = 0; i < 8; i++) log.log(event(String(i), i % 2 ? 'https://b.example' : undefined));
  announced = 0;
  await log.flush();
  expect(announced).toBe(1);
  await log.flush();
  expect(announced).toBe(1);
  expect(await methods({ limit: 3 })).toEqual(['7', '6', '5']);
  const [, , last] = await read({ limit: 3 });
  expect(await methods({ limit: 3, before: last?.id ?? 0 })).toEqual(['4', '3', '2']);
  expect(await methods({ limit: 2, before: last?.id ?? 0, origin: 'https://b.example' })).toEqual(['3', '1']);
  expect(await methods({ limit: 2, before: 1, origin: 'https://b.example' })).toEqual([]);
  expect(await methods({ limit: 9, after: last?.id ?? 0 })).toEqual(['7', '6']);
  expect(await methods({ limit: 9, after: last?.id ?? 0, origin: 'https://b.example' })).toEqual(['7']);
  expect(await methods({ limit: 9, after: 8 })).toEqual([]);
  expect(await methods({ limit: 9, before: 4, after: 3 })).toEqual([]);
  expect((await read({ limit: 2 })).map(({ site }) => site)).toEqual(['https://b.example', 'https://a.example']);
});

test('while events follow one another nothing is written, for a second at most', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const flush = vi.spyOn(log, 'flush');
  const writesAfter = async (pause: number, times: number) => {
    for (let i = 0; i < times; i++) {
      log.log(event(String(i)));
      await vi.advanceTimersByTimeAsync(pause);
    }
    return flush.mock.calls.length;
  };
  expect(await writesAfter(150, 6)).toBe(0);
  expect(await writesAfter(150, 1)).toBe(1);
  expect(await writesAfter(199, 1)).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(flush).toHaveBeenCalledTimes(2);
  await log.flush();
  expect(await methods({ limit: 10 })).toHaveLength(8);
});

test('it keeps as many as the setting says, and none when that is 0', async () => {
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 4; i++) log.log(event(`${round}.${i}`));
    await log.flush();
  }
  expect(await read({ limit: 100 })).toHaveLength(10);
  size = 3;
  log.log(event('last'));
  await log.flush();
  expect(await methods({ limit: 100 })).toEqual(['last', '4.3', '4.2']);
  size = 0;
  log.log(event('off'));
  await log.flush();
  expect(await read({ limit: 100 })).toEqual([]);
});

test('the store as a caller sees it notes what it does, shortened, with the real reason of a refusal', async () => {
  const environment = () => ({ currentWallTime: 0, defaultEntryLifetime: DEFAULT_ENTRY_LIFETIME, quota: 1000 });
  const store = new AheadDatabase(new IndexedDatabase(environment), environment, async () => true);
  const database = new LoggedDatabase(store, log, { scope: 'worklet', documentId: 'd', tabId: 1 });
  await database.update('o', [{ type: 'set', key: 'k', value: 'v'.repeat(400), ignoreIfPresent: true }]);
  await database.get('o', 'k');
  await database.update('o', [{ type: 'append', key: 'k', value: 'v'.repeat(400) }, { type: 'clear' }]);
  await log.flush();
  const shortened = `${'v'.repeat(256)}… (400 code units)`;
  const caller = { scope: 'worklet', documentId: 'd', tabId: 1, dataOrigin: 'o' };
  expect((await read({ limit: 3 })).reverse()).toMatchObject([
    { ...caller, method: 'set', parameters: { key: 'k', value: shortened, ignoreIfPresent: true }, result: true, refusal: null },
    { ...caller, method: 'get', parameters: { key: 'k' }, result: shortened, refusal: null },
    { ...caller, method: 'batchUpdate', parameters: { count: 2 }, result: false, refusal: because('reasonQuota', 1000) },
  ]);
});
