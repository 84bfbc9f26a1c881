/** The handlers of worklets, without worklets: who hears of what is noted, and what becomes of them. docs/possibilities.md */

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test, vi } from 'vitest';
import { type HandlerReport, KeyHandlers } from '../../src/offscreen/event-handlers/key-handlers';
import { HandlerRuns } from '../../src/offscreen/worklets/handler-runs';
import type { Run } from '../../src/offscreen/worklets/run';
import type { Worklet } from '../../src/offscreen/worklets/worklet';
import { MAXIMUM_HANDLERS } from '../../src/protocol/limits';
import { handlerId, KEY_ACTIONS, type KeyHandler } from '../../src/spec/possibilities/key-handlers';
import { because } from '../../src/spec/reason';
import { changeNote, readWatchedKeys } from '../../src/store/entries/noted-changes';
import { type ChangeNote, connectToEntries, type EntriesConnection } from '../../src/store/entries/schema';
import './promise-with-resolvers';

const ORIGIN = 'https://a.example';

let connection: EntriesConnection;
let handlers: KeyHandlers;
let reports: HandlerReport[];
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  connection = connectToEntries();
  reports = [];
  handlers = new KeyHandlers(
    connection,
    async () => null,
    (report) => reports.push(report),
  );
});

/** Ends each operation as soon as it is begun, and says which it was. */
function workletOf(dataOrigin = ORIGIN) {
  const runs: string[] = [];
  const run = ({ name, data, handler }: Run) => {
    runs.push(`${name} ${JSON.stringify(data?.value)}`);
    handler?.ended();
  };
  const worklet = { dataOrigin, keepFor: vi.fn(), handlerRuns: new HandlerRuns(), run } as Partial<Worklet> as Worklet;
  return { worklet, runs };
}

const documentOf = (documentId: string) => ({ origin: ORIGIN, documentId, tabId: 1, frameId: 0, facts: null });

const handler = (name: string, key: string): KeyHandler => ({ name, key, actions: KEY_ACTIONS });

function add(worklet: Worklet, given: KeyHandler, { asked = 0, documentId = 'd' } = {}) {
  const params = { ...given, actions: [...given.actions], worklet: { documentId, workletId: 1 }, dataOrigin: worklet.dataOrigin };
  return handlers.add(`${documentId}/1`, worklet, { ...params, document: documentOf(documentId), asked, isModuleLoaded: true });
}

/** Notes a change, and has it taken. */
async function change(key: string, by: ChangeNote['by'] = null, asked: number | null = null, dataOrigin = ORIGIN): Promise<void> {
  const cause = { scope: 'worklet', documentId: 'd', tabId: 1, by } as const;
  const note = changeNote(dataOrigin, [{ key, action: 'set' }], cause, 'set', asked);
  await connection.use((open) => open.add('changes', note));
}

const took = async () => {
  await handlers.take();
  // The answers whether they may be called.
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

const ran = (name: string, key: string) => `${name} {"type":"key","key":"${key}","action":"set"}`;

test('what was noted before a handler was registered is not for it, what is noted from then on is, and no note is taken twice', async () => {
  const { worklet, runs } = workletOf();
  await add(worklet, handler('first', 'k'));
  await change('k');
  await add(worklet, handler('second', 'k'));
  await took();
  expect(runs).toEqual([ran('first', 'k')]);
  await change('k');
  await took();
  await took();
  expect(runs).toEqual([ran('first', 'k'), ran('first', 'k'), ran('second', 'k')]);
});

test('updates of windows are heard of by their place in the journal', async () => {
  const { worklet, runs } = workletOf();
  await add(worklet, handler('o', 'k'), { asked: 7 });
  for (const asked of [6, 7, 8]) await change('k', null, asked);
  await took();
  expect(runs).toEqual([ran('o', 'k')]);
});

test('what a handler writes calls others, in its worklet and elsewhere, and not the handler itself', async () => {
  const [own, other] = [workletOf(), workletOf()];
  const same = handler('o', 'k');
  await add(own.worklet, same);
  await add(own.worklet, handler('p', 'k'));
  await add(other.worklet, same, { documentId: 'e' });
  await change('k', { worklet: 'd/1', handler: handlerId(same), step: 1 });
  await took();
  expect([own.runs, other.runs]).toEqual([[ran('p', 'k')], [ran('o', 'k')]]);
  expect(reports.map(({ call }) => call.step)).toEqual([2, 2]);
});

test('after the eighth step nobody is called, and each that would be is told of', async () => {
  const { worklet, runs } = workletOf();
  await add(worklet, handler('o', 'k'));
  await change('k', { worklet: 'other/1', handler: null, step: 7 });
  await change('k', { worklet: 'other/1', handler: null, step: 8 });
  await took();
  expect(runs).toEqual([ran('o', 'k')]);
  expect(reports.map(({ refusal }) => refusal).toSorted()).toEqual([because('reasonChainEnds', 8), null]);
});

test('a handler hears of its own key and data origin alone', async () => {
  const { worklet, runs } = workletOf();
  await add(worklet, handler('o', 'k'));
  await change('l');
  await change('k', null, null, 'https://b.example');
  await took();
  expect(runs).toEqual([]);
});

test('keys are known to have handlers while one has them: those of a worklet go with it, those of a document with that', async () => {
  const [one, two] = [workletOf(), workletOf('https://b.example')];
  await add(one.worklet, handler('o', 'k'));
  await add(one.worklet, handler('p', 'k'));
  await add(two.worklet, handler('o', 'm'), { documentId: 'e' });
  const stored = async () => Object.fromEntries([...(await readWatchedKeys(connection))].map(([origin, keys]) => [origin, [...keys]]));
  expect(await stored()).toEqual({ [ORIGIN]: ['k'], 'https://b.example': ['m'] });
  handlers.remove('d/1', handler('o', 'k'));
  expect([...handlers.watched.keys()]).toEqual([ORIGIN, 'https://b.example']);
  handlers.forget('d/1');
  expect(one.worklet.keepFor).toHaveBeenLastCalledWith([]);
  handlers.forgetDocument('e');
  expect(handlers.watched.size).toBe(0);
  await vi.waitFor(async () => expect(await stored()).toEqual({}));
});

test('a document has a thousand handlers at most, in all of its worklets', async () => {
  const { worklet } = workletOf();
  for (let index = 0; index < MAXIMUM_HANDLERS; index++) expect((await add(worklet, handler(String(index), 'k'))).ok).toBe(true);
  expect(await add(worklet, handler('one more', 'k'))).toMatchObject({ ok: false, error: { name: 'OperationError' } });
  // One that there is already is none more.
  expect((await add(worklet, handler('1', 'k'))).ok).toBe(true);
  expect((await add(worklet, handler('o', 'k'), { documentId: 'e' })).ok).toBe(true);
});
