/** `npx shared-storage-lab open`, as a person types it. */

import { type ChildProcess, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { findBrowser } from '../../scripts/browser/find.mjs';
import { buildKit, lib } from '../../scripts/kit.mjs';
import { until } from './lab';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-cli-'));
const asked: string[] = [];
const running = new Set<ChildProcess>();
let origin: string;
/** Reports to its server where its origin has the fixture's entry. */
const MODULE = `register('o', class {
  async run() {
    if ((await sharedStorage.get('kind')) !== 'from the fixture') return;
    privateAggregation.contributeToHistogram({ bucket: 1n, value: 1 });
  }
})`;
const PAGES: Readonly<Record<string, string>> = {
  '/with-fixture': `<script type="module">
    // One of the settings has added it.
    if (!sharedStorage.addEventListener) throw new Error('other settings');
    await sharedStorage.worklet.addModule('/o.js');
    await sharedStorage.run('o');
  </script>`,
  // For want of an image it is never loaded.
  '/never-loaded': '<img src="/silent.png">',
};
const SHOP = 'http://shop.localhost';
const rules = (): string => `MAP shop.localhost 127.0.0.1:${new URL(origin).port}`;
const REPORT = '/.well-known/private-aggregation/report-shared-storage';
const reports: string[] = [];
const server = http.createServer(async (request, response) => {
  const { url = '' } = request;
  asked.push(url);
  if (url === '/silent.png') return;
  if (url === REPORT) reports.push(await text(request));
  response.setHeader('Content-Type', url.endsWith('.js') ? 'text/javascript' : 'text/html');
  response.end(url.endsWith('.js') ? MODULE : `<!doctype html>${PAGES[url] ?? ''}`);
});

beforeAll(async () => {
  await buildKit();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://cli.localhost:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** The command in a process of its own: what it has printed, and how it has ended. */
async function start(...args: string[]) {
  const temporary = fs.mkdtempSync(path.join(folder, 'tmp-'));
  const child = spawn(process.execPath, [path.join(lib, 'cli.js'), ...args], {
    env: { ...process.env, CHROME_PATH: await findBrowser(), TMPDIR: temporary, XDG_DATA_HOME: path.join(folder, 'data'), HOME: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, temporary, code, output: () => output };
}

const write = (name: string, content: unknown): string => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, JSON.stringify(content));
  return file;
};

test('opens the page in a fresh profile, which is gone with the browser', async () => {
  const { child, temporary, code, output } = await start('open', `${origin}/plain`, '--headless');
  await until(() => output().includes('/plain is open.'));
  expect(asked).toContain('/plain');
  expect(fs.readdirSync(temporary).some((name) => name.startsWith('shared-storage-lab-'))).toBe(true);
  child.kill('SIGINT');
  expect(await code).toBe(0);
  expect(fs.readdirSync(temporary).filter((name) => name.startsWith('shared-storage-lab-'))).toEqual([]);
});

/** Two settings, the fixture's entry, and where its host is. */
function givenFiles(): string[] {
  const entries = { [SHOP]: [{ key: 'kind', value: 'from the fixture' }] };
  const fixture = write('fixture.json', { format: 'shared-storage-lab', version: 1, entries });
  return ['--settings', write('handlers.json', { possibilities: { eventHandlers: true } }), '--fixture', fixture];
}

test('has settings and a fixture there before the page, and hosts where they are said to be', async () => {
  const { child, code, output } = await start('open', `${SHOP}/with-fixture`, '--headless', ...givenFiles(), '--host-rules', rules());
  await until(() => output().includes('/with-fixture is open.'));
  await until(() => reports.length === 1);
  expect(reports[0]).toContain(SHOP);
  child.kill('SIGINT');
  expect(await code).toBe(0);
});

test('has opened a page that is never loaded, and ends with it', async () => {
  const { child, temporary, code, output } = await start('open', `${origin}/never-loaded`, '--headless');
  await until(() => output().includes('/never-loaded is open.'));
  child.kill('SIGTERM');
  expect(await code).toBe(0);
  expect(fs.readdirSync(temporary).filter((name) => name.startsWith('shared-storage-lab-'))).toEqual([]);
});

test.each<[string, () => string[], RegExp]>([
  ['a host without a scheme', () => ['open', 'localhost:3000'], /localhost:3000 is no URL: it needs its scheme/],
  ['a page that nobody serves', () => ['open', 'http://127.0.0.1:9/', '--headless'], /127\.0\.0\.1:9.*ERR_/],
  ['settings that are not there', () => ['open', origin, '--headless', '--settings', '/no/such.json'], /no\/such\.json/],
  ['settings that are none', () => ['open', origin, '--headless', '--settings', write('list.json', [1])], /does not hold a JSON object/],
  ['an unknown setting', () => ['open', origin, '--headless', '--settings', write('colour.json', { colour: 1 })], /settings\.colour/],
  [
    'a fixture that is none',
    () => ['open', origin, '--headless', '--fixture', write('none.json', { entries: 5 })],
    /entries|version|format/,
  ],
  ['a browser that is not there', () => ['open', origin, '--headless', '--browser', '/no/such/browser'], /no\/such\/browser/],
])('ends with 1, and one line that says why: %s', async (_name, args, said) => {
  const { temporary, code, output } = await start(...args());
  expect([await code, output()]).toEqual([1, expect.stringMatching(said)]);
  expect(fs.readdirSync(temporary).filter((name) => name.startsWith('shared-storage-lab-'))).toEqual([]);
});

test('keeps a profile with a name, and takes it the next time', async () => {
  for (const more of [givenFiles(), []]) {
    const { child, code, output } = await start('open', `${origin}/profile`, '--headless', '--profile', 'mine', ...more);
    await until(() => output().includes('/profile is open.'));
    child.kill('SIGINT');
    expect(await code).toBe(0);
  }
  expect(fs.readdirSync(path.join(folder, 'data', 'shared-storage-lab', 'profiles'))).toEqual(['mine']);
});

test('prints where the extension is', async () => {
  const { code, output } = await start('path');
  expect(await code).toBe(0);
  expect(fs.existsSync(path.join(output().trim(), 'manifest.json'))).toBe(true);
});
