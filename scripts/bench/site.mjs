// The web server of one row: a page that times, and whatever else the row serves.

import http from 'node:http';
import { text } from 'node:stream/consumers';

/** @typedef {{ body: string, time: number }} Post */
/** @typedef {Awaited<ReturnType<typeof serveSite>>} Site */

/** Collects how long each call takes until its promise settles. */
const TIMING_PAGE = `<!doctype html>
<title>bench</title>
<script>
  async function timeEach(count, call) {
    const times = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      await call(i);
      times.push(performance.now() - start);
    }
    return times;
  }
</script>`;

/** Isolated, so that performance.now() counts in steps of 5 µs instead of 100. */
export const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

/**
 * @param {Record<string, string>} files what is served, by path, to every host
 * @param {Record<string, string>} [further] response headers of all of them
 */
export async function serveSite(files, further = {}) {
  /** @type {Map<string, (post: Post) => void>} */
  const expected = new Map();
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST') {
      const time = performance.timeOrigin + performance.now();
      text(request).then((body) => {
        response.writeHead(200).end();
        expected.get(pathname)?.({ body, time });
        expected.delete(pathname);
      });
      return;
    }
    const body = pathname === '/timing.html' ? TIMING_PAGE : files[pathname];
    const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8';
    // Every document is loaded anew, never taken out of a cache of whole pages.
    const headers = { 'Content-Type': type, 'Cache-Control': 'no-store', ...(pathname === '/timing.html' ? ISOLATED : {}), ...further };
    response.writeHead(body === undefined ? 404 : 200, headers).end(body);
  });
  // A connection that has to be made again in between would be part of what is measured.
  server.keepAliveTimeout = 10 * 60 * 1000;
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    // A first label of `localhost` needs no DNS and no certificate: it is a secure context.
    origin: `http://bench.localhost:${port}`,
    /**
     * What is posted to the path next, and when it came, in milliseconds since the Unix epoch.
     * @param {string} pathname
     * @returns {Promise<Post>}
     */
    nextPost: (pathname) => new Promise((resolve) => expected.set(pathname, resolve)),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
