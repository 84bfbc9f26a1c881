/** What windows called is made again on a page of their origin, and what differs is told. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { configureHandlers } from './event-handlers';
import { Lab, until } from './lab';
import { button, click, faultsOf, openOwn } from './own-pages';

let lab: Lab;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-replay-'));
beforeAll(async () => {
  lab = await Lab.open();
  await lab.browser.devtools.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder });
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const MODULE = `register('count', class { async run({ key }) { await sharedStorage.append(key, '+'); } });
register('second', class { async run() { return 1; } });`;

test('calls come to the same, or it is said which did not and why', async () => {
  await configureHandlers(lab);
  lab.serve('/', '<title>replay</title>');
  lab.serve('/counting.js', MODULE);
  const page = await lab.page('recorded');
  const urls = JSON.stringify([0, 1].map((index) => ({ url: `${lab.origin('recorded')}/blank.html?${index}` })));
  await page.evaluate(`(async () => {
    await sharedStorage.set('\\ud800', 'v', { withLock: 'lock' });
    await sharedStorage.append('k', 'a');
    await sharedStorage.batchUpdate([new SharedStorageSetMethod('b', '1', { ignoreIfPresent: true }), new SharedStorageDeleteMethod('k')]);
    await sharedStorage.worklet.addModule('/counting.js');
    await sharedStorage.addEventListener('key', 'count', { key: 'nobody writes it', actions: ['set', 'clear'] });
    await sharedStorage.removeEventListener('key', 'count', { key: 'nobody writes it', actions: ['set', 'clear'] });
    await sharedStorage.run('count', { data: { key: 'runs' }, keepAlive: true });
    await sharedStorage.run('count', { data: { key: 'x'.repeat(2000) }, keepAlive: true });
    await sharedStorage.selectURL('second', ${urls}, { keepAlive: true });
  })()`);
  await until(async () => (await lab.stored('recorded')).runs === '+');
  await page.close();

  const options = await openOwn(lab, 'options/index.html#replay');
  const says = (): Promise<string> =>
    options.evaluate(`all('p').map((element) => element.textContent.replaceAll(/\\s+/g, ' ').trim()).join('\\n')`);
  const choose = `(() => { const select = first('#origin'); select.value = '${lab.origin('recorded')}'; select.dispatchEvent(new Event('change')); })()`;
  await until(() => options.evaluate(`Boolean(first('#origin'))`));
  await options.evaluate(choose);
  // Those of read-all.js are among them: its page is of the origin as well.
  await until(async () => /\d+ calls\. Of one more the event log does not have all parameters/.test(await says()));
  await click(options, button('Replay'));
  const told = await until(async () =>
    /(All \d+ calls came to the same\.)|((?:\d+ calls|One call) came out differently)/.exec(await says()),
  );
  expect(told[1], await options.evaluate(`all('td').map(({ textContent }) => textContent.trim()).join(' | ')`)).toBeDefined();
  // A run is the same once it is asked for.
  await until(async () => (await lab.stored('recorded')).runs === '++');
  expect(await faultsOf(options, 'options-replay')).toEqual([]);

  await click(options, button('Save the recording'));
  const file = await until(() => fs.readdirSync(folder).find((name) => name === 'recording.json'));
  const recording = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')) as { events: { dataOrigin: string }[] };
  expect(new Set(recording.events.map(({ dataOrigin }) => dataOrigin))).toEqual(new Set([lab.origin('recorded')]));
  expect(Object.keys(recording).sort()).toEqual(['events', 'exported', 'format', 'version']);

  await lab.configure({ simulations: { [lab.origin('recorded')]: { storageFull: true } } });
  await click(options, button('Replay'));
  await until(async () => /(?:\d+ calls|One call) came out differently/.test(await says()));
  const rows: string[][] = await options.evaluate(
    `all('tbody tr').map((row) => [...row.cells].map(({ textContent }) => textContent.trim()))`,
  );
  const append = rows.find(([call]) => call?.endsWith('append'));
  expect(append?.slice(1)).toEqual(['true', 'The data origin would have more than its quota of 0 bytes.']);
  expect(await faultsOf(options, 'options-replay-different')).toEqual([]);
  await options.close();
});

test('a page that leads to another origin is given nothing', async () => {
  await lab.configure({});
  const page = await lab.page('secret');
  await page.evaluate(`sharedStorage.set('secret', 'value').then(() => undefined)`);
  await page.close();
  lab.serve('/away', (_request, response) => response.writeHead(302, { Location: `${lab.origin('thief')}/blank.html` }).end());
  const options = await openOwn(lab, 'options/index.html#replay');
  const answer = await options.evaluate(`chrome.runtime.sendMessage({ to: 'extension-page', method: 'replay.run', params: {
    origin: '${lab.origin('secret')}', url: '${lab.origin('secret')}/away', calls: [{ method: 'set', parameters: { key: 'secret', value: 'value' } }] } })`);
  expect(answer).toMatchObject({ ok: false, error: { message: expect.stringContaining(`leads to ${lab.origin('thief')}`) } });
  expect(await lab.stored('thief')).toEqual({});
  await options.close();
});
