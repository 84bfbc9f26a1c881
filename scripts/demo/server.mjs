// Serves the demo's five sites on one port, told apart by the Host header.

import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isolationHeaders, isolationSite } from './isolation-sites.mjs';
import { answerNote } from './note.mjs';
import { ReportServer } from './reports.mjs';
import { sites } from './sites.mjs';

const pages = fileURLToPath(new URL('../../test/pages/demo/', import.meta.url));

/** @type {Record<string, string>} */
const types = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/**
 * @param {{ port?: number }} [options] the port to try first; a free one is taken when it is not free
 */
export async function serveDemo({ port = 8095 } = {}) {
  const reports = new ReportServer();
  const server = http.createServer((request, response) => answer(request, response, origin, reports));
  const actual = await listen(server, port).catch((error) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    return listen(server, 0);
  });
  /** @param {string} site one of the sites, or a subdomain and one of the isolation page's */
  const origin = (site) => `http://${site}.localhost:${actual}`;
  return {
    port: actual,
    origin,
    startPage: `${origin('start')}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {http.Server} server
 * @param {number} port
 * @returns {Promise<number>}
 */
function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Loopback only: the demo is for this machine.
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(/** @type {import('node:net').AddressInfo} */ (server.address()).port);
    });
  });
}

/**
 * @param {http.IncomingMessage} request
 * @param {http.ServerResponse} response
 * @param {(site: string) => string} origin
 * @param {ReportServer} reports
 */
function answer(request, response, origin, reports) {
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  const site = sites.find((name) => host === `${name}.localhost`);
  // As text, not as a base: `//` is a path here, and against a base it would be a host.
  const address = `http://localhost${request.url}`;
  const pathname = URL.canParse(address) ? new URL(address).pathname : '';
  // A presenter reloads pages and expects what is on disk; the walk expects every request to reach us.
  response.setHeader('Cache-Control', 'no-store');
  const isolation = isolationSite(host);
  if (isolation) {
    const isolated = new URL(address).searchParams.has('isolated');
    for (const [name, value] of Object.entries(isolationHeaders(isolation, isolated))) response.setHeader(name, value);
    answerFile(response, 'isolation', pathname, origin);
  } else if (!site) {
    response.writeHead(302, { Location: `${origin('start')}/` }).end();
  } else if (site === 'measure' && pathname === '/note') {
    answerNote(request, response);
  } else if (site !== 'measure' || !reports.answer(request, response, pathname)) {
    answerFile(response, site, pathname, origin);
  }
}

/**
 * @param {http.ServerResponse} response
 * @param {string} site the folder of its files
 * @param {string} pathname
 * @param {(site: string) => string} origin
 */
function answerFile(response, site, pathname, origin) {
  const name = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
  const type = types[path.extname(name)];
  // The URL parser has resolved every `..` (%2e%2e too), and an escaped slash stays escaped: nothing leads out of the folder.
  const file = [site, 'every-site'].map((folder) => path.join(pages, folder, name)).find((candidate) => fs.existsSync(candidate));
  if (!type || !file) {
    response.writeHead(404, { 'Content-Type': 'text/plain' }).end('not found\n');
    return;
  }
  const body = fs.readFileSync(file);
  // Pages name each other's origins as {{news}}, {{measure}} …, since the port is not fixed.
  const text = type.startsWith('text/html') && body.toString().replace(/\{\{([\w.]+)\}\}/g, (_, name) => origin(name));
  // What a fenced frame may show says so.
  const optIn = site === 'adverts' ? { 'Supports-Loading-Mode': 'fenced-frame' } : {};
  response.writeHead(200, { 'Content-Type': type, ...optIn }).end(text || body);
}
