// What the pages of npm run soak are served, and what they tell.

import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PAGES = fileURLToPath(new URL('../../test/pages/soak/', import.meta.url));

/** @type {Record<string, string>} */
const TYPES = { '.html': 'text/html', '.js': 'text/javascript' };

/** @typedef {{ took: Record<string, number[]>, failures: string[] }} Note */

/** @param {(note: Note) => void} onNote */
export async function serveSoak(onNote) {
  let reports = 0;
  const server = http.createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST') {
      const body = await text(request);
      if (pathname === '/note') onNote(JSON.parse(body));
      else reports++;
    }
    const name = pathname === '/' ? 'index.html' : pathname.slice(1);
    const file = path.join(PAGES, path.basename(name));
    const type = TYPES[path.extname(file)];
    const header = pathname === '/header' ? { 'Shared-Storage-Write': decodeURIComponent(search.slice(1)) } : {};
    const body = type && fs.existsSync(file) ? fs.readFileSync(file) : type ? '<!doctype html>' : '';
    // Every response is another one: what the browser kept of them would only grow.
    response.writeHead(200, { 'Content-Type': type ?? 'text/plain', 'Cache-Control': 'no-store', ...header }).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    originOf: (/** @type {string} */ label) => `http://${label}.localhost:${port}`,
    get reports() {
      return reports;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
