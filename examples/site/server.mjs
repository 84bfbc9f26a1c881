// The page under test: a shop that counts its visits in shared storage, and reports those that come back.

import http from 'node:http';

const PAGE = `<!doctype html>
<title>Shop</title>
<p id="state">Counting…</p>
<script type="module">
  await sharedStorage.append('visits', '|');
  await sharedStorage.worklet.addModule('/count-visits.js');
  await sharedStorage.run('count-visits', { keepAlive: true });
  document.querySelector('#state').textContent = 'Counted';
</script>`;

const MODULE = `class CountVisits {
  async run() {
    const visits = (await sharedStorage.get('visits')).length;
    await sharedStorage.set('kind', visits > 1 ? 'returning' : 'new');
    privateAggregation.contributeToHistogram({ bucket: 1n, value: visits });
  }
}
register('count-visits', CountVisits);`;

/** Serves the shop on a free port. @returns {Promise<{ origin: string, close: () => void }>} */
export async function serveShop() {
  const server = http.createServer((request, response) => {
    const isModule = request.url === '/count-visits.js';
    response.setHeader('Content-Type', isModule ? 'text/javascript' : 'text/html');
    response.end(isModule ? MODULE : PAGE);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { origin: `http://localhost:${port}`, close: () => void server.close() };
}
