// Pages of the victim that replace what the API's script could call. Their worklet has read the canary, and every answer comes by their realm.

import { USE_EVERYTHING } from '../use-everything.mjs';

/** Replaces members, and reports what their replacements are called with. */
const SPY = `
  let reports = 0;
  let busy = false;
  globalThis.tell = (...values) => {
    if (busy || ++reports > 300) return;
    busy = true;
    kit.got(...values);
    busy = false;
  };
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;
  const wrap = (name, f) =>
    new Proxy(f, {
      apply(target, self, args) { const result = apply(target, self, args); tell(name, self, args, result); return result; },
      construct(target, args, newTarget) { const result = construct(target, args, newTarget); tell(name, args, result); return result; },
    });
  globalThis.spy = (object, ...names) => {
    for (const name of names.length ? names : ownKeys(object)) {
      const { get, set, value, configurable } = getOwnPropertyDescriptor(object, name) ?? {};
      if (!configurable || name === 'constructor') continue;
      const replaced = { __proto__: null, ...(get && { get: wrap(String(name), get) }), ...(set && { set: wrap(String(name), set) }), configurable: true };
      if (typeof value === 'function') defineProperty(object, name, { __proto__: null, value: wrap(String(name), value), writable: true, configurable: true });
      else if (get || set) defineProperty(object, name, replaced);
    }
  };
  globalThis.trapMembers = (object, ...names) => {
    for (const name of names)
      defineProperty(object, name, {
        __proto__: null,
        configurable: true,
        get() { tell('get ' + String(name), this); return undefined; },
        set(value) { tell('set ' + String(name), this, value); defineProperty(this, name, { __proto__: null, value, writable: true, configurable: true, enumerable: true }); },
      });
  };`;

/** @param {string} patch */
const patching = (patch) => `<script>{${SPY}\n${patch}}</script>`;

/** @type {[name: string, what: string, patch: string][]} */
const PATCHES = [
  ['promise', 'Promise, its methods and then()', `spy(Promise); spy(Promise.prototype); globalThis.Promise = new Proxy(Promise, {});`],
  ['array', 'every method of arrays, and their iterators', `spy(Array.prototype); spy(Object.getPrototypeOf([][Symbol.iterator]()));`],
  ['array-index', 'setters of array indices', `trapMembers(Array.prototype, '0', '1', '2');`],
  [
    'object-members',
    'getters of what messages have as members',
    `trapMembers(Object.prototype, 'id', 'value', 'error', 'method', 'params', 'result', 'detail', 'data', 'entries', 'then', 'get', 'name', 'port', 'ports');`,
  ],
  [
    'object',
    'the functions of Object',
    `spy(Object); spy(Object.prototype, 'toString', 'valueOf', 'hasOwnProperty', '__proto__', '__defineGetter__');`,
  ],
  ['reflect', 'Reflect and Proxy', `spy(Reflect); globalThis.Proxy = class { constructor(...args) { tell('Proxy', args); } };`],
  ['function', 'call(), apply() and bind()', `spy(Function.prototype, 'call', 'apply', 'bind', 'toString');`],
  [
    'message-port',
    'ports, channels and messages',
    `spy(MessagePort.prototype); spy(MessageEvent.prototype); spy(globalThis, 'MessageChannel', 'BroadcastChannel', 'postMessage');`,
  ],
  ['event-target', 'event targets', `spy(EventTarget.prototype); spy(globalThis, 'EventTarget', 'dispatchEvent', 'addEventListener');`],
  [
    'events',
    'events and what they carry',
    `spy(Event.prototype); spy(CustomEvent.prototype); spy(FocusEvent.prototype); spy(UIEvent.prototype); spy(globalThis, 'CustomEvent', 'FocusEvent', 'Event');`,
  ],
  ['json', 'JSON and toJSON()', `spy(JSON); trapMembers(Object.prototype, 'toJSON'); trapMembers(String.prototype, 'toJSON');`],
  [
    'species',
    'Symbol.species, and constructors by it',
    `trapMembers(Object.prototype, Symbol.species, Symbol.toPrimitive, Symbol.isConcatSpreadable);
    Object.defineProperty(Promise, Symbol.species, { get() { tell('species', this); return Promise; } });
    Object.defineProperty(Promise.prototype, 'constructor', { get() { tell('constructor', this); return Promise; } });`,
  ],
  [
    'collections',
    'Map, Set, WeakMap, WeakSet and WeakRef',
    `for (const one of [Map, Set, WeakMap, WeakSet, WeakRef]) spy(one.prototype); spy(globalThis, 'Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef');`,
  ],
  [
    'text',
    'strings, numbers and expressions',
    `spy(String.prototype); spy(RegExp.prototype); spy(Number.prototype); spy(globalThis, 'String', 'Number');`,
  ],
  [
    'errors',
    'errors and their stacks',
    `Error.prepareStackTrace = (error, sites) => { tell('stack', error, sites.map((site) => [site.getThis(), site.getFunction(), site.getFileName()])); return 'stack'; };
    spy(Error, 'captureStackTrace'); spy(globalThis, 'Error', 'TypeError', 'DOMException'); spy(DOMException.prototype); Error.stackTraceLimit = 100;`,
  ],
  [
    'dom',
    'elements, shadow trees and their makers',
    `spy(Document.prototype, 'createElement', 'createElementNS', 'adoptNode', 'importNode'); spy(Element.prototype, 'attachShadow', 'setAttribute', 'getAttribute', 'shadowRoot', 'attachInternals');
    spy(Node.prototype, 'appendChild', 'insertBefore', 'getRootNode', 'contains'); spy(ShadowRoot.prototype); spy(HTMLElement.prototype, 'attachInternals');`,
  ],
  [
    'clones',
    'structuredClone(), buffers and views',
    `spy(globalThis, 'structuredClone', 'ArrayBuffer', 'Uint8Array', 'TextEncoder', 'TextDecoder'); spy(TextDecoder.prototype); spy(Object.getPrototypeOf(Uint8Array.prototype)); spy(ArrayBuffer.prototype);`,
  ],
  [
    'network',
    'fetch(), requests and URLs',
    `spy(globalThis, 'fetch', 'Request', 'Headers', 'URL', 'XMLHttpRequest'); spy(Request.prototype); spy(Response.prototype); spy(URL.prototype); spy(XMLHttpRequest.prototype);`,
  ],
  [
    'random',
    'sources of random names',
    `Math.random = () => 0.5; crypto.getRandomValues = (view) => { tell('random', view); return view.fill(7); }; spy(Crypto.prototype); Crypto.prototype.randomUUID = () => '00000000-0000-4000-8000-000000000000';`,
  ],
  [
    'timers',
    'timers, tasks and animation frames',
    `spy(globalThis, 'setTimeout', 'setInterval', 'queueMicrotask', 'requestAnimationFrame', 'requestIdleCallback'); if (globalThis.scheduler) spy(Scheduler.prototype);`,
  ],
  [
    'api',
    'the API itself',
    `spy(SharedStorage.prototype); spy(SharedStorageWorklet.prototype); spy(globalThis, 'sharedStorage', 'SharedStorageSetMethod', 'SharedStorageAppendMethod');`,
  ],
];

/** @type {import('../case.mjs').Attack[]} */
const before = PATCHES.map(([name, what, patch]) => ({
  name: `patched-${name}`,
  tries: `The page replaces ${what} before it uses the API, to hear of an answer.`,
  head: patching(patch),
  ...USE_EVERYTHING,
}));

const LATER = ['promise', 'object-members', 'event-target', 'events', 'message-port', 'errors', 'dom', 'api'];

/** @type {import('../case.mjs').Attack[]} */
const after = PATCHES.filter(([name]) => LATER.includes(name)).map(([name, what, patch]) => ({
  ...USE_EVERYTHING,
  name: `patched-later-${name}`,
  tries: `The page replaces ${what} once the channel to the extension is open and a worklet has the canary.`,
  head: patching(''),
  page: `${USE_EVERYTHING.page}\n${patch}\n${USE_EVERYTHING.again}`,
}));

/** @type {import('../case.mjs').Attack[]} */
export default [
  ...before,
  ...after,
  {
    name: 'page-reads',
    tries: 'A page of the victim asks for what is stored by every method that windows do or do not have.',
    page: `await kit.each({
      get: () => sharedStorage.get('canary'), entries: () => sharedStorage.entries(), keys: () => sharedStorage.keys(), values: () => sharedStorage.values(),
      length: () => sharedStorage.length(), iterate: () => sharedStorage[Symbol.asyncIterator](), all: () => sharedStorage, prototype: () => SharedStorage.prototype,
      budget: () => sharedStorage.remainingBudget(), json: () => JSON.stringify(sharedStorage), clone: () => structuredClone(sharedStorage),
    });`,
  },
];
