/** What the event log says of requests that documents make at the same moment. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ArrivalOrder } from '../../src/background/requests/arrival-order';
import { Gate } from '../../src/background/requests/gate';
import { LiveSettings } from '../../src/extension/live-settings';
import { succeed } from '../../src/protocol/envelope';
import type { LoggedEvent } from '../../src/protocol/logged-event';
import { EventLog } from '../../src/store/events/event-log';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

test('their order can be told by their times, in whichever order they are logged', async () => {
  const events: LoggedEvent[] = [];
  const log = new EventLog(
    () => 0,
    () => undefined,
  );
  log.log = (event) => void events.push(event);
  const gate = new Gate(new LiveSettings(), log, new ArrivalOrder(), { markSimulated: () => undefined });
  const ends: (() => void)[] = [];
  const pass = (method: string, documentId: string) => {
    const caller = { origin: 'https://a.example', documentId, tabId: 1, frameId: 0, facts: null };
    const until = new Promise<void>((resolve) => ends.push(resolve));
    const carryOut = () => until.then(() => succeed(undefined));
    return gate.pass(caller, { method, parameters: null }, async () => undefined, carryOut);
  };
  const [first, second, third] = [pass('addModule', 'one'), pass('run', 'two'), pass('selectURL', 'three')];
  for (const [index, passed] of [third, second, first].entries()) {
    ends[2 - index]?.();
    await passed;
  }
  expect(events.map(({ method }) => method)).toEqual(['selectURL', 'run', 'addModule']);
  expect(events.toSorted((a, b) => a.time - b.time).map(({ method }) => method)).toEqual(['addModule', 'run', 'selectURL']);
  expect(new Set(events.map(({ time }) => Math.floor(time)))).toEqual(new Set([Date.now()]));
  vi.setSystemTime(Date.now() + 1);
  expect(gate.arrivalTime()).toBe(Date.now());
});
