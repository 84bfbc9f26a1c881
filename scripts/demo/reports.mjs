// The third party's server for Private Aggregation: receives reports, and hands them to its own page with what they say.

import { Buffer } from 'node:buffer';

const LIVE = '/.well-known/private-aggregation/report-shared-storage';
const DEBUG = '/.well-known/private-aggregation/debug/report-shared-storage';

/** How many are kept, and how long one may be, in characters. */
const KEPT = 1000;
const MAXIMUM_LENGTH = 65_536;

/** @typedef {{ bucket: string, value: number }} Contribution */
/** @typedef {{ kind: 'live' | 'debug', body: any, contributions: Contribution[] }} Report `contributions` is empty but in debug mode */

/** @param {Uint8Array} bytes big-endian */
const toBigInt = (bytes) => BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);

/**
 * What a report of debug mode says; the others only an aggregation service could read.
 *
 * @param {string | undefined} cleartext
 * @returns {Promise<Contribution[]>}
 */
async function decodeCleartext(cleartext) {
  if (cleartext === undefined) return [];
  // Not at the top: the demo's modules are loaded before anything is installed.
  const { decode } = await import('cborg');
  /** @type {{ data: { bucket: Uint8Array, value: Uint8Array }[] }} */
  const { data } = decode(new Uint8Array(Buffer.from(cleartext, 'base64')));
  return data
    .map(({ bucket, value }) => ({ bucket: String(toBigInt(bucket)), value: Number(toBigInt(value)) }))
    .filter(({ value }) => value > 0);
}

export class ReportServer {
  /** @type {Report[]} the newest last */
  #reports = [];

  /**
   * Answers what is about reports; false for anything else.
   *
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   * @param {string} pathname
   */
  answer(request, response, pathname) {
    if (pathname === LIVE || pathname === DEBUG) {
      this.#receive(request, response, pathname === DEBUG ? 'debug' : 'live').catch((error) => {
        response.writeHead(400, { 'Content-Type': 'text/plain' }).end(`${error.message}\n`);
      });
      return true;
    }
    if (pathname !== '/reports.json') return false;
    // A page of another site would have to ask first, and nobody answers that.
    if (request.method === 'DELETE') this.#reports = [];
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(this.#reports));
    return true;
  }

  /**
   * @param {import('node:http').IncomingMessage} request
   * @param {import('node:http').ServerResponse} response
   * @param {'live' | 'debug'} kind
   */
  async #receive(request, response, kind) {
    let text = '';
    for await (const part of request.setEncoding('utf8')) {
      text += part;
      if (text.length > MAXIMUM_LENGTH) throw new Error('A report is not as long as that.');
    }
    const body = JSON.parse(text);
    const contributions = await decodeCleartext(body.aggregation_service_payloads[0].debug_cleartext_payload);
    this.#reports = [...this.#reports, { kind, body, contributions }].slice(-KEPT);
    response.writeHead(200).end();
  }
}
