/** A page that attacks the API in its own realm: it learns nothing, reaches nothing, and breaks nothing but itself. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open({ args: ['--disable-popup-blocking', '--host-resolver-rules=MAP insecure.test 127.0.0.1'] });
});
afterAll(() => lab.close());

type Page = Awaited<ReturnType<Lab['page']>>;

/** The outcome of a call, and what the page saw being called besides the call itself. */
async function observe(page: Page, call: string): Promise<{ outcome: string; noted: string[] }> {
  const outcome = (await page.evaluate(`observe(() => ${call})`)) as string;
  const names = ((await page.evaluate('noted()')) as string).split('\n');
  return {
    outcome,
    noted: names.filter((name) => !/^(?:(?:new |get )?SharedStorage|get window\.sharedStorage|window\.fetch$)/.test(name)),
  };
}

test.each([
  [`sharedStorage.set('set', 'v')`, 'undefined', []],
  [`sharedStorage.set('set', 'w', { ignoreIfPresent: true, withLock: 'lock' })`, 'undefined', []],
  [`sharedStorage.append('appended', 'v')`, 'undefined', []],
  [`sharedStorage.append('deleted', 'v')`, 'undefined', []],
  [`sharedStorage.delete('deleted')`, 'undefined', []],
  [`sharedStorage.set('', 'v')`, `DataError: Failed to execute 'set' on 'SharedStorage': Length of the "key" parameter is not valid`, []],
  [`sharedStorage.worklet.addModule('/read-all.js')`, 'undefined', []],
  [`sharedStorage.run('read all', { data: { a: [1, 'b'] }, keepAlive: true })`, 'undefined', []],
  // Members that its own options lack are looked for, as Web IDL has it.
  [`sharedStorage.append('appended', 'w', {})`, 'undefined', ['read of Object.prototype.withLock']],
])('a page that patches everything sees nothing of %s', async (call, expectedOutcome, expectedNotes) => {
  const page = await lab.page('patched', '/patch-everything.html');
  if (call.includes('read all')) await page.evaluate(`observe(() => sharedStorage.worklet.addModule('/read-all.js'))`);
  const { outcome, noted } = await observe(page, call);
  expect(outcome).toBe(expectedOutcome);
  expect(noted).toEqual(expectedNotes);
  await page.close();
});

test('what a page with patches writes is stored as anywhere else, and clear() works there', async () => {
  expect(await lab.stored('patched')).toEqual({ set: 'v', appended: 'vw' });
  const page = await lab.page('patched', '/patch-everything.html');
  expect(await observe(page, 'sharedStorage.clear()')).toEqual({ outcome: 'undefined', noted: [] });
  expect(await lab.stored('patched')).toEqual({});
});

test('a page that patches everything sees no more of a marked fetch than of any fetch', async () => {
  lab.serve('/writing', (_request, response) => {
    response.writeHead(200, { 'Shared-Storage-Write': 'append;key=header;value=y' });
    response.end();
  });
  const page = await lab.page('patched-fetch', '/patch-everything.html');
  for (const input of [`'/writing'`, `new Request('/writing', { method: 'POST', body: 'b' })`]) {
    const plain = await observe(page, `fetch(${input}, { sharedStorageWritable: false })`);
    const marked = await observe(page, `fetch(${input}, { sharedStorageWritable: true })`);
    expect(marked.outcome).toBe('[object Response]');
    expect(new Set(marked.noted)).toEqual(new Set(plain.noted));
  }
  expect(await lab.stored('patched-fetch')).toEqual({ header: 'yy' });
});

test('a page sees nothing of what its worklet logs', async () => {
  const innocent = await lab.page('logged');
  await innocent.evaluate(`sharedStorage.set('earlier', 'the secret')`);
  await innocent.close();
  lab.serve(
    '/log-and-fail.js',
    `register('go', class {
      async run() {
        const secret = await sharedStorage.get('earlier');
        console.log('logged', secret, { secret });
        console.error(new Error(secret));
        Promise.reject(new Error(secret));
        throw new Error(secret);
      }
    });`,
  );
  const page = await lab.page('logged');
  await page.evaluate(`(() => {
    globalThis.seen = [];
    const see = (...values) => { for (const value of values) seen.push(String(value?.stack ?? value?.message ?? value?.data ?? value)); };
    for (const name of Object.keys(console)) console[name] = see;
    for (const type of ['error', 'unhandledrejection', 'message', 'messageerror', 'request', 'response', 'shared-storage-lab', 'console'])
      for (const target of [window, document]) target.addEventListener(type, (event) => see(type, event.reason, event), true);
    new ReportingObserver((reports) => see(...reports.map((report) => JSON.stringify(report))), { buffered: true }).observe();
    new PerformanceObserver((list) => see(...list.getEntries().map((entry) => JSON.stringify(entry)))).observe({ entryTypes: PerformanceObserver.supportedEntryTypes.filter((type) => type !== 'resource') });
    new MutationObserver(() => see('a mutation')).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  })()`);
  await page.evaluate(`sharedStorage.worklet.addModule('/log-and-fail.js').then(() => sharedStorage.run('go', { keepAlive: true }))`);
  await until(() => page.console.filter(({ args }) => JSON.stringify(args).includes('the secret')).length >= 3);
  expect(await page.evaluate(`seen.filter((text) => /secret|mutation|request|response|shared-storage-lab/.test(text))`)).toEqual([]);
});

/** Runs page code in the middle of calls: in conversions, in options, while data is cloned, while a sequence is read. */
const LOOKING = `(async () => {
  await sharedStorage.worklet.addModule('/read-all.js');
  const looks = [];
  let looking = false;
  const look = (result) => {
    if (looking) return result;
    looking = true;
    const { prepareStackTrace } = Error;
    const plain = new Error('look').stack;
    Error.prepareStackTrace = (_error, sites) => sites;
    const sites = new Error().stack;
    Error.prepareStackTrace = prepareStackTrace;
    looks.push({
      event: window.event === undefined ? null : String(window.event),
      stack: plain,
      loot: sites.filter((site) => site.getFileName()?.startsWith('chrome-extension:')).flatMap((site) => [site.getFunction(), site.getThis()])
        .filter((value) => value !== undefined).map(String),
    });
    looking = false;
    return result;
  };
  const caller = (f) => { try { return f.caller && f.caller !== outer && String(f.caller); } catch { return null; } };
  let stolen = null;
  function toKey() { stolen ??= caller(toKey); return look('k'); }
  function outer() { return sharedStorage.set({ toString: toKey }, { toString: () => look('v') }, { get withLock() { return look(undefined); } }); }
  await outer();
  await sharedStorage.batchUpdate({ *[Symbol.iterator]() { yield look(new SharedStorageClearMethod()); } });
  const name = Object.getOwnPropertyDescriptor(Error.prototype, 'name');
  Object.defineProperty(Error.prototype, 'name', { configurable: true, get: () => look('Error') });
  await sharedStorage.run('read all', { keepAlive: true, get data() { return look({ cloned: new Error('x'), get member() { return look(1); } }); } });
  Object.defineProperty(Error.prototype, 'name', name);
  function toURL() { stolen ??= caller(toURL); return look('/'); }
  const metadata = { get click() { return look('https://a.example/'); } };
  const urls = { *[Symbol.iterator]() { yield look({ url: { toString: toURL }, get reportingMetadata() { return look(metadata); } }); } };
  await sharedStorage.selectURL('none', urls, { get keepAlive() { return look(true); }, get savedQuery() { return look(undefined); } });
  await fetch('/blank.html', { sharedStorageWritable: true, get method() { return look('GET'); } });
  return { looks, stolen };
})()`;

test('page code that runs in the middle of a call finds no event, no function and no object of ours', async () => {
  const page = await lab.page('middle');
  const { looks, stolen } = (await page.evaluate(LOOKING)) as { looks: { event: string | null; loot: string[] }[]; stolen: string | null };
  expect(looks.length).toBeGreaterThanOrEqual(14);
  expect(looks.map(({ event }) => event).filter(Boolean)).toEqual([]);
  expect(looks.flatMap(({ loot }) => loot)).toEqual([]);
  expect(stolen).toBeNull();
});

test('no stack trace has the id of the extension', async () => {
  const page = await lab.page('stacks');
  const { looks } = (await page.evaluate(LOOKING)) as { looks: { stack: string }[] };
  const stacks = (await page.evaluate(`Promise.all([
    sharedStorage.set('k'), sharedStorage.set(Symbol(), ''), sharedStorage.run(), fetch('http://127.0.0.1:1/'), fetch('http://['),
    fetch('http://127.0.0.1:1/', { sharedStorageWritable: true }), new Promise(() => new SharedStorage()),
  ].map((promise) => promise.then(() => '', (error) => String(error.stack))))`)) as string[];
  expect(stacks.filter(Boolean)).toHaveLength(7);
  expect([...stacks, ...looks.map(({ stack }) => stack)].filter((stack) => stack.includes('chrome-extension:'))).toEqual([]);
});

test('data that cannot leave the page is refused, not forgotten', async () => {
  const page = await lab.page('uncloneable');
  await page.evaluate(`sharedStorage.worklet.addModule('/read-all.js')`);
  await page.evaluate(`sharedStorage.run('read all', { data: { module: new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)) } })
    .then(() => { globalThis.outcome = 'fulfilled'; }, ({ name }) => { globalThis.outcome = name; }); undefined`);
  expect(await until(() => page.evaluate('globalThis.outcome'))).toBe('DataCloneError');
});

/** Sends a write by the channel's own event on whatever element a page may hold; what comes back is noted there. */
const FORGE = `(node, key, view = window) => {
  globalThis.answers ??= [];
  for (const target of [node, node.shadowRoot ?? node]) {
    target.addEventListener('response', (event) => answers.push(JSON.stringify(event.detail)));
    target.dispatchEvent(new view.CustomEvent('request', { cancelable: true, detail: { id: 1, method: 'database.update',
      params: { withLock: null, methods: [{ type: 'set', key, value: 'forged', ignoreIfPresent: false }] } } }));
  }
}`;

/** Does what our script does to connect, with an element of the page's own. */
const CONNECT = `(target, host, view = window) => {
  target.dispatchEvent(new view.SubmitEvent('shared-storage-lab page', { submitter: host, bubbles: true }));
  host.dispatchEvent(new view.Event('wake', { cancelable: true }));
}`;

test('a forged handshake gets no channel', async () => {
  const page = await lab.page('forged');
  await page.evaluate(`(async () => {
    const forge = ${FORGE};
    for (const [name, target] of [['window', window], ['document', document], ['root', document.documentElement]]) {
      const host = document.createElement('div');
      host.attachShadow({ mode: 'open' });
      (${CONNECT})(target, host);
      forge(host, 'forged on ' + name);
    }
    // Sent after the forged writes, so they would be there when it is.
    await sharedStorage.set('real', 'write');
  })()`);
  expect(await page.evaluate('answers')).toEqual([]);
  expect(await lab.stored('forged')).toEqual({ real: 'write' });
});

test('a page that listens in the first document of its frames and popups gets no channel', async () => {
  const page = await lab.page('first-document');
  const caught = await page.evaluate(`(async () => {
    const forge = ${FORGE};
    let caught = 0;
    const listen = (view) => {
      for (const target of [view, view.document])
        target.addEventListener('shared-storage-lab page', ({ submitter }) => {
          caught++;
          globalThis.host = submitter;
          // As our script would.
          try { submitter.attachShadow({ mode: 'open' }); } catch {}
        }, true);
      return view;
    };
    for (const attributes of [{ src: '/blank.html?1' }, { srcdoc: '<p>' }]) {
      const frame = Object.assign(document.createElement('iframe'), attributes);
      const loaded = new Promise((resolve) => { frame.onload = resolve; });
      document.body.append(frame);
      const view = listen(frame.contentWindow);
      await loaded;
      globalThis.host?.dispatchEvent(new view.Event('wake', { cancelable: true }));
      if (globalThis.host) forge(host, 'forged in ' + JSON.stringify(attributes), view);
      await frame.contentWindow.sharedStorage.set('real', 'write');
    }
    return caught;
  })()`);
  expect(caught).toBeGreaterThan(0);
  expect(await page.evaluate('globalThis.answers ?? []'), `the handshake was seen ${caught} times`).toEqual([]);
  expect(await lab.stored('first-document')).toEqual({ real: 'write' });
});

test('a page that listens there gets none of our functions from the scripts that a setting brings along', async () => {
  const page = await lab.page('further-scripts');
  const [given, overheard, methods] = (await page.evaluate(`(async () => {
    const given = [];
    const overheard = [];
    const HANDLERS = 'shared-storage-lab handlers';
    const listen = (view) => {
      // As our further script does, to whoever listens, and on whatever there is.
      const ask = (target) => {
        for (const one of [target, target.shadowRoot].filter(Boolean)) {
          one.dispatchEvent(new view.CustomEvent('extend', { detail: (...functions) => given.push(functions.length) }));
          one.dispatchEvent(new view.Event('introduce'));
        }
      };
      for (const script of ['page', 'handlers'])
        view.addEventListener('shared-storage-lab ' + script, ({ submitter }) => {
          overheard.push(script);
          try { submitter.attachShadow({ mode: 'open' }); } catch {}
          submitter.addEventListener(HANDLERS, (event) => { given.push('host'); if (event.submitter) ask(event.submitter); });
          for (const type of ['extend', 'introduce']) submitter.addEventListener(type, ({ detail }) => { if (detail && detail.length !== 0) given.push(type); }, true);
          ask(submitter);
        }, true);
    };
    let methods = [];
    for (const attributes of [{ src: '/blank.html?1' }, { srcdoc: '<p>' }]) {
      const frame = Object.assign(document.createElement('iframe'), attributes);
      const loaded = new Promise((resolve) => { frame.onload = resolve; });
      document.body.append(frame);
      listen(frame.contentWindow);
      await loaded;
      methods.push(typeof frame.contentWindow.sharedStorage.addEventListener);
    }
    return [given, overheard, [...methods, typeof sharedStorage.addEventListener]];
  })()`)) as [given: string[], overheard: string[], methods: string[]];
  expect(given).toEqual([]);
  // With the setting there is one more handshake in each document, and without it nothing of it.
  const scripts = methods.at(-1) === 'function' ? ['page', 'handlers'] : ['page'];
  expect(overheard.slice(0, scripts.length)).toEqual(scripts);
  expect(new Set(methods).size).toBe(1);
  await page.close();
});

test('a page that dispatches the events of its end itself is answered as before', async () => {
  lab.serve('/lasting', (_request, response) => {
    response.writeHead(200, { 'Shared-Storage-Write': 'set;key=header;value=v' }).end('lasting');
  });
  lab.serve('/lasting.js', `register('write', class { async run() { await sharedStorage.append('worklet', 'v'); } })`);
  const page = await lab.page('lasting');
  await page.evaluate(`sharedStorage.worklet.addModule('/lasting.js')`);
  const outcome = await page.evaluate(`(async () => {
    // Of a page that goes away, such a request would be sent when that has gone.
    const answered = async () => (await fetch('/lasting', { keepalive: true, sharedStorageWritable: true })).text();
    await sharedStorage.run('write', { keepAlive: true });
    for (const event of [new PageTransitionEvent('pagehide', { persisted: true }), new Event('pagehide')]) dispatchEvent(event);
    const outcomes = [await sharedStorage.run('write', { keepAlive: true }), await sharedStorage.set('window', 'v'), await answered()];
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    return [...outcomes, await sharedStorage.run('write', { keepAlive: true })].join();
  })()`);
  expect(outcome).toBe(',,lasting,');
  await until(async () => (await lab.stored('lasting')).worklet === 'vvv');
  expect(await lab.stored('lasting')).toEqual({ header: 'v', window: 'v', worklet: 'vvv' });
  await page.close();
});

test('frames of opaque origin are refused, whatever they forge', async () => {
  lab.serve(
    '/opaque.html',
    `<script>
      const outcome = (promise) => promise.then(() => 'done', ({ name }) => name);
      const storage = globalThis.sharedStorage;
      const host = document.createElement('div');
      (${CONNECT})(document, host);
      (${FORGE})(host, 'forged');
      Promise.all(storage ? [storage.set('k', 'v'), storage.append('k', 'v'), storage.delete('k'), storage.clear(), storage.worklet.addModule('/read-all.js'),
        storage.run('read all')].map(outcome) : []).then((outcomes) => parent.postMessage({ outcomes, answers }, '*'));
    </script>`,
  );
  const page = await lab.page('opaque');
  const reports = await page.evaluate(`(async () => {
    const text = await (await fetch('/opaque.html')).text();
    const reports = [];
    for (const attributes of [{ sandbox: 'allow-scripts', src: '/opaque.html' }, { sandbox: 'allow-scripts', srcdoc: text },
        { src: 'data:text/html,' + encodeURIComponent(text) }]) {
      const frame = document.createElement('iframe');
      for (const [name, value] of Object.entries(attributes)) frame.setAttribute(name, value);
      const report = new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data), { once: true }));
      document.body.append(frame);
      reports.push(await report);
    }
    return reports;
  })()`);
  // There is no worklet to run anything in.
  const refused = { outcomes: [...Array(5).fill('InvalidAccessError'), 'OperationError'], answers: [] };
  // A data: document is no secure context here, and so has no API at all.
  expect(reports).toEqual([refused, refused, { outcomes: [], answers: [] }]);
});

test('an insecure page has no API, nor has a frame in it, and no bridge answers their handshakes', async () => {
  const page = await lab.browser.openPage(`http://insecure.test:${lab.port}/blank.html`);
  await page.evaluate(`new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.src = '${lab.origin('framed')}/blank.html';
    frame.onload = resolve;
    document.body.append(frame);
  }).then(() => undefined)`);
  const frame = await lab.browser.attach(({ type, url }) => type === 'iframe' && String(url).includes('//framed.'));
  for (const insecure of [page, frame]) {
    const found = await insecure.evaluate(`(() => {
      const host = document.createElement('div');
      host.attachShadow({ mode: 'open' });
      (${CONNECT})(document, host);
      (${FORGE})(host, 'forged');
      // Only native functions show their name.
      const isOurs = (name) => name in window && !String(window[name]).includes('function ' + name);
      return [isSecureContext, ...['sharedStorage', 'SharedStorage', 'SharedStorageWorklet'].filter(isOurs)];
    })()`);
    expect(found).toEqual([false]);
  }
  // Long enough for an answer: a whole way there and back, on another page.
  const secure = await lab.page('framed');
  await secure.evaluate(`sharedStorage.set('real', 'write')`);
  for (const insecure of [page, frame]) expect(await insecure.evaluate('answers')).toEqual([]);
  expect(await lab.stored('framed')).toEqual({ real: 'write' });
});
