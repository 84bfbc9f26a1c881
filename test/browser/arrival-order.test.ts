/** What a document asks for is carried out in the order of its page's calls, also where it goes away right after them, and nobody else waits for it. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  lab.serve(
    '/operations.js',
    `class Note { async run(data) { await sharedStorage.append('notes', data?.note ?? 'run '); } }
     register('note', Note);
     register('select', class { async run(urls, data) { await sharedStorage.append('notes', data.note); return 1; } });`,
  );
});
afterAll(() => lab.close());

const URLS = `[{ url: '/a.html' }, { url: '/b.html' }]`;
const note = (site: string) => until(async () => (await lab.stored(site)).notes);

describe('operations of one worklet', () => {
  test.each([
    ['small data', `{ note: 'selected ' }`],
    ['data that takes long to send', `{ note: 'selected ', bulk: new Uint8Array(8_000_000) }`],
  ])('run after the selection before them, with %s', async (_name, data) => {
    const site = `selection-${data.length}`;
    const page = await lab.page(site);
    await page.evaluate(`sharedStorage.worklet.addModule('/operations.js')`);
    await page.evaluate(`{
      sharedStorage.selectURL('select', ${URLS}, { keepAlive: true, data: ${data} });
      sharedStorage.run('note', { data: { note: 'ran ' } });
    }`);
    expect(await note(site)).toBe('selected ran ');
    const [selection] = await lab.records<{ dataOrigin: string; result: unknown }>('shared-storage-selections', 'selections');
    expect(selection?.result).toMatchObject({ index: 1 });
    await page.close();
  });

  test('see the write before them, and not that of a later call', async () => {
    const page = await lab.page('writes');
    await page.evaluate(`sharedStorage.worklet.addModule('/operations.js')`);
    await page.evaluate(`{
      for (let index = 0; index < 50; index++) {
        sharedStorage.append('notes', 'set ' + index + ' ');
        sharedStorage.run('note', { keepAlive: true, data: { note: 'run ' + index + ' ' } });
      }
    }`);
    const expected = Array.from({ length: 50 }, (_, index) => `set ${index} `).join('');
    const notes = await until(async () => {
      const found = (await lab.stored('writes')).notes ?? '';
      return found.includes('run 49') && found;
    });
    // Writes keep their order among themselves, and so do operations; each operation comes after the write before it.
    expect(notes.replace(/run \d+ /g, '')).toBe(expected);
    expect(notes.replace(/set \d+ /g, '')).toBe(expected.replaceAll('set', 'run'));
    for (let index = 0; index < 50; index++) expect(notes.indexOf(`set ${index} `)).toBeLessThan(notes.indexOf(`run ${index} `));
    await page.close();
  });
});

/** Ways in which a document goes away, in the task of its last call. */
const LEAVING: [name: string, leave: string][] = [
  ['its frame is removed', `frame.remove()`],
  ['its frame is navigated', `frame.contentWindow.location.href = '/blank.html?next'`],
  ['its page is navigated', `location.href = '/blank.html?next'`],
];

describe('what is asked for just before', () => {
  test.each(
    LEAVING.flatMap(([name, leave]) => [
      [name, 'run()', leave, `storage.run('note', { data: { note: 'kept' } })`],
      [name, 'selectURL()', leave, `storage.selectURL('select', ${URLS}, { data: { note: 'kept' } })`],
    ]),
  )('%s is carried out: %s', async (name, call, leave, text) => {
    const site = `leaving-${name}-${call}`
      .replace(/[^a-z]+/gi, '-')
      .toLowerCase()
      .replace(/-$/, '');
    const page = await lab.page(site);
    await page.evaluate(`(async () => {
      const frame = document.createElement('iframe');
      frame.src = '/blank.html?inner';
      await new Promise((loaded) => { frame.onload = loaded; document.body.append(frame); });
      globalThis.frame = frame;
      await frame.contentWindow.sharedStorage.worklet.addModule('/operations.js');
    })()`);
    await page.evaluate(`{ const storage = frame.contentWindow.sharedStorage; void ${text}; ${leave}; }`);
    expect(await note(site)).toBe('kept');
    await page.close();
  });

  test('a popup closes itself is carried out', async () => {
    const page = await lab.page('popup');
    await page.evaluate(`void (globalThis.popup = open("/blank.html?popup"))`);
    await until(() => page.evaluate(`popup.document.readyState === 'complete' && popup.location.search === '?popup'`));
    await page.evaluate(`popup.sharedStorage.worklet.addModule('/operations.js')`);
    await page.evaluate(`{ popup.sharedStorage.run('note', { data: { note: 'kept' } }); popup.close(); }`);
    expect(await note('popup')).toBe('kept');
    await page.close();
  });

  test.each([
    ['addModule()', `storage.worklet.addModule('/asked-for.js?module')`, 'module'],
    ['createWorklet()', `storage.createWorklet('/asked-for.js?created')`, 'created'],
  ])('a frame is removed is asked for: the module of %s', async (_name, call, query) => {
    lab.serve('/asked-for.js', `register('note', class { async run() {} })`);
    const page = await lab.page('modules');
    await page.evaluate(`(async () => {
      const frame = document.createElement('iframe');
      frame.src = '/blank.html?inner';
      await new Promise((loaded) => { frame.onload = loaded; document.body.append(frame); });
      const storage = frame.contentWindow.sharedStorage;
      void ${call};
      frame.remove();
    })()`);
    await until(() => lab.requests.some((request) => request.endsWith(`/asked-for.js?${query}`)));
    await page.close();
  });
});

describe('a document that cannot be asked holds up nobody else', () => {
  test('one whose server does not answer a second time', async () => {
    let isFirst = true;
    lab.serve('/never-again', (_request, response) => {
      if (!isFirst) return;
      isFirst = false;
      response.writeHead(200, {
        'Content-Type': 'text/html',
        'Cache-Control': 'no-store',
        'Permissions-Policy': 'shared-storage=(self "https://x.example")',
      });
      response.end('<!doctype html><body>');
    });
    const stuck = await lab.page('stuck', '/never-again');
    await stuck.evaluate(`void fetch('${lab.origin('bank')}/blank.html', { mode: 'no-cors', sharedStorageWritable: true })`);
    await stuck.evaluate(`void sharedStorage.set('stuck', '1')`);
    await until(() => lab.requests.filter((request) => request.endsWith('/never-again')).length > 1);
    const bank = await lab.page('bank');
    await bank.evaluate(`sharedStorage.set('notes', 'stored')`);
    await bank.evaluate(`sharedStorage.worklet.addModule('/operations.js')`);
    await bank.evaluate(`sharedStorage.run('note', { data: { note: ' and run' } })`);
    expect(await note('bank')).toBe('stored and run');
    await Promise.all([bank.close(), stuck.close()]);
  });

  test('one whose parent stands at a breakpoint', async () => {
    const parent = await lab.page('parent');
    await parent.evaluate(`new Promise((loaded) => {
      const frame = document.createElement('iframe');
      frame.src = '${lab.origin('embedded')}/blank.html?embedded';
      frame.onload = loaded;
      document.body.append(frame);
    })`);
    const child = await lab.browser.attach(({ type, url }) => type === 'iframe' && url.endsWith('?embedded'));
    await parent.send('Debugger.enable');
    const paused = new Promise((resolve) => parent.on('Debugger.paused', resolve));
    const standing = parent.send('Runtime.evaluate', { expression: 'debugger; "went on"', returnByValue: true });
    await paused;
    await child.evaluate(`void sharedStorage.append('notes', 'of the frame').then(() => { globalThis.isKept = true; })`);
    const other = await lab.page('embedded');
    await other.evaluate(`sharedStorage.append('notes', 'of the tab, ')`);
    expect(await note('embedded')).toBe('of the tab, ');
    await parent.send('Debugger.resume');
    await standing;
    await until(() => child.evaluate(`globalThis.isKept`));
    expect(await note('embedded')).toBe('of the tab, of the frame');
    await Promise.all([parent.close(), other.close()]);
  });
});

test('a page in a frame that connects to the bridge itself has no port of the API', async () => {
  const page = await lab.page('handshake');
  await page.evaluate(`new Promise((loaded) => {
    const frame = document.createElement('iframe');
    frame.src = '/blank.html?inner';
    frame.onload = loaded;
    document.body.append(frame);
  })`);
  const answers = await page.evaluate(`(() => {
    const inner = document.querySelector('iframe').contentWindow;
    const answers = [];
    for (const name of ['', ' page', ' fence']) {
      const host = inner.document.createElement('div');
      const port = host.attachShadow({ mode: 'closed' });
      port.addEventListener('response', ({ detail }) => answers.push(detail?.error?.name ?? 'granted'));
      inner.document.dispatchEvent(new inner.SubmitEvent('shared-storage-lab' + name, { submitter: host }));
      host.dispatchEvent(new inner.Event('wake', { cancelable: true }));
      const detail = { id: 1, method: 'frame.show', params: { frame: 1, url: 'about:blank', context: null, isSilent: true } };
      port.dispatchEvent(new inner.CustomEvent('request', { detail, cancelable: true }));
    }
    return new Promise((resolve) => setTimeout(() => resolve(answers), 0)).then(async () => {
      await inner.sharedStorage.set('k', 'v');
      return answers;
    });
  })()`);
  expect(answers).toEqual(['NotSupportedError']);
  await page.close();
});
