/** What the test kit says to whoever has waited in vain, or has given it something else than it takes. */

import { expect, test, vi } from 'vitest';
import { describeLaunchFailure } from '../../src/kit/cli/launch-failure';
import { matchers } from '../../src/kit/matchers';
import { SharedStorageLab } from '../../src/kit/shared-storage-lab';
import type { ReadEvent } from '../../src/protocol/logged-event';

const ORIGIN = 'https://shop.example';
const INSECURE = 'http://shop.example';
const { toHaveSharedStorageEntry, toHaveContributed } = matchers;

const refused = (dataOrigin: string, refusal: string | null): ReadEvent => ({
  ...{ id: 1, site: dataOrigin, time: 5000, scope: 'window', method: 'set', documentId: 'd', tabId: 1, dataOrigin },
  ...{ parameters: { key: 'k' }, result: null, refusal, duration: 2 },
});

/** A kit for a browser in which the origins have so many entries, and this was asked for. */
function labWith({ counts = {}, log = [] }: { counts?: Record<string, number>; log?: ReadEvent[] } = {}): SharedStorageLab {
  const answers: Record<string, unknown> = {
    'origin.entries': [],
    'reports.read': { reports: [] },
    'entries.origins': { origins: Object.entries(counts).map(([dataOrigin, count]) => ({ dataOrigin, count, bytes: 1, created: null })) },
    'events.read': log,
  };
  const request = async (method: string) => answers[method];
  const evaluate = async (expression: string) => (await new Function('sharedStorageLab', `return ${expression}`)({ request })) as string;
  return new SharedStorageLab({ evaluate });
}

const AT_ONCE = { timeout: 0 };

/** What each of the matchers says of this origin, where nothing is found. */
async function saidOf(lab: SharedStorageLab, origin: string): Promise<string[]> {
  const results = [
    await toHaveSharedStorageEntry.call({}, lab, origin, 'k', 'v', AT_ONCE),
    await toHaveContributed.call({}, lab, origin, { bucket: 1n }, AT_ONCE),
  ];
  expect(results.map(({ pass }) => pass)).toEqual([false, false]);
  return results.map(({ message }) => message());
}

test('the kit has given up before Vitest and Jest do, after 5,000 ms', async () => {
  vi.useFakeTimers();
  try {
    const waited = expect(labWith().waitForEvent({ method: 'set' })).rejects.toThrow('not within 4000 ms');
    await vi.advanceTimersByTimeAsync(4_900);
    await waited;
  } finally {
    vi.useRealTimers();
  }
});

test('any access will do where there is no filter', async () => {
  expect(await labWith({ log: [refused(ORIGIN, null)] }).waitForEvent()).toMatchObject({ method: 'set', ownerOrigin: ORIGIN });
});

test.each([
  ['a page', { goto: () => undefined }],
  ['entries', [{ key: 'k', value: 'v' }]],
  ['nothing', undefined],
])('an expectation of %s is told what it wants', async (_name, given) => {
  const wrong = given as unknown as SharedStorageLab;
  for (const isNot of [false, true]) {
    await expect(toHaveSharedStorageEntry.call({ isNot }, wrong, ORIGIN, 'k')).rejects.toThrow(
      'wants the test kit here: the fixture sharedStorage',
    );
    await expect(toHaveContributed.call({ isNot }, wrong, ORIGIN)).rejects.toThrow('wants the test kit here: the fixture sharedStorage');
  }
});

test('where nothing is found at an origin, it is said which others have entries', async () => {
  const counts = { [ORIGIN]: 0, 'http://localhost:4400': 1, 'https://none.example': 0, 'https://a.example': 12 };
  for (const said of await saidOf(labWith({ counts }), ORIGIN))
    expect(said).toMatch(/\nOf entries http:\/\/localhost:4400 has 1, https:\/\/a\.example has 12\.$/);
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`https://s${index}.example`, 1]));
  for (const said of await saidOf(labWith({ counts: many }), ORIGIN)) expect(said).toContain('s9.example has 1, and 2 more origins.');
  for (const said of await saidOf(labWith({ counts: { [ORIGIN]: 3 } }), ORIGIN)) expect(said).not.toContain('Of entries');
});

test('where nothing is found at an origin, it is said what was refused there', async () => {
  const log = [refused('https://other.example', 'of another'), refused(ORIGIN, null), refused(ORIGIN, 'switched off')];
  for (const said of await saidOf(labWith({ log }), ORIGIN))
    expect(said).toMatch(/\nRefused to https:\/\/shop\.example:\n {2}set \{"key":"k"\}: switched off$/);
});

test('where nothing was seen of an origin that is no secure context, that is said', async () => {
  const said = 'http://shop.example is not a secure context, so there is no window.sharedStorage.';
  const lab = labWith();
  for (const message of await saidOf(lab, INSECURE)) expect(message).toContain(said);
  await expect(lab.waitForEvent({ ownerOrigin: INSECURE }, AT_ONCE)).rejects.toThrow(said);
  await expect(lab.waitForReport({ reportingOrigin: INSECURE }, AT_ONCE)).rejects.toThrow(said);
});

test.each([ORIGIN, 'http://localhost:3000', 'http://shop.localhost', 'http://127.0.0.1:8080', 'http://[::1]:8080'])(
  '%s is not said to be no secure context',
  async (origin) => {
    for (const message of await saidOf(labWith(), origin)) expect(message).not.toContain('secure context');
    await expect(labWith().waitForEvent({ ownerOrigin: origin }, AT_ONCE)).rejects.toThrow(/are no accesses\.$/);
  },
);

test('where something was seen of an origin, it may be a secure context in this browser', async () => {
  const lab = labWith({ log: [refused(INSECURE, null)] });
  for (const message of await saidOf(lab, INSECURE)) expect(message).not.toContain('secure context');
  await expect(lab.waitForEvent({ ownerOrigin: INSECURE, method: 'get' }, AT_ONCE)).rejects.not.toThrow('secure context');
});

test('a window that cannot open for want of a display is told so, and no other failure', () => {
  const failure = new Error('/b did not start: the browser has gone\nozone_platform_x11.cc:257] Missing X server or $DISPLAY\n');
  expect(describeLaunchFailure(failure)).toMatch(/Missing X server or \$DISPLAY\nThere is no display: use --headless, or xvfb-run\.$/);
  expect(describeLaunchFailure(new Error('/b did not start: no such file'))).toBe('/b did not start: no such file');
});
