/** The whole road: a page writes, a worklet reads, on two different sites, through every real part. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

test('what one site writes is read by its own worklet, and by no other site', async () => {
  const first = await lab.page('first');
  await first.evaluate(`sharedStorage.set('secret', 'of the first site')`);
  const second = await lab.page('second');
  await second.evaluate(`sharedStorage.set('other', 'of the second site')`);
  expect(await lab.stored('first')).toEqual({ secret: 'of the first site' });
  expect(await lab.stored('second')).toEqual({ other: 'of the second site' });
});

test('an embedded third party finds the same data on every site that embeds it', async () => {
  lab.serve(
    '/embedded.html',
    `<script>sharedStorage.append('seen on', new URLSearchParams(location.search).get('by') + ';')
    .then(() => parent.postMessage('written', '*'))</script>`,
  );
  for (const site of ['publisher-a', 'publisher-b']) {
    const page = await lab.page(site);
    await page.evaluate(`new Promise((resolve) => {
      addEventListener('message', resolve, { once: true });
      const frame = document.createElement('iframe');
      frame.src = '${lab.origin('third-party')}/embedded.html?by=${site}';
      document.body.append(frame);
    }).then(() => undefined)`);
  }
  expect(await lab.stored('third-party')).toEqual({ 'seen on': 'publisher-a;publisher-b;' });
});

test('each modifier method does what the specification says', async () => {
  const page = await lab.page('methods');
  await page.evaluate(`(async () => {
    await sharedStorage.set('kept', 'first');
    await sharedStorage.set('kept', 'second', { ignoreIfPresent: true });
    await sharedStorage.set('replaced', 'first');
    await sharedStorage.set('replaced', 'second');
    await sharedStorage.append('appended', 'a');
    await sharedStorage.append('appended', 'b');
    await sharedStorage.set('deleted', 'x');
    await sharedStorage.delete('deleted');
    await sharedStorage.delete('never there');
    await sharedStorage.set('lone \\ud800 surrogate', '\\udfff');
  })()`);
  expect(await lab.stored('methods')).toEqual({ kept: 'first', replaced: 'second', appended: 'ab', 'lone \ud800 surrogate': '\udfff' });
  await page.evaluate('sharedStorage.clear()');
  expect(await lab.stored('methods')).toEqual({});
});

test('1,000 writes that nobody waits for keep their order', async () => {
  const page = await lab.page('order');
  await page.evaluate(`for (let i = 0; i < 1000; i++) sharedStorage.append('numbers', i + ',')`);
  const { numbers } = await lab.stored('order');
  expect(numbers).toBe(Array.from({ length: 1000 }, (_, i) => `${i},`).join(''));
});

test('an operation sees the writes that its page made before it, awaited or not', async () => {
  const page = await lab.page('sequence');
  await page.evaluate(`sharedStorage.worklet.addModule('/read-all.js')`);
  await page.evaluate(
    `(() => { sharedStorage.set('a', '1'); sharedStorage.run('read all', { keepAlive: true }); sharedStorage.set('b', '2'); })()`,
  );
  const line = await until(() => page.console.find(({ args }) => args[1] === 'stored:'));
  expect(JSON.parse(String(line.args[2]))).toHaveProperty('a', '1');
});

test('a marked fetch writes to the origin that answered it, and is known to the server by its request header alone', async () => {
  lab.serve('/write', (request, response) => {
    const opted = request.headers['sec-shared-storage-writable'] ?? 'absent';
    response.writeHead(200, {
      'Access-Control-Allow-Origin': '*',
      'Shared-Storage-Write': `append;key="header";value="${opted === '?1' ? 'y' : 'n'}"`,
    });
    response.end(`${request.url} ${opted}`);
  });
  const page = await lab.page('publisher');
  const target = `${lab.origin('server')}/write`;
  expect(await page.evaluate(`fetch('${target}', { sharedStorageWritable: true }).then((response) => response.text())`)).toBe('/write ?1');
  expect(await page.evaluate(`fetch('${target}').then((response) => response.text())`)).toBe('/write absent');
  expect(await page.evaluate(`fetch('${target}', { sharedStorageWritable: false }).then((response) => response.text())`)).toBe(
    '/write absent',
  );
  const request = `fetch(new Request('${target}', { method: 'POST', body: 'x' }), { sharedStorageWritable: true })`;
  expect(await page.evaluate(`${request}.then(async (response) => [await response.text(), response.url])`)).toEqual(['/write ?1', target]);
  expect(await lab.stored('server')).toEqual({ header: 'yy' });
  expect(await lab.stored('publisher')).toEqual({});
});

test('a window cannot read: get() rejects outside of fenced frames', async () => {
  const page = await lab.page('reader');
  expect(await page.evaluate(`sharedStorage.get('k').catch(({ name, message }) => name + ': ' + message)`)).toBe(
    'OperationError: Cannot call get() outside of a fenced frame.',
  );
});
