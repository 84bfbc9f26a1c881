/** Large files of everything that is kept, and files that are none: the options page stays alive, says what it does, and loses nothing. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Ajv from 'ajv/dist/2020';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { LONGEST_STATE_FILE } from '../../src/protocol/extension-pages/state';
import type { State } from '../../src/store/state/state-file';
import { Lab, MUCH_LONGER, until } from './lab';
import { button, chooseFile, click, openOwn } from './own-pages';
import { receiveReports } from './reports';

const isBySchema = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(fs.readFileSync(new URL('../../schema/state-file.schema.json', import.meta.url), 'utf8')),
);

const ENTRIES = 100_000;
const EVENTS = 10_000;
const REPORTS = 2000;

let lab: Lab;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-large-'));
beforeAll(async () => {
  lab = await Lab.open();
  receiveReports(lab);
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const write = (name: string, text: string): string => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
};

const exported = async (): Promise<State & Record<string, unknown>> =>
  JSON.parse(await lab.request<string>('state.export', { withKeyPair: false, recording: null }));

/** Without what each export has of its own, and without the events, of which there is one more with each look at the entries. */
const kept = async () => {
  const { exported: _, events: __, ...state } = await exported();
  return state;
};

const status = (options: Session): Promise<string> => options.evaluate(`first('[role=status]')?.textContent.trim() ?? ''`);
const alerts = (options: Session): Promise<string> => options.evaluate(`first('[role=alert]')?.textContent.trim() ?? ''`);

async function importFile(options: Session, file: string): Promise<void> {
  await chooseFile(options, `first('#file')`, file);
  await click(options, button('Import everything'));
}

/** The elements over and over again, each with another number. */
const many = <Element>(elements: readonly Element[], count: number, numbered: (element: Element, index: number) => Element): Element[] =>
  Array.from({ length: count }, (_, index) => numbered(elements[index % elements.length] as Element, index));

test('with 100,000 entries, 10,000 events and 2,000 reports the page says that it works, and lives meanwhile; all of it is there then', async () => {
  const page = await lab.page('large');
  await page.evaluate(`sharedStorage.set('before', '1').then(() => sharedStorage.worklet.addModule('/contribute.js'))`);
  await page.evaluate(
    `sharedStorage.run('contribute', { data: { buckets: [1n, 2n, 3n], debugKey: 1n }, keepAlive: true }).then(() => undefined)`,
  );
  const seed = await until(async () => {
    const state = await exported();
    const { reports = [] } = state;
    return reports.length === 2 && reports.every(({ state }) => state === 'sent') && state;
  });
  expect(isBySchema(seed), JSON.stringify(isBySchema.errors)).toBe(true);
  const { reports = [], events = [] } = seed;
  const value = 'v'.repeat(80);
  const large: State = {
    ...seed,
    entries: {
      [lab.origin('large')]: Array.from({ length: ENTRIES }, (_, index) => ({ key: `key ${index}`, value, lastUpdated: Date.now() })),
    },
    events: many(events, EVENTS, (event) => event),
    reports: many(reports, REPORTS, (report, index) => ({ ...report, report: { ...report.report, reportId: `report ${index}` } })),
  };
  const text = JSON.stringify(large);
  expect(text.length).toBeGreaterThan(20_000_000);
  expect(text.length).toBeLessThan(LONGEST_STATE_FILE);
  const options = await openOwn(lab, 'options/index.html#state');
  // What a person would notice of a page that stands still.
  await options.evaluate(`(() => {
    globalThis.beats = 0;
    globalThis.longest = 0;
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      if (first('[role=status]').textContent.includes('Working')) beats++;
      longest = Math.max(longest, now - last);
      last = now;
    }, 20);
  })()`);
  const begun = performance.now();
  await importFile(options, write('large.json', text));
  await until(async () => (await status(options)) === 'Working…');
  expect(
    await options.evaluate(
      `all('button').filter(({ textContent }) => /Import|fixture|Export/.test(textContent) && !textContent.includes('and')).every(({ disabled }) => disabled)`,
    ),
  ).toBe(true);
  await until(async () => (await status(options)).startsWith('Put in place: '), MUCH_LONGER);
  expect(await status(options)).toBe('Put in place: 100,000 entries, 1 origin, 2,000 reports, 10,000 events.');
  const [beats, longest] = await options.evaluate('[beats, longest]');
  console.log(
    `${text.length} characters: ${Math.round(performance.now() - begun)} ms, of which the page stood still for ${Math.round(longest)} at most`,
  );
  expect(beats).toBeGreaterThan(10);
  const { entries = {}, reports: stored = [] } = await exported();
  expect([Object.values(entries)[0]?.length, stored.length]).toEqual([ENTRIES, REPORTS]);
  await Promise.all([page.close(), options.close()]);
});

test('a file that is too long, cut off, or of another version is refused in words, and nothing is lost', async () => {
  const page = await lab.page('kept');
  // It wakes the service worker, which may have been stopped since.
  await page.evaluate(`sharedStorage.set('before', '1').then(() => undefined)`);
  await lab.request('state.reset', {});
  await page.evaluate(`sharedStorage.set('kept', '1').then(() => undefined)`);
  const before = await until(async () => {
    const state = await kept();
    return lab.origin('kept') in (state.entries ?? {}) && state;
  });
  const options = await openOwn(lab, 'options/index.html#state');
  const text = JSON.stringify({ format: 'shared-storage-lab', version: 1, entries: { [lab.origin('kept')]: [{ key: 'k', value: 'v' }] } });
  const refused: readonly [name: string, text: string, said: RegExp][] = [
    [
      'fifty-megabytes.json',
      `${text.slice(0, -1)}${' '.repeat(50_000_000)}}`,
      /The file is longer than a file can be: 30 million characters, and 64 MiB\./,
    ],
    // Fewer characters, of three bytes each.
    ['another-language.json', `${text.slice(0, -1)}, "exported": "${'字'.repeat(25_000_000)}"}`, /30 million characters, and 64 MiB\./],
    ['cut-off.json', text.slice(0, -10), /is not JSON/],
    ['next-version.json', text.replace('"version":1', '"version":2'), /\/version is not 1/],
    ['something-else.json', '{"name": "something else", "version": "0.1.0"}', /\/format is missing/],
    ['no-text.json', '\u0000\u0001\u0002', /is not JSON/],
    ['empty.json', '', /is not JSON/],
  ];
  for (const [name, contents, said] of refused) {
    await importFile(options, write(name, contents));
    const told = await until(() => alerts(options));
    expect(told, name).toMatch(said);
    expect(told, name).toContain('Nothing was changed.');
    expect(await status(options), name).toBe('');
    expect(await kept(), name).toEqual(before);
  }
  await Promise.all([page.close(), options.close()]);
});
