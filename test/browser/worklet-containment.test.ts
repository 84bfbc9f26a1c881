/** A worklet that attacks: it reaches no network and no data but its own, tells its page nothing, and harms nobody but itself. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, MUCH_LONGER, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

type Page = Awaited<ReturnType<Lab['page']>>;

let modules = 0;

/** A page of a site whose worklet has this module, a test page's or a source of its own; `outcome` says how addModule() ended. */
async function withModule(site: string, source: string): Promise<{ page: Page; outcome: string }> {
  const module = source.endsWith('.js') ? source : `/module-${++modules}.js`;
  if (module !== source) lab.serve(module, source);
  const page = await lab.page(site);
  const outcome = await page.evaluate(`sharedStorage.worklet.addModule('${module}').then(() => 'loaded', String)`);
  return { page, outcome: outcome as string };
}

const run = (page: Page, name: string, options = '{ keepAlive: true }') =>
  page.evaluate(`sharedStorage.run('${name}', ${options}).then(() => undefined)`);

/** What the worklet of a page logged after a label. */
async function logged<T>(page: Page, label: string): Promise<T> {
  const line = await until(() => page.console.find(({ args }) => args[1] === label));
  return JSON.parse(String(line.args[2])) as T;
}

/** A worklet of another site, which was there before, still runs with all it had, and a new one can be made. */
async function unharmed(attack: () => Promise<unknown>): Promise<void> {
  const page = await lab.page('bystander');
  await page.evaluate(`sharedStorage.set('k', 'v').then(() => sharedStorage.worklet.addModule('/count-runs.js'))`);
  const runs = () => page.console.filter(({ args }) => args[1] === 'runs:').map(({ args }) => args.slice(2));
  await run(page, 'count');
  await until(() => runs().length === 1);
  await attack();
  await run(page, 'count');
  await until(() => runs().length === 2);
  expect(runs()).toEqual([
    [1, 'v'],
    [2, 'v'],
  ]);
  await page.close();
  expect(await lab.stored('bystander')).toEqual({ k: 'v' });
}

const ECMASCRIPT = `AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date
  DisposableStack Error EvalError FinalizationRegistry Float16Array Float32Array Float64Array Function Infinity Int16Array Int32Array Int8Array
  Intl Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String SuppressedError Symbol
  SyntaxError Temporal TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet decodeURI
  decodeURIComponent encodeURI encodeURIComponent escape eval globalThis isFinite isNaN parseFloat parseInt undefined unescape`;
const PLATFORM = `ByteLengthQueuingStrategy CountQueuingStrategy Crypto CryptoKey Lock LockManager PrivateAggregation QuotaExceededError
  ReadableByteStreamController ReadableStream ReadableStreamBYOBReader ReadableStreamBYOBRequest ReadableStreamDefaultController
  ReadableStreamDefaultReader SharedStorage SharedStorageAppendMethod SharedStorageClearMethod SharedStorageDeleteMethod
  SharedStorageModifierMethod SharedStorageSetMethod SharedStorageWorkletGlobalScope SharedStorageWorkletNavigator SubtleCrypto TextDecoder
  TextEncoder TransformStream TransformStreamDefaultController WebAssembly WritableStream WritableStreamDefaultController
  WritableStreamDefaultWriter console crypto interestGroups navigator privateAggregation register sharedStorage`;

/** What leads out of a realm, or makes something that does, by the names of the functions. */
const FORBIDDEN =
  /fetch|XMLHttpRequest|Socket|EventSource|WebTransport|Worker$|importScripts|postMessage|sendBeacon|Channel|Cache|IDB|indexedDB|createObjectURL|(?<!byob|BYOB)Request$|Response$|RTC|FileSystem|ServiceWorker|setTimeout|setInterval|dispatchEvent|addEventListener/;

test('the globals are those of a worklet, and nothing that leads out can be reached from them or from the data of an operation', async () => {
  const { page } = await withModule('globals', '/walk-realm.js');
  await run(
    page,
    'walk',
    `{ keepAlive: true, data: { blob: new Blob(['x']), image: new ImageData(1, 1), rect: new DOMRect(), error: new DOMException() } }`,
  );
  expect(await logged(page, 'globals:')).toEqual(`${ECMASCRIPT} ${PLATFORM}`.split(/\s+/).sort());
  const functions = await logged<string[]>(page, 'functions:');
  expect(functions).toContain('digest');
  expect(functions.filter((name) => FORBIDDEN.test(name))).toEqual([]);
});

test('no way that a worklet may try reaches the network', async () => {
  const target = `${lab.origin('network')}/leak`;
  const extension = `chrome-extension://${lab.browser.extensionId}`;
  const direct = [
    'fetch(U)',
    'new XMLHttpRequest().open("GET", U)',
    'new WebSocket(U)',
    'new EventSource(U)',
    'new WebTransport(U)',
    'importScripts(U)',
    'new Worker(U)',
    'new SharedWorker(U)',
    'navigator.sendBeacon(U)',
    'navigator.serviceWorker.register(U)',
    'new BroadcastChannel("c").postMessage(U)',
    'caches.open("c").then((cache) => cache.add(U))',
    'indexedDB.open("d")',
    'new Request(U)',
    'postMessage(U)',
    'new RTCPeerConnection({ iceServers: [{ urls: U }] })',
    'WebAssembly.compileStreaming(fetch(U))',
    'WebAssembly.compileStreaming({ url: U, then: undefined })',
    'WebAssembly.instantiateStreaming(Promise.resolve(U))',
    'import(U)',
    'import(U.replace("http:", "https:"))',
    'import(U, { with: { type: "json" } })',
    'import("//" + U.split("//")[1])',
    'import("/leak/relative")',
    'import("data:text/javascript," + encodeURIComponent("fetch(" + JSON.stringify(U) + ")"))',
    'import("blob:" + U)',
    'import("blob:null/" + crypto.randomUUID())',
    'import("file:///etc/hostname")',
    `fetch("${extension}/manifest.json")`,
    `import("${extension}/manifest.json", { with: { type: "json" } })`,
    `import("${extension}/src/content/bridge.iife.js")`,
    `import("${extension}/service-worker.js")`,
  ];
  const indirect = ['fetch(U)', 'import(U)', 'new WebSocket(U)', 'importScripts(U)'].flatMap((code) => [
    `(0, eval)(${JSON.stringify(code)}.replace("U", JSON.stringify(U)))`,
    `Function("U", "return " + ${JSON.stringify(code)})(U)`,
    `(async () => {}).constructor("U", "return " + ${JSON.stringify(code)})(U)`,
    `[...(function* () {}).constructor("U", "yield " + ${JSON.stringify(code)})(U)][0]`,
    `(async function* () {}).constructor("U", "yield " + ${JSON.stringify(code)})(U).next()`,
    `globalThis.constructor.constructor("U", "return " + ${JSON.stringify(code)})(U)`,
    `Reflect.construct(Function, ["U", "return globalThis." + ${JSON.stringify(code)}])(U)`,
  ]);
  const { page } = await withModule(
    'network',
    `register('try', class {
      async run({ attempts }) {
        const succeeded = [];
        attempts.forEach((attempt, index) => {
          const U = ${JSON.stringify(target)} + '/' + index;
          try {
            const result = eval(attempt);
            Promise.resolve(result).then(() => succeeded.push(attempt), () => {});
          } catch {}
        });
        // Rounds to the storage and back are the only clock here.
        for (let round = 0; round < 200; round++) await sharedStorage.length();
        console.log('succeeded:', JSON.stringify(succeeded));
      }
    });`,
  );
  await run(page, 'try', `{ keepAlive: true, data: { attempts: ${JSON.stringify([...direct, ...indirect])} } }`);
  // The files of the extension's own package, which hold nothing that is stored, are there for any import: no policy goes for them.
  expect(await logged(page, 'succeeded:')).toEqual([`import("${extension}/manifest.json", { with: { type: "json" } })`]);
  await page.evaluate(`fetch('/leak/control').then(() => undefined)`);
  expect(lab.requests.filter((request) => request.includes('/leak'))).toEqual([`network.localhost:${lab.port}/leak/control`]);
});

test('a module gets hold of nothing of ours, and of nothing stored, while it loads', async () => {
  const page = await lab.page('thief');
  await page.evaluate(`sharedStorage.set('k', 'the secret')`);
  const { outcome } = await withModule('thief', '/take-from-callers.js');
  expect(outcome).toMatch(/^OperationError: Error: loot: ; stolen: NotAllowedError/);
});

/** Takes the port out of the realm of a worklet through the debugger, as no code in it can, and runs a function with it there. */
async function breakIn(isRealm: string, attack: string): Promise<unknown> {
  const frame = await lab.browser.attach(({ url }) => String(url).includes('/src/worklet/frame.html'));
  const realms: string[] = [];
  frame.on('Target.attachedToTarget', ({ sessionId }) => realms.push(sessionId as string));
  await frame.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: true });
  const broken = await until(async () => {
    for (const realm of realms) {
      const send = (method: string, params: Record<string, unknown>) => lab.browser.devtools.send(method, params, realm);
      const { result } = await send('Runtime.evaluate', { expression: isRealm, returnByValue: true });
      if (result.value === true) return send;
    }
    return null;
  });
  const all = async (expression: string) => {
    const { result } = await broken('Runtime.evaluate', { expression });
    return (await broken('Runtime.queryObjects', { prototypeObjectId: result.objectId })).objects.objectId as string;
  };
  const [objects, functions] = [await all('Object.prototype'), await all('Function.prototype')];
  const { result, exceptionDetails } = await broken('Runtime.callFunctionOn', {
    objectId: objects,
    arguments: [{ objectId: functions }],
    returnByValue: true,
    awaitPromise: true,
    functionDeclaration: `function (functions) {
      const call = (name, self, ...args) => {
        for (const f of functions) if (f.name === name) try { return [Reflect.apply(f, self, args)]; } catch {}
      };
      const send = (message) => { for (const object of this) call('postMessage', object, message); };
      const listen = (listener) => { for (const object of this) call('set onmessage', object, (event) => listener(call('get data', event)[0])); };
      return (${attack})(send, listen);
    }`,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  await frame.detach();
  return result.value;
}

test('even a realm that was broken into gets nothing stored while its module loads', async () => {
  const { page } = await withModule('broken-early', '');
  await page.evaluate(`sharedStorage.set('k', 'the secret')`);
  const loading = withModule('broken-early', `globalThis.isTarget = true; await new Promise(() => {});`);
  const attack = `(send, listen) => {
    listen(({ value }) => send({ type: 'loaded', error: 'stolen: ' + value }));
    for (const [call, params] of [['get', { key: 'k' }], ['entries', null]]) send({ type: 'call', id: 1e6, call, params });
  }`;
  await breakIn('globalThis.isTarget === true', attack);
  expect((await loading).outcome).toBe('OperationError: The shared storage worklet ended before its module was loaded.');
});

const JUNK: readonly [string, string][] = [
  ['nothing', 'null'],
  ['text', `'text'`],
  ['a message of a kind that there is not', `{ type: 'nothing' }`],
  ['an end of something that is no operation', `{ type: 'finished', runId: {} }`],
  ['an error that is none', `{ type: 'loaded', error: {} }`],
  ['a call that there is not', `{ type: 'call', id: 1e6, call: 'constructor', params: {} }`],
  ['a call that is none', `{ type: 'call', id: 1e6, call: {}, params: {} }`],
  ['a call that names another origin', `{ type: 'call', id: 1e6, call: 'entries', params: { dataOrigin: victim } }`],
  ['a call with a key of another origin', `{ type: 'call', id: 1e6, call: 'get', params: { key: [victim, 'k'] } }`],
  ['a call without a key', `{ type: 'call', id: 1e6, call: 'get', params: null }`],
  [
    'a message that nobody else can read',
    `{ type: 'call', id: 1e6, call: 'get', params: { key: new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])) } }`,
  ],
];

test('a realm that was broken into gets the data of no other origin, and harms no other worklet; what our script does not send ends it', async () => {
  await unharmed(async () => {
    const victim = JSON.stringify(lab.origin('bystander'));
    for (const [what, junk] of JUNK) {
      const { page } = await withModule(
        'broken',
        `globalThis.isBroken = ${JSON.stringify(what)}; register('nothing', class { run() {} });`,
      );
      await page.evaluate(`sharedStorage.set('own', 'data')`);
      const answers = await breakIn(
        `globalThis.isBroken === ${JSON.stringify(what)}`,
        `async (send, listen) => {
          const victim = ${victim};
          const answers = [];
          let heard;
          listen((answer) => { answers.push(answer.error ?? answer.value); heard?.(); });
          const ask = (params) => send({ type: 'call', id: 1e6 + 1, call: 'get', params });
          const first = new Promise((resolve) => (heard = resolve));
          ask({ key: 'own', dataOrigin: victim, origin: victim });
          await first;
          send(${junk});
          ask({ key: 'own' });
          return answers;
        }`,
      );
      expect([what, answers]).toEqual([what, ['data']]);
      // It has ended, with all it had registered.
      await page.evaluate(`sharedStorage.run('nothing', { keepAlive: true })`);
      await until(() => page.console.find(({ args }) => args[0] === 'Cannot find operation name.'));
      await page.close();
    }
  });
});

test('poison in every prototype gets hold of nothing, and harms nobody else', async () => {
  await unharmed(async () => {
    const { page } = await withModule('poison', '/poison-prototypes.js');
    await run(page, 'use the API');
    expect(await logged(page, 'poisoned:')).toEqual({ value: 'here', loot: '' });
  });
});

test('an endless loop in a worklet holds up nobody else', async () => {
  await unharmed(async () => {
    const { page } = await withModule('endless', `register('attack', class { run() { for (;;); } });`);
    await run(page, 'attack');
    await page.evaluate(`sharedStorage.set('the page', 'works')`);
    // Another worklet of the same origin.
    expect(await lab.stored('endless')).toEqual({ 'the page': 'works' });
  });
});

test.each([
  ['20,000 reads at once', `for (let i = 0; i < 20000; i++) sharedStorage.get('k');`],
  ['recursion without end', `const deeper = () => deeper() + 1; try { deeper(); } catch {}`],
  ['300,000 messages to the console', `for (let i = 0; i < 300000; i++) console.log('line', i);`],
  ['300,000 messages by other methods of the console', `for (let i = 0; i < 150000; i++) { console.dir(i); console.table([i]); }`],
  ['200,000 unhandled rejections', `for (let i = 0; i < 4; i++) { for (let j = 0; j < 50000; j++) Promise.reject(i); await 0; }`],
  ['300,000 streams that fail', `for (let i = 0; i < 300000; i++) new ReadableStream({ async start() { throw i; } }).getReader();`],
  ['huge messages to the console', `const text = 'x'.repeat(2 ** 28); for (let i = 0; i < 40; i++) console.log(text, i);`],
  ['huge objects in the console', `for (let i = 0; i < 40; i++) console.log({ huge: new Uint8Array(2 ** 27) });`],
  [
    'huge data to digest',
    `const data = new Uint8Array(2 ** 28); for (let i = 0; i < 40; i++) crypto.subtle.digest('SHA-256', data).catch(() => {});`,
  ],
  [
    'endless key derivation',
    `const key = await crypto.subtle.importKey('raw', new Uint8Array(16), 'PBKDF2', false, ['deriveBits']);
    const algorithm = { name: 'PBKDF2', hash: 'SHA-512', salt: new Uint8Array(16), iterations: 2 ** 32 - 1 };
    for (let i = 0; i < 40; i++) crypto.subtle.deriveBits(algorithm, key, 512);`,
  ],
  [
    'huge values',
    `for (let i = 0; i < 100; i++) sharedStorage.set('huge', 'x'.repeat(2621440));
    await sharedStorage.delete('huge');
    await sharedStorage.set('too long', 'x'.repeat(2 ** 28)).catch(() => {});`,
  ],
])('%s in a worklet: nobody else is harmed', async (_what, code) => {
  await unharmed(async () => {
    const site = `attack-${++modules}`;
    const { page } = await withModule(
      site,
      `register('attack', class { async run() { ${code}; await sharedStorage.set('done', 'yes'); } });`,
    );
    await run(page, 'attack');
    await until(async () => (await lab.stored(site)).done === 'yes', MUCH_LONGER);
    await page.close();
  });
});

test('calls beyond what may wait are refused, and those before them are answered', async () => {
  const { page } = await withModule(
    'backlog',
    `register('attack', class {
      async run() {
        const refused = [];
        let answered = 0;
        const calls = Array.from({ length: 110_000 }, () => sharedStorage.remainingBudget().then(() => answered++, (error) => refused.push(String(error))));
        await Promise.all(calls);
        console.log('counted:', JSON.stringify([answered, refused.length, refused[0]]));
      }
    });`,
  );
  await run(page, 'attack');
  const message = 'OperationError: Too many calls of this shared storage worklet are waiting.';
  const line = await until(() => page.console.find(({ args }) => args[1] === 'counted:'), MUCH_LONGER);
  expect(JSON.parse(String(line.args[2]))).toEqual([100_064, 9_936, message]);
  await page.close();
});

test('a module that fails gets at nothing stored before its page has been told', async () => {
  const source = `
    const outcomes = [];
    const ask = async () => sharedStorage.length().then(() => outcomes.push('allowed'));
    const asked = ask().catch(({ name }) => outcomes.push(name));
    register('tell', class { async run() { await asked; await ask(); console.log('at last:', JSON.stringify(outcomes)); } });
    throw new Error('on purpose');`;
  const { page, outcome } = await withModule('failed', source);
  expect(outcome).toContain('on purpose');
  await run(page, 'tell');
  expect(await logged(page, 'at last:')).toEqual(['NotAllowedError', 'allowed']);
});

test('a worklet whose module takes more than ten seconds to load lives on', async () => {
  const source = `for (const begun = Date.now(); Date.now() - begun < 11_500; );
    register('say', class { run() { console.log('alive:', '1'); } });`;
  const { page, outcome } = await withModule('slow', source);
  expect(outcome).toBe('loaded');
  await run(page, 'say');
  expect(await logged(page, 'alive:')).toBe(1);
});

test('what a worklet logs is shown, not run, in the page', async () => {
  const { page } = await withModule(
    'logging',
    `register('%c %s %o', class {
      run() {
        const code = 'globalThis.ran = true';
        console.log('text:', code, '<img src=x onerror="' + code + '">', '%c', { toString: () => code, then: code, toJSON: code }, () => {}, Symbol(code));
        console.log({ get getter() { return code; }, __proto__: null, ['__proto__']: { ran: true } });
        console.table([{ code }]);
        console.error(Object.assign(new Error(code), { stack: code }));
      }
    });`,
  );
  await run(page, '%c %s %o');
  await until(() => page.console.filter(({ level }) => level === 'error').length > 0);
  expect(await page.evaluate('[globalThis.ran, ({}).ran]')).toEqual([null, null]);
  // Format specifiers count in the first argument only; here that has the name, which is the page's own.
  expect(page.console.filter(({ args }) => String(args[0]).replaceAll('%%', '').includes('%'))).toEqual([]);
});

test('after a crash while nothing ran, the next worklet works', async () => {
  await lab.stored('crash');
  const frame = await lab.browser.attach(({ url }) => String(url).includes('/src/worklet/frame.html'));
  let crashed = false;
  frame.on('Inspector.targetCrashed', () => {
    crashed = true;
  });
  await frame.send('Inspector.enable');
  frame.send('Page.crash').catch(() => undefined);
  await until(() => crashed);
  const page = await lab.page('crash');
  await page.evaluate(`sharedStorage.set('after', 'the crash')`);
  expect(await lab.stored('crash')).toEqual({ after: 'the crash' });
});
