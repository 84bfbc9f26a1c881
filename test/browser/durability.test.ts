/** A write outlives whatever happens right after it: to its page, its frame, the service worker, the browser. */

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, readRecords, until } from './lab';

let lab: Lab;
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'shared-storage-lab-durability-'));
beforeAll(async () => {
  lab = await Lab.open({ profile, args: ['--disable-popup-blocking'] });
});
afterAll(async () => {
  await lab.close();
  fs.rmSync(profile, { recursive: true, force: true });
});

test('a navigation right after the write', async () => {
  const page = await lab.page('navigation');
  await page.evaluate(`sharedStorage.set('a', '1'); sharedStorage.append('a', '2'); location.href = '/blank.html?next'; undefined`);
  await until(async () => (await page.evaluate('location.search').catch(() => '')) === '?next');
  expect(await lab.stored('navigation')).toEqual({ a: '12' });
});

test('a write in pagehide', async () => {
  const page = await lab.page('pagehide');
  await page.evaluate(
    `addEventListener('pagehide', () => sharedStorage.set('left', 'yes')); location.href = '/blank.html?next'; undefined`,
  );
  await until(async () => (await page.evaluate('location.search').catch(() => '')) === '?next');
  expect(await lab.stored('pagehide')).toEqual({ left: 'yes' });
});

test('a write in pagehide of a page that has written before, and is kept to go back to', async () => {
  const page = await lab.page('kept');
  // The service worker's port is there by the second one.
  await page.evaluate(`sharedStorage.set('before', '1').then(() => sharedStorage.set('before', '2'))`);
  await page.evaluate(`addEventListener('pagehide', () => sharedStorage.set('left', 'yes'));
    addEventListener('pageshow', ({ persisted }) => { globalThis.isRestored = persisted; });
    location.href = '${lab.origin('elsewhere')}/blank.html?next'; undefined`);
  await until(async () => (await page.evaluate('location.search').catch(() => '')) === '?next');
  await until(async () => (await lab.stored('kept')).left === 'yes');
  expect(await lab.stored('kept')).toEqual({ before: '2', left: 'yes' });
  await page.evaluate('history.back(); undefined');
  await until(() => page.evaluate('globalThis.isRestored === true').catch(() => false));
});

test('writes after writes in pagehide, of a page that lets no other listener hear of it', async () => {
  const page = await lab.page('jealous');
  await page.evaluate(`(() => {
    for (const type of ['pagehide', 'unload', 'visibilitychange'])
      addEventListener(type, (event) => {
        event.stopImmediatePropagation();
        sharedStorage.append('left', type + ' ');
        sharedStorage.append('left', 'again ');
      }, true);
    location.href = '/blank.html?next';
  })()`);
  await until(async () => (await page.evaluate('location.search').catch(() => '')) === '?next');
  const { left } = await lab.stored('jealous');
  expect(left).toContain('pagehide again ');
});

test('removal of the frame right after the write', async () => {
  const page = await lab.page('removal');
  await page.evaluate(`(() => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    frame.contentWindow.sharedStorage.set('from a frame', 'that is gone');
    frame.remove();
  })()`);
  expect(await lab.stored('removal')).toEqual({ 'from a frame': 'that is gone' });
});

test('window.close() right after the write', async () => {
  const page = await lab.page('closing');
  await page.evaluate(`(() => {
    const popup = open('about:blank');
    popup.sharedStorage.set('from a popup', 'that is closed');
    popup.close();
  })()`);
  expect(await lab.stored('closing')).toEqual({ 'from a popup': 'that is closed' });
});

test('a stop of the service worker right after the write', async () => {
  const page = await lab.page('stop');
  await page.evaluate(`sharedStorage.set('k', 'v'); undefined`);
  await lab.stopServiceWorker();
  expect(await lab.stored('stop')).toEqual({ k: 'v' });
});

test('many stops of the service worker among writes: each is applied once, in order', async () => {
  const page = await lab.page('stops');
  for (let round = 0; round < 5; round++) {
    await page.evaluate(`(() => {
      globalThis.results ??= [];
      for (let i = 0; i < 100; i++) results.push(sharedStorage.append('numbers', (${round} * 100 + i) + ','));
    })()`);
    await lab.stopServiceWorker();
  }
  await page.evaluate('Promise.all(results).then(() => undefined)');
  const { numbers } = await lab.stored('stops');
  expect(numbers).toBe(Array.from({ length: 500 }, (_, i) => `${i},`).join(''));
});

test('stops of the service worker in a steady stream of writes: what was acknowledged is there, once and in order', async () => {
  const page = await lab.page('stream');
  await page.evaluate(`(() => {
    globalThis.sent = 0;
    globalThis.acknowledged = 0;
    globalThis.stream = setInterval(() => sharedStorage.append('numbers', sent++ + ',').then(() => acknowledged++), 1);
  })()`);
  for (let stops = 1; stops <= 10; stops++) {
    const before = await page.evaluate('acknowledged');
    await until(async () => (await page.evaluate('acknowledged')) > before);
    await lab.stopServiceWorker();
  }
  await page.evaluate('clearInterval(stream)');
  const sent = (await page.evaluate('sent')) as number;
  await until(() => page.evaluate('acknowledged === sent'));
  const { numbers } = await lab.stored('stream');
  expect(numbers).toBe(Array.from({ length: sent }, (_, i) => `${i},`).join(''));
});

test('stops of the service worker between writes and an operation: it sees every write before it', async () => {
  lab.serve('/see.js', `register('see', class { async run({ round }) { console.log('seen:', round, await sharedStorage.get('k')); } });`);
  const page = await lab.page('operations');
  await page.evaluate(`sharedStorage.worklet.addModule('/see.js')`);
  for (let round = 0; round < 8; round++) {
    await page.evaluate(`(() => {
      globalThis.asked = [];
      for (let i = 0; i <= 300; i++) asked.push(sharedStorage.set('k', '${round}:' + i));
      asked.push(sharedStorage.run('see', { data: { round: ${round} }, keepAlive: true }));
    })()`);
    await lab.stopServiceWorker();
    await page.evaluate('Promise.all(asked).then(() => undefined)');
    const line = await until(() => page.console.find(({ args }) => args[1] === 'seen:' && args[2] === round));
    expect(line.args[3]).toBe(`${round}:300`);
  }
});

test('a stop of the service worker between the acknowledgement and the entry: nothing is lost, nothing is done twice', async () => {
  const page = await lab.page('journal');
  for (let round = 0; round < 8; round++) {
    await page.evaluate(`sharedStorage.append('k', '${round}').then(() => sharedStorage.append('k', ';'))`);
    await lab.stopServiceWorker();
  }
  expect(await lab.stored('journal')).toEqual({ k: '0;1;2;3;4;5;6;7;' });
});

test('a write that a worker which is being stopped keeps after the next one has read the journal is applied without anything more', async () => {
  const page = await lab.page('late');
  await page.evaluate(`sharedStorage.set('first', '1')`);
  // Stands in for that worker: it has its lock, and keeps what it is told. No script of ours is in it.
  const stopping = await lab.browser.openPage(`chrome-extension://${lab.browser.extensionId}/manifest.json`);
  const asked = stopping.evaluate(`new Promise((granted) => {
    navigator.locks.request('service worker', () => (granted(), new Promise((end) => { globalThis.end = end; })));
  })`);
  await lab.stopServiceWorker();
  await asked;
  await page.evaluate(`sharedStorage.set('second', '2')`);
  const entries = async () => (await stopping.evaluate(readRecords('shared-storage', 'entries'))) as { value: string }[];
  await until(async () => (await entries()).some(({ value }) => value === '2'));
  await stopping.evaluate(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('shared-storage');
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('journal', 'readwrite');
      const updates = [[{ type: 'set', key: 'late', value: '3', ignoreIfPresent: false }]];
      const record = { dataOrigin: '${lab.origin('late')}', withLock: null, updates, wallTime: Date.now(), documentId: null, tabId: null, time: Date.now() };
      transaction.objectStore('journal').add(record);
      transaction.oncomplete = () => { opening.result.close(); resolve(); };
      transaction.onabort = () => reject(transaction.error);
    };
  })`);
  await stopping.evaluate('end()');
  await until(async () => (await entries()).some(({ value }) => value === '3'));
  await stopping.close();
});

test('a worklet keeps working while the service worker stops', async () => {
  const page = await lab.page('worklet');
  await page.evaluate(`sharedStorage.set('k', 'v').then(() => sharedStorage.worklet.addModule('/read-all.js'))`);
  await lab.stopServiceWorker();
  await page.evaluate(`sharedStorage.run('read all', { keepAlive: true })`);
  const line = await until(() => page.console.find(({ args }) => args[1] === 'stored:'));
  expect(JSON.parse(String(line.args[2]))).toEqual({ k: 'v' });
});

test('a kill of the browser right after the acknowledgement', async () => {
  const page = await lab.page('killed');
  await page.evaluate(`Promise.all(Array.from({ length: 100 }, (_, i) => sharedStorage.set('key ' + i, 'value'))).then(() => undefined)`);
  lab.browser.kill();
  await lab.browser.exited;
  await lab.startBrowser({ profile });
  expect(Object.keys(await lab.stored('killed'))).toHaveLength(100);
});
