/** Reporting origins: what their servers receive, and what is handed over to Private Aggregation. */

import type { IncomingHttpHeaders } from 'node:http';
import { decode } from 'cbor2';
import type { Session } from '../../scripts/browser/launch.mjs';
import { openReport } from '../unit/open-report';
import type { Lab } from './lab';

const LIVE = '/.well-known/private-aggregation/report-shared-storage';
const DEBUG = '/.well-known/private-aggregation/debug/report-shared-storage';

export interface ReceivedReport {
  readonly kind: 'live' | 'debug';
  readonly origin: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: {
    readonly aggregation_coordinator_origin: string;
    readonly aggregation_service_payloads: [{ payload: string; key_id: string; debug_cleartext_payload?: string }];
    readonly context_id?: string;
    readonly debug_key?: string;
    readonly shared_info: string;
  };
}

/** Fills with the reports that the sites receive; `answer` is the status that they answer with, or a promise of it. */
export function receiveReports(lab: Lab, answer: (report: ReceivedReport) => number | Promise<number> = () => 200): ReceivedReport[] {
  const received: ReceivedReport[] = [];
  for (const [kind, path] of [
    ['live', LIVE],
    ['debug', DEBUG],
  ] as const)
    lab.serve(path, async (request, response) => {
      const { headers } = request;
      let body = '';
      for await (const part of request) body += part;
      const report = { kind, origin: `http://${headers.host}`, headers, body: JSON.parse(body) };
      received.push(report);
      response.writeHead(await answer(report)).end();
    });
  return received;
}

export interface GivenOperation {
  readonly reportingOrigin: string;
  /** JavaScript: what an OperationContributions has, apart from what is always the same. */
  readonly changes?: string;
}

/** A page of the extension's, which may hand over contributions as the offscreen document does. */
export async function openOwnPage(lab: Lab): Promise<Session> {
  return lab.browser.openPage(`chrome-extension://${lab.browser.extensionId}/src/popup/popup.html`);
}

/** Hands over what an operation contributed; resolves to the answer. `changes` is JavaScript, for JSON has no bigint. */
export function handOver(page: Session, reportingOrigin: string, changes = '{}'): Promise<unknown> {
  return page.evaluate(`chrome.runtime.sendMessage({ to: 'contributions', contributions: {
    id: 'no-document 1 ' + crypto.getRandomValues(new Uint32Array(1))[0],
    worklet: { documentId: 'no document', workletId: 1 },
    tabId: 1,
    moduleURL: '${reportingOrigin}/worklet.js',
    operationName: 'operation',
    reportingOrigin: '${reportingOrigin}',
    contributions: [{ bucket: 1234n, value: 56, filteringId: 0n, errorEvent: null, count: 1 }],
    dropped: 0,
    debugMode: { enabled: false, key: null },
    config: { contextId: null, filteringIdMaxBytes: null, maxContributions: null, aggregationCoordinatorOrigin: null },
    startTime: Date.now(),
    end: 'finished',
    ...${changes},
  } })`);
}

/** The private key of the profile, which a person exports in the panel. */
export async function exportedKey(lab: Lab): Promise<{ id: string; privateKey: Buffer }> {
  const read = `(async () => {
    const settled = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const opened = await settled(indexedDB.open('private-aggregation'));
    const { id, privateKey } = await settled(opened.transaction('keys').objectStore('keys').get('local'));
    opened.close();
    return { id, privateKey: [...privateKey] };
  })()`;
  const { id, privateKey } = await lab.inExtension<{ id: string; privateKey: number[] }>(read);
  return { id, privateKey: Buffer.from(privateKey) };
}

/** The cleartext of a report, decrypted. */
export function decrypt({ body }: ReceivedReport, privateKey: Uint8Array): Buffer {
  const [{ payload }] = body.aggregation_service_payloads;
  return openReport(Buffer.from(payload, 'base64'), privateKey, Buffer.from(`aggregation_service${body.shared_info}`));
}

interface Payload {
  readonly data: { readonly bucket: Uint8Array; readonly value: Uint8Array }[];
}

/** What is not padding of a payload. */
export function contributionsOf(cleartext: Uint8Array): [bucket: string, value: number][] {
  const number = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  const { data } = decode(cleartext) as Payload;
  return data
    .map(({ bucket, value }) => [String(number(bucket)), Number(number(value))] as [string, number])
    .filter(([, value]) => value > 0);
}

/** What a debug report says in the clear. */
export const cleartextOf = ({ body }: ReceivedReport) =>
  Buffer.from(body.aggregation_service_payloads[0].debug_cleartext_payload ?? '', 'base64');
