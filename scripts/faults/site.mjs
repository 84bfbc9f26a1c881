// What episodes are served: the same to every host, so that each episode has an origin of its own; and what their documents tell.

import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import { text } from 'node:stream/consumers';

const PAGES = new URL('../../test/pages/faults/', import.meta.url);
const read = (/** @type {string} */ name) => fs.readFileSync(new URL(name, PAGES), 'utf8');

const LIVE = '/.well-known/private-aggregation/report-shared-storage';

/** @type {Record<string, [type: string, body: () => string]>} */
const FILES = {
  '/': ['text/html', () => read('index.html')],
  '/elsewhere': ['text/html', () => '<!doctype html><title>Elsewhere</title>'],
  '/traffic.js': ['text/javascript', () => read('traffic.js')],
  '/worklet.js': ['text/javascript', () => read('worklet.js')],
  '/selected': ['text/html', () => '<!doctype html><title>Selected</title>'],
};

/** @typedef {{ writer: string, step: number, outcome: string | null, time: number }} Note of a document: a promise was settled, and when */
/** @typedef {{ reportId: string, contextId: string }} Report */
/** @typedef {Awaited<ReturnType<typeof serveEpisodes>>} Site */

/** What one host has been told. */
class Told extends EventEmitter {
  /** @type {Note[]} */
  notes = [];
  #known = new Set();
  /** @type {Report[]} */
  reports = [];
  /** The queries of the selected URLs that were asked for. @type {string[]} */
  selected = [];

  /** It may be said again. @param {Note} note */
  note(note) {
    const name = `${note.writer} ${note.step}`;
    if (this.#known.has(name)) return;
    this.#known.add(name);
    this.notes.push(note);
  }
}

/**
 * @param {http.IncomingMessage} request
 * @param {URL} url
 * @param {Told} told
 */
async function listen(request, url, told) {
  if (url.pathname === '/selected') told.selected.push(url.search.slice(1));
  if (request.method !== 'POST') return;
  const body = JSON.parse(await text(request));
  if (url.pathname === '/note') for (const note of body) told.note(note);
  if (url.pathname === LIVE) told.reports.push({ reportId: JSON.parse(body.shared_info).report_id, contextId: body.context_id });
  told.emit('told');
}

export async function serveEpisodes() {
  /** @type {Map<string, Told>} */
  const hosts = new Map();
  const toldBy = (/** @type {string} */ host) => {
    const told = hosts.get(host) ?? new Told();
    hosts.set(host, told);
    return told;
  };
  const server = http.createServer(async (request, response) => {
    const { host = '' } = request.headers;
    const url = new URL(request.url ?? '/', `http://${host}`);
    try {
      await listen(request, url, toldBy(host));
    } catch {
      // A document that has gone in the middle of a sentence has said nothing.
    }
    const [type, body] = FILES[url.pathname] ?? ['text/plain', () => ''];
    const header = url.pathname === '/header' ? { 'Shared-Storage-Write': decodeURIComponent(url.search.slice(1)) } : {};
    response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'max-age=60', ...header }).end(body());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    /** A secure context. @param {string} label */
    originOf: (label) => `http://${label}.localhost:${port}`,
    /** @param {string} origin */
    told: (origin) => toldBy(new URL(origin).host),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
