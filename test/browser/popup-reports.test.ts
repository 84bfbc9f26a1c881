/** The reports in what the toolbar button opens: looked at, sent by hand, summed up and exported. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import avro from 'avsc';
import { decode } from 'cbor2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { openReport } from '../unit/open-report';
import { Lab, until } from './lab';
import { handOver, openOwnPage, type ReceivedReport, receiveReports } from './reports';

let lab: Lab;
let popup: Session;
let received: ReceivedReport[];
const downloads = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-downloads-'));
beforeAll(async () => {
  lab = await Lab.open();
  popup = await openOwnPage(lab);
  await lab.browser.devtools.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: downloads });
  received = receiveReports(lab);
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(downloads, { recursive: true, force: true });
});

const rows = (table: string) =>
  popup.evaluate(
    `[...document.querySelectorAll('#${table} tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText.trim()))`,
  ) as Promise<string[][]>;
const press = (label: string) =>
  popup.evaluate(`[...document.querySelectorAll('section button')].find(({ textContent }) => textContent === '${label}').click()`);
const contributions = (...pairs: [bucket: string, value: number][]) =>
  `{ contributions: [${pairs.map(([bucket, value]) => `{ bucket: ${bucket}, value: ${value}, filteringId: 0n, errorEvent: null, count: 1 }`)}] }`;

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

test('a report waits until somebody sends it, and then shows what was sent', async () => {
  await lab.configure({ privateAggregation: { delay: 'manual' } });
  await handOver(popup, lab.origin('ads'), contributions(['1n', 10], ['2n ** 127n', 20]));
  const [[, operation, contributed, state] = []] = await until(async () => (await rows('reports')).length === 1 && rows('reports'));
  expect(operation).toBe(`operation\n${lab.origin('ads')}`);
  expect(contributed).toBe('1: 10, 170141183460469231731687303715884105728: 20');
  expect(state).toBe('waits for you to send it');
  expect(received).toEqual([]);
  await press('Send now');
  await until(async () => (await rows('reports'))[0]?.[3]?.startsWith('sent '));
  expect(received).toHaveLength(1);
  await press('Show');
  const shown = await until(async () => (await rows('reports'))[1]?.[0]);
  expect(JSON.parse(shown)).toEqual(received[0]?.body);
  await press('Hide');
});

test('the reports of an origin are summed up, with noise where it is asked for', async () => {
  await lab.configure({});
  await handOver(popup, lab.origin('ads'), contributions(['1n', 5]));
  await handOver(popup, lab.origin('other'), contributions(['1n', 100]));
  await until(() => received.length === 3);
  await until(() => popup.evaluate(`document.querySelectorAll('#aggregated-origin option').length === 2`));
  await popup.evaluate(`document.querySelector('#aggregated-origin').value = '${lab.origin('ads')}'`);
  await press('Sum up');
  const plain = [
    ['1', '15', '15', ''],
    ['170141183460469231731687303715884105728', '20', '20', ''],
  ];
  await until(async () => String(await rows('summary')) === String(plain));
  await popup.evaluate(`document.querySelector('#with-noise').click(); document.querySelector('#seed').value = 'seed'`);
  await press('Sum up');
  const noised = await until(async () => String(await rows('summary')) !== String(plain) && rows('summary'));
  expect(noised.map(([bucket, , sum]) => [bucket, sum])).toEqual(plain.map(([bucket, , sum]) => [bucket, sum]));
  await press('Sum up');
  expect(await rows('summary')).toEqual(noised);
});

test('the reports, their domain and the private key are exported for the aggregation service', async () => {
  for (const label of ['Reports', 'Reports in cleartext', 'Domain', 'Export the private key']) await press(label);
  const encrypted = await readAvro('reports.avro');
  const cleartext = await readAvro('cleartext-reports.avro');
  expect(encrypted.map(({ shared_info }) => shared_info).sort()).toEqual(
    received
      .filter(({ origin }) => origin === lab.origin('ads'))
      .map(({ body }) => body.shared_info)
      .sort(),
  );
  const { key_id, private_key } = JSON.parse(String(await downloaded('aggregation-key.json'))) as Record<string, string>;
  for (const [index, { payload, key_id: id, shared_info: sharedInfo }] of encrypted.entries()) {
    expect(id).toBe(key_id);
    const opened = openReport(payload, Buffer.from(private_key ?? '', 'base64'), Buffer.from(`aggregation_service${sharedInfo}`));
    expect(opened.equals(cleartext[index]?.payload as Buffer)).toBe(true);
    expect(decode(opened)).toMatchObject({ operation: 'histogram' });
  }
  const domain = await readAvro('domain.avro');
  expect(domain.map(({ bucket }) => bucket.toString('hex'))).toEqual([
    '00000000000000000000000000000001',
    '80000000000000000000000000000000',
  ]);
});

test('all reports are cleared when somebody says so', async () => {
  await press('Clear reports');
  await until(() => popup.evaluate(`!document.querySelector('#no-reports').hidden && document.querySelector('#aggregation').hidden`));
});
