/** The view *Reports*: reports of real operations are looked at, sent by hand, deleted, summed up, drawn and exported. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import avro from 'avsc';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { openReport } from '../unit/open-report';
import { Lab, until } from './lab';
import { openPanel, press, rowsOf } from './panel';
import { contributionsOf, type ReceivedReport, receiveReports } from './reports';

let lab: Lab;
let panel: Session;
let page: Session;
let received: ReceivedReport[];
let status = 200;
const downloads = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-downloads-'));
beforeAll(async () => {
  lab = await Lab.open();
  await lab.browser.devtools.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: downloads });
  received = receiveReports(lab, () => status);
  page = await lab.page('reports');
  await page.evaluate(`sharedStorage.worklet.addModule('/contribute.js')`);
  panel = await openPanel(lab, `${lab.origin('reports')}/blank.html`, 'reports');
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(downloads, { recursive: true, force: true });
});

/** An operation that contributes 1, 2 and 3 to three buckets, in debug mode: a report and its duplicate. */
const contribute = (...buckets: [string, string, string]) =>
  page.evaluate(
    `sharedStorage.run('contribute', { data: { buckets: [${buckets}], debugKey: 1n }, keepAlive: true }).then(() => undefined)`,
  );

/** The status of each report, the newest first. */
const statuses = async () => (await rowsOf(panel)).map((row) => row.find((cell) => /sent|pending|waits/.test(cell)) ?? '');

const detailsOf = (): Promise<string> => panel.evaluate(`first('.details')?.innerText ?? ''`);

/** Chooses the report of that kind, and presses a button of its details. */
async function choose(isDebug: boolean): Promise<void> {
  await until(async () => {
    const index = (await rowsOf(panel)).findIndex((row) => row.some((cell) => cell === 'contribute (debug report)') === isDebug);
    if (index < 0) return false;
    await panel.evaluate(`all('.body [role=row]')[${index}].click()`);
    return (await detailsOf()).includes(`/.well-known/private-aggregation/${isDebug ? 'debug/' : ''}report-shared-storage`);
  });
}

/** Once it is there and enabled. */
async function pressButton(label: string): Promise<void> {
  const button = `all('button:not([role=tab]):enabled').find(({ textContent }) => textContent.trim() === ${JSON.stringify(label)})`;
  await until(() => panel.evaluate(`${button} !== undefined`));
  await panel.evaluate(`${button}.focus()`);
  await press(panel, 'Enter');
}

async function downloaded(name: string): Promise<Buffer> {
  const file = path.join(downloads, name);
  await until(() => fs.existsSync(file));
  return fs.readFileSync(file);
}

interface AvroRecord {
  readonly payload: Buffer;
  readonly key_id: string;
  readonly shared_info: string;
  readonly bucket: Buffer;
}

async function readAvro(name: string): Promise<AvroRecord[]> {
  const records: AvroRecord[] = [];
  for await (const record of Readable.from([await downloaded(name)]).pipe(new avro.streams.BlockDecoder())) records.push(record);
  return records;
}

test('a report is there before it is sent, waits until somebody sends it, and then shows what was sent', async () => {
  await lab.configure({ privateAggregation: { delay: 'manual' } });
  await contribute('1n', '2n ** 127n', '3n');
  await until(async () => (await statuses()).filter((one) => one === 'waits for you to send it').length === 1);
  await choose(false);
  const before = await detailsOf();
  for (const said of [
    `${lab.origin('reports')}/.well-known/private-aggregation/report-shared-storage`,
    'shared-storage',
    '1.0',
    'bucket 1: 1',
    'bucket 170141183460469231731687303715884105728: 2',
    'It is encrypted when it is sent.',
  ])
    expect(before).toContain(said);
  const live = () => received.filter(({ kind }) => kind === 'live');
  expect(live()).toEqual([]);
  await pressButton('Send now');
  await until(async () => (await detailsOf()).includes('\nsent '));
  expect(live()).toHaveLength(1);
  expect(await panel.evaluate(`first('lab-json').data`)).toEqual(live()[0]?.body);
  // It is drawn, not only there.
  await until(() => panel.evaluate(`first('lab-json').shadowRoot?.textContent.includes('aggregation_service_payloads')`));
  // Each name stands on one line.
  const broken = `[...first('lab-json').shadowRoot.querySelectorAll('.key')].filter((name) =>
    name.getBoundingClientRect().height > 1.5 * parseFloat(getComputedStyle(name).lineHeight)).map(({ textContent }) => textContent.trim())`;
  expect(await panel.evaluate(broken)).toEqual([]);
});

test('what went wrong with a report is said, and a deleted one is gone', async () => {
  status = 503;
  await contribute('5n', '6n', '7n');
  await until(async () => (await rowsOf(panel)).length === 4);
  await until(async () => (await statuses()).includes(`not sent: ${lab.origin('reports')} answered with status 503`));
  status = 200;
  await panel.evaluate(`all('.body [role=row]').find(({ textContent }) => textContent.includes('not sent')).click()`);
  await until(async () => (await detailsOf()).includes('answered with status 503'));
  await pressButton('Delete');
  await until(async () => (await rowsOf(panel)).length === 3);
  expect((await statuses()).some((one) => one.startsWith('not sent'))).toBe(false);
});

test('the contributions to an origin are summed up and drawn', async () => {
  await panel.evaluate(`first('details').open = true`);
  await pressButton('Sum up');
  const bars = () => panel.evaluate(`all('[aria-label=bar] > *').map((bar) => bar.getAttribute('aria-label'))`);
  const sums = [
    ['1', '1'],
    ['3', '3'],
    ['5', '1'],
    ['6', '2'],
    ['7', '3'],
    ['170141183460469231731687303715884105728', '2'],
  ];
  await until(async () => String(await bars()) === sums.map(([bucket, sum]) => `${bucket}: ${sum}`).join());
  const rows = () =>
    panel.evaluate(
      `all('.body [role=row]', first('lab-summary').shadowRoot).map((row) => [...row.children].map((cell) => cell.textContent.trim()))`,
    );
  // The rows in view are measured, and drawn after that.
  await until(async () =>
    isDeepStrictEqual(
      await rows(),
      sums.map(([bucket, sum]) => [bucket, sum, sum]),
    ),
  );
  await panel.evaluate(`first('#noise').click()`);
  await until(() => panel.evaluate(`Boolean(first('#seed'))`));
  await panel.evaluate(`first('#seed').value = 'seed'`);
  await pressButton('Sum up');
  const noised = await until(async () => {
    const found = await rows();
    return found.length === sums.length && String(found) !== String(sums.map(([bucket, sum]) => [bucket, sum, sum])) && found;
  });
  expect(noised.map(([bucket, , sum]: string[]) => [bucket, sum])).toEqual(sums);
  await pressButton('Sum up');
  expect(await rows()).toEqual(noised);
});

test('the reports, their domain and the private key are exported for the aggregation service', async () => {
  for (const label of ['Reports', 'Reports in cleartext', 'Domain', 'Export the private key']) await pressButton(label);
  const encrypted = await readAvro('reports.avro');
  const cleartext = await readAvro('cleartext-reports.avro');
  const { key_id, private_key } = JSON.parse(String(await downloaded('aggregation-key.json'))) as Record<string, string>;
  expect(encrypted).toHaveLength(1);
  for (const [index, { payload, key_id: id, shared_info: sharedInfo }] of encrypted.entries()) {
    expect(id).toBe(key_id);
    const opened = openReport(payload, Buffer.from(private_key ?? '', 'base64'), Buffer.from(`aggregation_service${sharedInfo}`));
    expect(opened.equals(cleartext[index]?.payload as Buffer)).toBe(true);
    expect(contributionsOf(opened)).toContainEqual(['1', 1]);
  }
  expect((await readAvro('domain.avro')).map(({ bucket }) => BigInt(`0x${bucket.toString('hex')}`))).toEqual([
    1n,
    3n,
    5n,
    6n,
    7n,
    2n ** 127n,
  ]);
});

test('all reports are cleared when somebody says so twice', async () => {
  await pressButton('Clear reports…');
  expect(await rowsOf(panel)).not.toEqual([]);
  await pressButton('Delete all reports, and reset their budgets');
  await until(() => panel.evaluate(`first('lab-reports').shadowRoot.querySelector('h2[aria-live]').textContent.trim() === '0 reports'`));
});
