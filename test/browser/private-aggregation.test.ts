/** From what an operation contributed to the report that its reporting origin receives. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { decode } from 'cbor2';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, until } from './lab';
import { decrypt, exportedKey, handOver, openOwnPage, type ReceivedReport, receiveReports } from './reports';

const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-reports-'));
let lab: Lab;
let own: Session;
let received: ReceivedReport[];
let answer: (report: ReceivedReport) => number | Promise<number>;
beforeAll(async () => {
  lab = await Lab.open({ profile });
  own = await openOwnPage(lab);
});
beforeEach(async () => {
  answer = () => 200;
  received = receiveReports(lab, (report) => answer(report));
  await lab.configure({});
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(profile, { recursive: true, force: true });
});

/** Of each report, newest first. */
const states = async () => {
  const { reports } = await lab.request<{ reports: { kind: string; state: string; reason: string | null }[] }>('reports.read', {
    limit: 1000,
  });
  return reports.map(({ kind, state, reason }) => `${kind} ${state}${reason === null ? '' : `: ${reason}`}`);
};

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

interface Payload {
  readonly data: { readonly bucket: Uint8Array; readonly value: Uint8Array; readonly id: Uint8Array }[];
  readonly operation: string;
}

describe('a report', () => {
  test('is sent as by the browser itself, and decrypts with the exported key', async () => {
    const origin = lab.origin('plain');
    await own.evaluate(`document.cookie = 'a=b'`);
    expect(await handOver(own, origin)).toBe(true);
    const [report] = await until(() => received.length === 1 && received);
    const { headers, body } = report as ReceivedReport;
    expect(report?.kind).toBe('live');
    expect(headers['content-type']).toBe('application/json');
    for (const absent of ['origin', 'cookie', 'referer', 'accept', 'accept-language']) expect(headers).not.toHaveProperty(absent);
    expect(headers).toMatchObject({ 'sec-fetch-site': 'none', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' });
    expect(JSON.parse(body.shared_info)).toMatchObject({ api: 'shared-storage', reporting_origin: origin, version: '1.0' });
    const { id, privateKey } = await exportedKey(lab);
    const [payload] = body.aggregation_service_payloads;
    expect(payload).toEqual({ key_id: id, payload: expect.any(String) });
    const { data, operation } = decode(decrypt(report as ReceivedReport, privateKey)) as Payload;
    expect(operation).toBe('histogram');
    expect(data).toHaveLength(20);
    expect(data.slice(0, 2).map(({ bucket, value }) => [hex(bucket), hex(value)])).toEqual([
      ['000000000000000000000000000004d2', '00000038'],
      ['00000000000000000000000000000000', '00000000'],
    ]);
    await until(async () => (await states())[0] === 'live sent');
  });

  test('of debug mode comes with a duplicate, encrypted anew', async () => {
    await handOver(own, lab.origin('debug'), `{ debugMode: { enabled: true, key: 2n ** 64n - 1n } }`);
    await until(() => received.length === 2);
    const [live, debug] = ['live', 'debug'].map((kind) => received.find((report) => report.kind === kind)?.body);
    expect(debug?.shared_info).toBe(live?.shared_info);
    expect(debug?.debug_key).toBe('18446744073709551615');
    const [livePayload, debugPayload] = [live, debug].map((body) => body?.aggregation_service_payloads[0]);
    expect(debugPayload?.debug_cleartext_payload).toBe(livePayload?.debug_cleartext_payload);
    expect(debugPayload?.payload).not.toBe(livePayload?.payload);
    const { privateKey } = await exportedKey(lab);
    for (const report of received) expect(decrypt(report, privateKey).toString('base64')).toBe(debugPayload?.debug_cleartext_payload);
  });

  test('waits for its time, and for a person, as the setting says; a change of it counts at once', async () => {
    await lab.configure({ privateAggregation: { delay: 'native' } });
    await handOver(own, lab.origin('waiting'), `{ debugMode: { enabled: true, key: null } }`);
    await until(() => received.length === 1);
    expect(received[0]?.kind).toBe('debug');
    await until(async () => (await states()).filter((state) => state === 'debug sent').length === 2);
    expect((await states()).slice(0, 2).sort()).toEqual(['debug sent', 'live pending']);
    const alarm = await lab.inExtension<number>(`chrome.alarms.get('send reports').then((alarm) => alarm.scheduledTime - Date.now())`);
    expect(alarm).toBeGreaterThan(9 * 60_000);
    expect(alarm).toBeLessThan(61 * 60_000);
    await lab.configure({ privateAggregation: { delay: 'native' }, clockOffsetMs: 61 * 60_000 });
    await until(() => received.length === 2);
    expect(received[1]?.kind).toBe('live');
    await lab.configure({ privateAggregation: { delay: 'manual' } });
    await handOver(own, lab.origin('waiting'));
    expect((await states())[0]).toBe('live pending');
    await lab.configure({});
    await until(() => received.length === 3);
  });

  test('waits no longer where the setting changes while no service worker runs', async () => {
    await lab.configure({ privateAggregation: { delay: 'manual' } });
    await handOver(own, lab.origin('asleep'));
    await until(async () => (await states())[0] === 'live pending');
    await lab.stopServiceWorker();
    // A page of the extension's starts no worker by this.
    await own.evaluate('chrome.storage.local.set({ settings: {} })');
    await until(() => received.length === 1);
    expect(received[0]?.origin).toBe(lab.origin('asleep'));
  });

  test('that waits is not sent where its origin has cleared its data since', async () => {
    lab.serve('/clear', (_request, response) => response.writeHead(200, { 'Clear-Site-Data': '"storage"' }).end());
    await lab.configure({ privateAggregation: { delay: 'manual' } });
    await handOver(own, lab.origin('clearing'));
    await handOver(own, lab.origin('not-clearing'));
    expect((await states()).slice(0, 2)).toEqual(['live pending', 'live pending']);
    const page = await lab.page('clearing');
    await page.evaluate(`fetch('/clear').then(() => undefined)`);
    await until(async () => (await states())[1] === 'live failed: the origin has cleared its data (Clear-Site-Data) since');
    await lab.configure({});
    await until(async () => (await states())[0] === 'live sent');
    expect(received.map(({ origin }) => origin)).toEqual([lab.origin('not-clearing')]);
  });

  test('is not made where the settings refuse the origin, and the event log says why', async () => {
    await lab.configure({ blockedSites: [lab.origin('blocked')] });
    expect(await handOver(own, lab.origin('blocked'))).toBe(true);
    const isLogged = async () => {
      const events = await lab.events<{ method: string; refusal: string }>();
      return events.some(({ method, refusal }) => method === 'privateAggregation' && /settings.blockedSites/.test(refusal));
    };
    await until(isLogged);
    expect(received).toEqual([]);
  });

  test('is encrypted with a key of its coordinator, which is asked for it within time', async () => {
    const coordinator = lab.origin('coordinator');
    const keys = { keys: [{ id: 'their key', key: Buffer.alloc(32, 9).toString('base64') }] };
    let asked = 0;
    lab.serve('/v1alpha/publicKeys', (_request, response) => {
      asked++;
      response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'max-age=600' }).end(JSON.stringify(keys));
    });
    await lab.configure({ privateAggregation: { keys: { [coordinator]: `${coordinator}/v1alpha/publicKeys` } } });
    const config = `{ contextId: 'context', filteringIdMaxBytes: null, maxContributions: null, aggregationCoordinatorOrigin: '${coordinator}' }`;
    for (let count = 1; count <= 3; count++) {
      await handOver(own, lab.origin('encrypted'), `{ config: ${config}, contributions: [] }`);
      await until(() => received.length === count);
    }
    for (const { body } of received) {
      expect(body.aggregation_service_payloads[0].key_id).toBe('their key');
      expect(body).toMatchObject({ aggregation_coordinator_origin: coordinator, context_id: 'context' });
    }
    expect(asked).toBe(1);
  });
});

describe('what is stopped', () => {
  const keyURL = '/held/publicKeys';
  /** A coordinator that answers when it is told to. */
  async function holdKeys(): Promise<() => void> {
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    lab.serve(keyURL, async (_request, response) => {
      await released;
      response.writeHead(200).end(JSON.stringify({ keys: [{ id: 'held', key: Buffer.alloc(32, 9).toString('base64') }] }));
    });
    const coordinator = 'https://publickeyservice.msmt.aws.privacysandboxservices.com';
    await lab.configure({ privateAggregation: { keys: { [coordinator]: `${lab.origin('keys')}${keyURL}` } } });
    return release;
  }

  test('with the service worker before a report was sent is sent by the next one, once', async () => {
    const release = await holdKeys();
    const asked = lab.requests.filter((request) => request.endsWith(keyURL)).length;
    await handOver(own, lab.origin('stopped'));
    await until(() => lab.requests.filter((request) => request.endsWith(keyURL)).length > asked);
    await lab.stopServiceWorker();
    release();
    await own.evaluate(`chrome.runtime.sendMessage({ to: 'nobody' }).catch(() => undefined)`);
    await until(async () => (await states())[0] === 'live sent');
    expect(received).toHaveLength(1);
  });

  test('with the service worker while a report was sent is not sent again', async () => {
    answer = () => new Promise(() => undefined);
    await handOver(own, lab.origin('halfway'));
    await until(() => received.length === 1);
    await lab.stopServiceWorker();
    await own.evaluate(`chrome.runtime.sendMessage({ to: 'nobody' }).catch(() => undefined)`);
    await until(async () => /^live failed: .*may have arrived/.test((await states())[0] ?? ''));
    expect(received).toHaveLength(1);
  });

  test('with the service worker, whenever that is, makes no report come twice, and each is stored with what became of it', async () => {
    const site = 'whenever';
    const page = await lab.page(site);
    await page.evaluate(`sharedStorage.worklet.addModule('/contribute.js')`);
    const OPERATIONS = 24;
    for (let index = 1; index <= OPERATIONS; index++) {
      const data = `{ buckets: [1n, 2n, 3n], debugKey: ${index}n }`;
      await page.evaluate(`sharedStorage.run('contribute', { data: ${data}, keepAlive: true }).then(() => undefined)`);
      // Before it has heard of the operation, while it stores and sends the report, and after that.
      await new Promise((resolve) => setTimeout(resolve, (index % 12) * 2));
      await lab.stopServiceWorker();
    }
    await own.evaluate(`chrome.runtime.sendMessage({ to: 'nobody' }).catch(() => undefined)`);
    interface Shown {
      readonly reports: { reportingOrigin: string; key: string; kind: string; state: string; reason: string | null }[];
    }
    const ended = await until(async () => {
      const { reports } = await lab.request<Shown>('reports.read', { limit: 1000 });
      const ofSite = reports.filter(({ reportingOrigin }) => reportingOrigin === lab.origin(site));
      return ofSite.length === 2 * OPERATIONS && ofSite.every(({ state }) => state === 'sent' || state === 'failed') && ofSite;
    });
    for (const { state, reason } of ended) expect(reason ?? '').toMatch(state === 'sent' ? /^$/ : /may have arrived/);
    const keyOf = ({ kind, body }: ReceivedReport) => `${JSON.parse(body.shared_info).report_id} ${kind}`;
    const arrived = received.map(keyOf);
    expect(new Set(arrived).size).toBe(arrived.length);
    const operations = received.map(({ kind, body }) => `${kind} ${body.debug_key}`);
    expect(new Set(operations).size).toBe(operations.length);
    const stored = new Set(ended.map(({ key }) => key));
    expect(arrived.filter((key) => !stored.has(key))).toEqual([]);
    const sent = ended.filter(({ state }) => state === 'sent').map(({ key }) => key);
    expect(sent.filter((key) => !arrived.includes(key))).toEqual([]);
    await page.close();
  });

  test('with the browser right after the operation is sent when it starts again, exactly once', async () => {
    await holdKeys();
    await handOver(own, lab.origin('killed'), `{ debugMode: { enabled: true, key: 777n } }`);
    expect(received).toHaveLength(0);
    await lab.browser.kill();
    const release = await holdNothing();
    await lab.startBrowser({ profile });
    own = await openOwnPage(lab);
    release();
    await until(async () => (await states()).slice(0, 2).every((state) => state.endsWith('sent')));
    expect(received.map(({ kind }) => kind).sort()).toEqual(['debug', 'live']);
  });

  async function holdNothing(): Promise<() => void> {
    lab.serve(keyURL, (_request, response) => {
      response.writeHead(200).end(JSON.stringify({ keys: [{ id: 'held', key: Buffer.alloc(32, 9).toString('base64') }] }));
    });
    return () => undefined;
  }
});
