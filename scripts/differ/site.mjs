// What the programs' pages are served: the same to every host, so that each program has an origin of its own.

import fs from 'node:fs';
import http from 'node:http';

const PAGES = new URL('../../test/pages/differ/', import.meta.url);
const read = (/** @type {string} */ name) => fs.readFileSync(new URL(name, PAGES), 'utf8');

/** @type {Record<string, [type: string, body: () => string]>} */
const FILES = {
  '/': ['text/html', () => read('index.html')],
  '/terms.js': ['text/javascript', () => read('terms.js')],
  '/step.js': ['text/javascript', () => read('step.js')],
  '/good.js': ['text/javascript', () => read('terms.js') + read('worklet.js')],
  '/throws.js': ['text/javascript', () => `${read('terms.js') + read('worklet.js')}\nthrow new RangeError('from the module');`],
  '/bad.js': ['text/javascript', () => 'this is no script'],
  '/text.txt': ['text/plain', () => read('worklet.js')],
};

/** @returns {Promise<{ originOf: (label: string) => string, close: () => Promise<void> }>} `originOf` gives a secure context */
export async function servePrograms() {
  const server = http.createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    const [type, body] = FILES[pathname] ?? ['text/plain', () => ''];
    const header = decodeURIComponent(search.slice(1));
    const headers = { 'Content-Type': type, ...(pathname === '/header' ? { 'Shared-Storage-Write': header } : {}) };
    response.writeHead(FILES[pathname] || pathname === '/header' ? 200 : 404, headers).end(body());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    originOf: (label) => `http://${label}.localhost:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
