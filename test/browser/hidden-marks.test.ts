/** What a page reads of the requests that it has marked: their URLs, as it wrote them. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/pixel', (_request, response) => {
    response
      .writeHead(200, { 'Content-Type': 'image/gif', 'Shared-Storage-Write': 'set;key=k;value=v', 'Cache-Control': 'no-store' })
      .end(PIXEL);
  });
});
afterAll(() => lab.close());

test('neither timing entries nor images show the mark, and entries are found by their URLs', async () => {
  const page = await lab.page('site');
  await page.evaluate(`(async () => {
    globalThis.observed = [];
    new PerformanceObserver((list) => observed.push(...list.getEntries().map(({ name }) => name))).observe({ type: 'resource' });
    globalThis.images = ['/pixel?first', '/pixel?second#part'].map((src) => Object.assign(new Image(), { sharedStorageWritable: true, src }));
    await Promise.all(images.map((image) => new Promise((resolve) => { image.onload = resolve; })));
    await fetch('/pixel?third', { sharedStorageWritable: true }).then((response) => response.blob());
  })()`);
  await until(() => page.evaluate('observed.length >= 3'));
  const names = await page.evaluate(`(() => {
    const { origin } = location;
    const own = (names) => names.filter((name) => name.includes('/pixel')).map((name) => name.replace(origin, '')).sort();
    const entries = performance.getEntriesByType('resource');
    return {
      names: own(entries.map(({ name }) => name)),
      json: own(entries.map((entry) => JSON.parse(JSON.stringify(entry)).name)),
      observed: own(observed),
      shown: own(images.map(({ currentSrc }) => currentSrc)),
      found: ['first', 'second#part', 'none'].map((query) => performance.getEntriesByName(origin + '/pixel?' + query).length),
      ofType: performance.getEntriesByName(origin + '/pixel?first', 'mark').length,
    };
  })()`);
  const urls = ['/pixel?first', '/pixel?second#part', '/pixel?third'];
  expect(names).toEqual({ names: urls, json: urls, observed: urls, shown: urls.slice(0, 2), found: [1, 1, 0], ofType: 0 });
  expect(await lab.stored('site')).toEqual({ k: 'v' });
  await page.close();
});
