// Describes the window's interface objects, and how calls end, as plain JSON: for our implementation and for a native one.
// Loaded after describe.js, as a classic script: defines describeWindow().

const INTERFACES = [
  'SharedStorage',
  'SharedStorageWorklet',
  'SharedStorageModifierMethod',
  'SharedStorageSetMethod',
  'SharedStorageAppendMethod',
  'SharedStorageDeleteMethod',
  'SharedStorageClearMethod',
];

const method = new SharedStorageSetMethod('k', 'v');
const url = { url: '/' };

/** What the expressions below are made with. */
const given = {
  method,
  locked: new SharedStorageSetMethod('k', 'v', { withLock: 'l' }),
  url,
  keep: { keepAlive: true },
  /** URLs of which the second has this. */
  withMetadata: (reportingMetadata) => [url, { url: '/', reportingMetadata }],
  iterable: (result) => ({ [Symbol.iterator]: () => result }),
  detached: detachedFrame(),
};

const SETTERS = `
  sharedStorage.set()
  sharedStorage.set('k')
  sharedStorage.set('k', 'v')
  sharedStorage.set(undefined, undefined)
  sharedStorage.set('k', '')
  sharedStorage.set('', 'v')
  sharedStorage.set(TOO_LONG, 'v')
  sharedStorage.set('k', TOO_LONG)
  sharedStorage.set('k', 'v', null)
  sharedStorage.set('k', 'v', true)
  sharedStorage.set('k', 'v', 'string')
  sharedStorage.set('k', 'v', symbol)
  sharedStorage.set('k', 'v', () => {})
  sharedStorage.set('k', 'v', [])
  sharedStorage.set('k', 'v', { ignoreIfPresent: symbol })
  sharedStorage.set('k', 'v', { withLock: undefined })
  sharedStorage.set('k', 'v', { withLock: null })
  sharedStorage.set('k', 'v', { withLock: '' })
  sharedStorage.set('k', 'v', { withLock: symbol })
  sharedStorage.set('k', 'v', { withLock: throwing })
  sharedStorage.set('k', 'v', { withLock: '-reserved' })
  sharedStorage.set('', 'v', { withLock: '-reserved' })
  sharedStorage.set('', TOO_LONG)
  sharedStorage.set(symbol, 'v')
  sharedStorage.set('k', symbol)
  sharedStorage.set('k', 10n)
  sharedStorage.set(throwing, 'v')
  sharedStorage.set('k', throwing)
  sharedStorage.set('k', 'v', trap('ignoreIfPresent'))
  sharedStorage.set('k', 'v', trap('withLock'))
  sharedStorage.set('k', Object.create(null))
  sharedStorage.set('\\ud800', '\\udfff')
  sharedStorage.append()
  sharedStorage.append('k')
  sharedStorage.append('k', 'v')
  sharedStorage.append('', 'v')
  sharedStorage.append(TOO_LONG, 'v')
  sharedStorage.append('k', TOO_LONG)
  sharedStorage.append('k', 'v', 5)
  sharedStorage.append('k', 'v', { withLock: '-reserved' })
  sharedStorage.append('k', symbol)
  sharedStorage.delete()
  sharedStorage.delete('k')
  sharedStorage.delete('')
  sharedStorage.delete(TOO_LONG)
  sharedStorage.delete('k', 5)
  sharedStorage.delete('k', { withLock: '-reserved' })
  sharedStorage.delete(symbol)
  sharedStorage.clear()
  sharedStorage.clear(5)
  sharedStorage.clear(null)
  sharedStorage.clear({ withLock: '-reserved' })
  sharedStorage.clear({ withLock: symbol })
  new SharedStorageSetMethod()
  new SharedStorageSetMethod('k')
  new SharedStorageSetMethod('k', 'v')
  new SharedStorageSetMethod('', 'v')
  new SharedStorageSetMethod(TOO_LONG, 'v')
  new SharedStorageSetMethod('k', TOO_LONG)
  new SharedStorageSetMethod('k', 'v', 5)
  new SharedStorageSetMethod('k', 'v', { withLock: '-reserved' })
  new SharedStorageSetMethod(symbol, 'v')
  new SharedStorageSetMethod(throwing, 'v')
  new SharedStorageSetMethod('k', 'v', trap('ignoreIfPresent'))
  SharedStorageSetMethod('k', 'v')
  SharedStorageSetMethod()
  new SharedStorageAppendMethod()
  new SharedStorageAppendMethod('k', 'v')
  new SharedStorageAppendMethod('', 'v')
  new SharedStorageAppendMethod('k', 'v', 5)
  new SharedStorageDeleteMethod()
  new SharedStorageDeleteMethod('k')
  new SharedStorageDeleteMethod('')
  new SharedStorageDeleteMethod('k', 5)
  new SharedStorageClearMethod()
  new SharedStorageClearMethod(5)
  new SharedStorageClearMethod({ withLock: '-reserved' })
  new SharedStorageModifierMethod()
  SharedStorageModifierMethod()
  new (class extends SharedStorageClearMethod {})()
  sharedStorage.batchUpdate([new (class extends SharedStorageClearMethod {})()])
  Reflect.construct(SharedStorageClearMethod, [], SharedStorageSetMethod)
  sharedStorage.batchUpdate()
  sharedStorage.batchUpdate([])
  sharedStorage.batchUpdate([method])
  sharedStorage.batchUpdate([method, method])
  sharedStorage.batchUpdate([locked])
  sharedStorage.batchUpdate([method, locked])
  sharedStorage.batchUpdate([method], { withLock: 'l' })
  sharedStorage.batchUpdate([locked], { withLock: '-reserved' })
  sharedStorage.batchUpdate([method], { withLock: '-reserved' })
  sharedStorage.batchUpdate([], { withLock: '-reserved' })
  sharedStorage.batchUpdate([method], 5)
  sharedStorage.batchUpdate([method], { withLock: symbol })
  sharedStorage.batchUpdate(5)
  sharedStorage.batchUpdate(null)
  sharedStorage.batchUpdate('string')
  sharedStorage.batchUpdate({})
  sharedStorage.batchUpdate([5])
  sharedStorage.batchUpdate([null])
  sharedStorage.batchUpdate([{}])
  sharedStorage.batchUpdate([method, 5], 5)
  sharedStorage.batchUpdate(new Set([method]))
  sharedStorage.batchUpdate(iterable(1))
  sharedStorage.batchUpdate([Object.create(SharedStorageSetMethod.prototype)])
`;

const BRANDS = `
  new SharedStorage()
  SharedStorage()
  new SharedStorageWorklet()
  SharedStorageWorklet()
  SharedStorage.prototype.set.call({}, 'k', 'v')
  SharedStorage.prototype.set.call({})
  SharedStorage.prototype.set.call(undefined, 'k', 'v')
  SharedStorage.prototype.clear.call(sharedStorage.worklet)
  SharedStorage.prototype.batchUpdate.call({}, [])
  SharedStorage.prototype.run.call({})
  SharedStorage.prototype.selectURL.call({})
  SharedStorage.prototype.createWorklet.call({})
  SharedStorage.prototype.worklet
  Object.getOwnPropertyDescriptor(SharedStorage.prototype, 'worklet').get.call({})
  Object.getOwnPropertyDescriptor(globalThis, 'sharedStorage').get.call({})
  Object.getOwnPropertyDescriptor(globalThis, 'sharedStorage').get.call(undefined)
  Object.getOwnPropertyDescriptor(globalThis, 'sharedStorage').get.call(null) === sharedStorage
  SharedStorageWorklet.prototype.addModule.call({}, '/x.js')
  SharedStorageWorklet.prototype.addModule.call({})
  SharedStorageWorklet.prototype.run.call(sharedStorage)
  SharedStorageWorklet.prototype.selectURL.call({})
  new sharedStorage.set('k', 'v')
  String(sharedStorage)
  String(sharedStorage.worklet)
  String(method)
  JSON.stringify([sharedStorage, sharedStorage.worklet, method])
  Object.keys(sharedStorage).length
  (() => { const names = []; for (const name in sharedStorage) names.push(name); return names.filter((name) => name !== 'get'); })()
  (() => { const names = []; for (const name in sharedStorage.worklet) names.push(name); return names; })()
  sharedStorage === sharedStorage && sharedStorage.worklet === sharedStorage.worklet
  sharedStorage instanceof SharedStorage && sharedStorage.worklet instanceof SharedStorageWorklet
  method instanceof SharedStorageSetMethod && method instanceof SharedStorageModifierMethod
  (() => { 'use strict'; globalThis.sharedStorage = 5; })()
  (() => { sharedStorage.worklet = 5; return sharedStorage.worklet; })()
`;

/** How each of them fails to be cloned; the text after the colon is the browser's own. */
const CLONES = `
  structuredClone(sharedStorage)
  structuredClone(sharedStorage.worklet)
  structuredClone(method)
  structuredClone({ inside: [sharedStorage] })
  postMessage(sharedStorage, '*')
  history.replaceState(sharedStorage, '')
  history.pushState({ inside: method }, '')
  new MessageChannel().port1.postMessage(sharedStorage.worklet)
  new BroadcastChannel('facts').postMessage(sharedStorage)
`;

const CALLS_OF_WORKLETS = `
  sharedStorage.run()
  sharedStorage.run('name', keep)
  sharedStorage.run(symbol)
  sharedStorage.run(throwing)
  sharedStorage.run('name', 5)
  sharedStorage.run('name', 'string')
  sharedStorage.run('name', { data: 5, keepAlive: true })
  sharedStorage.run('name', { data: null, keepAlive: true })
  sharedStorage.run('name', { data: undefined, keepAlive: true })
  sharedStorage.run('name', { data: () => {}, keepAlive: true })
  sharedStorage.run('name', { data: { f: () => {} }, keepAlive: true })
  sharedStorage.run('name', { data: { s: symbol }, keepAlive: true })
  sharedStorage.run('name', { data: { window }, keepAlive: true })
  sharedStorage.run('name', { data: trap('inside'), keepAlive: true })
  sharedStorage.run('name', { data: Object.defineProperty({}, 'inside', { get: () => { throw 'thrown'; }, enumerable: true }), keepAlive: true })
  sharedStorage.run('name', trap('data'))
  sharedStorage.run('name', trap('keepAlive'))
  sharedStorage.run('name', trap('savedQuery'))
  sharedStorage.run('name', trap('resolveToConfig'))
  sharedStorage.run('name', { savedQuery: symbol, keepAlive: true })
  sharedStorage.run('name', { savedQuery: 5, keepAlive: true })
  sharedStorage.run('name', { privateAggregationConfig: null, keepAlive: true })
  sharedStorage.run('name', { privateAggregationConfig: 5, keepAlive: true })
  sharedStorage.worklet.run()
  sharedStorage.worklet.run('name', 5)
  sharedStorage.worklet.run('name', { data: { f: () => {} }, keepAlive: true })
  sharedStorage.selectURL()
  sharedStorage.selectURL('name')
  sharedStorage.selectURL(symbol, [url])
  sharedStorage.selectURL('name', 5)
  sharedStorage.selectURL('name', null)
  sharedStorage.selectURL('name', 'string')
  sharedStorage.selectURL('name', {})
  sharedStorage.selectURL('name', { [Symbol.iterator]: 1 })
  sharedStorage.selectURL('name', { [Symbol.iterator]: null })
  sharedStorage.selectURL('name', iterable(1))
  sharedStorage.selectURL('name', iterable({ next: 1 }))
  sharedStorage.selectURL('name', iterable({ next: () => 1 }))
  sharedStorage.selectURL('name', iterable(trap('next')))
  sharedStorage.selectURL('name', trap(Symbol.iterator))
  sharedStorage.selectURL('name', [5])
  sharedStorage.selectURL('name', [null])
  sharedStorage.selectURL('name', [undefined])
  sharedStorage.selectURL('name', ['string'])
  sharedStorage.selectURL('name', [{}])
  sharedStorage.selectURL('name', [{ url: undefined }])
  sharedStorage.selectURL('name', [{ url: symbol }])
  sharedStorage.selectURL('name', [trap('url')])
  sharedStorage.selectURL('name', [{ url: '/', reportingMetadata: 5 }])
  sharedStorage.selectURL('name', [url], 5)
  sharedStorage.selectURL('name', [url], { data: 5 })
  sharedStorage.selectURL('name', withMetadata(5), keep)
  sharedStorage.selectURL('name', withMetadata(null), keep)
  sharedStorage.worklet.selectURL()
  sharedStorage.worklet.selectURL('name', [5])
  sharedStorage.selectURL('name', [], keep)
  sharedStorage.selectURL('name', Array(9).fill(url), keep)
  sharedStorage.selectURL('name', Array(8).fill(url), keep)
  sharedStorage.selectURL('name', [url, { url: 'https://#' }], keep)
  sharedStorage.selectURL('name', [{ url: '' }], keep)
  sharedStorage.selectURL('name', ['data:text/html,x', 'javascript:1', 'about:blank', 'ftp://a/'].map((url) => ({ url })), keep)
  sharedStorage.selectURL('name', withMetadata(undefined), keep)
  sharedStorage.selectURL('name', withMetadata({}), keep)
  sharedStorage.selectURL('name', withMetadata({ click: 'https://a.example/', 'reserved.top_navigation': 'https://a.example/', '': 'https://a.example/' }), keep)
  sharedStorage.selectURL('name', withMetadata({ click: 'http://a.example/' }), keep)
  sharedStorage.selectURL('name', withMetadata({ click: 'https://#' }), keep)
  sharedStorage.selectURL('name', withMetadata({ click: 'relative' }), keep)
  sharedStorage.selectURL('name', withMetadata({ click: 5 }), keep)
  sharedStorage.selectURL('name', withMetadata({ click: null }), keep)
  sharedStorage.selectURL('name', withMetadata({ click: { toString: () => 'https://a.example/' } }), keep)
  sharedStorage.selectURL('name', withMetadata({ 5: 'https://a.example/' }), keep)
  sharedStorage.selectURL('name', withMetadata(['https://a.example/']), keep)
  sharedStorage.selectURL('name', withMetadata({ [symbol]: 'https://#' }), keep)
  sharedStorage.selectURL('name', withMetadata(Object.create({ click: 'https://#' })), keep)
  sharedStorage.selectURL('name', withMetadata(Object.defineProperty({}, 'click', { value: 'https://#' })), keep)
  sharedStorage.selectURL('name', withMetadata(() => 1), keep)
  sharedStorage.selectURL('name', withMetadata(new Map([['click', 'https://#']])), keep)
  sharedStorage.selectURL('name', withMetadata(trap('inside')), keep)
  sharedStorage.selectURL('name', [{ url: '/', reportingMetadata: { click: 5 } }, { url: 'https://#' }], keep)
  sharedStorage.selectURL('name', [url], { data: { f: String }, keepAlive: true })
  sharedStorage.selectURL('name', [{ url: 'https://#' }], { data: { f: String }, keepAlive: true })
  sharedStorage.selectURL('name', [url], { resolveToConfig: true, keepAlive: true })
  sharedStorage.selectURL('name', [url], { savedQuery: symbol, keepAlive: true })
  sharedStorage.selectURL('name', [url], { privateAggregationConfig: 5, keepAlive: true })
  sharedStorage.selectURL('unknown', [url], keep)
  sharedStorage.createWorklet()
  sharedStorage.createWorklet('https://')
  sharedStorage.createWorklet('data:text/javascript,1')
  sharedStorage.createWorklet('blob:null/x')
  sharedStorage.createWorklet('/blank.html')
  sharedStorage.createWorklet('/nowhere.js')
  sharedStorage.createWorklet(symbol)
  sharedStorage.createWorklet('/nothing.js', 5)
  sharedStorage.createWorklet('/nothing.js', null)
  sharedStorage.createWorklet('/nothing.js', { credentials: 'x' })
  sharedStorage.createWorklet('/nothing.js', { dataOrigin: 'x' })
  sharedStorage.createWorklet('/nothing.js', { dataOrigin: 'https://' })
  sharedStorage.createWorklet('/nothing.js', { dataOrigin: '' })
  sharedStorage.createWorklet('/nothing.js', { dataOrigin: symbol })
  sharedStorage.createWorklet('/nothing.js', { dataOrigin: 'data:,' })
  sharedStorage.createWorklet('/nothing.js', { dataOrigin: 'context-origin' })
  sharedStorage.createWorklet('/nothing.js', { dataOrigin: 'script-origin' })
  sharedStorage.createWorklet('/nothing.js', { dataOrigin: location.origin })
  sharedStorage.createWorklet('/nothing.js', { dataOrigin: location.origin + '/path' })
  sharedStorage.createWorklet('/nothing.js', { credentials: 'omit', dataOrigin: 'CONTEXT-ORIGIN' })
  sharedStorage.createWorklet('/nothing.js', trap('credentials'))
  sharedStorage.createWorklet('/nothing.js', trap('dataOrigin'))
  sharedStorage.createWorklet('/throws.js')
  sharedStorage.createWorklet('/nothing.js').then((worklet) => worklet.addModule('/nothing.js'))
  sharedStorage.createWorklet('/nothing.js').then((worklet) => worklet.run())
  sharedStorage.createWorklet('/nothing.js').then((worklet) => worklet.run('name', 5))
  sharedStorage.createWorklet('/nothing.js').then((worklet) => worklet.run('name').then(() => worklet.run('name')))
  sharedStorage.createWorklet('/nothing.js').then((worklet) => worklet.selectURL('name', []))
  sharedStorage.createWorklet('/nothing.js').then((worklet) => worklet.selectURL('name', [url]).then(() => worklet.selectURL('name', [])))
  sharedStorage.worklet.addModule()
  sharedStorage.worklet.addModule(symbol)
  sharedStorage.worklet.addModule(throwing)
  sharedStorage.worklet.addModule('https://')
  sharedStorage.worklet.addModule('/x.js', 5)
  sharedStorage.worklet.addModule('/x.js', { credentials: 'x' })
  sharedStorage.worklet.addModule('/x.js', { credentials: symbol })
  sharedStorage.worklet.addModule('/x.js', trap('credentials'))
  sharedStorage.worklet.addModule('https://', { credentials: 'x' })
`;

const AT_LAST = `
  sharedStorage.worklet.addModule('/nothing.js')
  sharedStorage.worklet.addModule('https://')
  sharedStorage.selectURL('name', [url])
  sharedStorage.selectURL('name', [url], keep)
  sharedStorage.selectURL('name', [])
  sharedStorage.selectURL('name', [url], { data: { f: String }, keepAlive: true })
  sharedStorage.run('name')
  sharedStorage.run('name', { data: { f: String } })
  sharedStorage.run('name', 5)
  sharedStorage.worklet.run('name')
  sharedStorage.worklet.selectURL('name', [url])
`;

/** In a frame that has been removed. */
const DETACHED = `
  detached.storage.set('k', 'v')
  detached.storage.set('', 'v')
  detached.storage.set()
  detached.storage.append('k', 'v')
  detached.storage.delete('k')
  detached.storage.clear()
  detached.storage.batchUpdate([])
  detached.storage.run('name')
  detached.storage.selectURL('name', [])
  detached.storage.selectURL('name', 5)
  detached.storage.createWorklet('/nothing.js')
  detached.storage.createWorklet('https://')
  detached.storage.worklet.addModule('/x.js')
  detached.storage.worklet.addModule('https://')
  detached.storage.run('name', { data: { f: String } })
  detached.storage.selectURL('name', [], { data: { f: String } })
  new detached.Method('k', 'v')
  new detached.Method('', 'v')
  detached.window.sharedStorage
`;

const ORDER = {
  set: (text, bag) => sharedStorage.set(text('key'), text('value'), bag('options', {})),
  append: (text, bag) => sharedStorage.append(text('key'), text('value'), bag('options', {})),
  delete: (text, bag) => sharedStorage.delete(text('key'), bag('options', {})),
  clear: (_text, bag) => sharedStorage.clear(bag('options', {})),
  batchUpdate: (_text, bag) => sharedStorage.batchUpdate(bag('methods', []), bag('options', {})),
  'new SharedStorageSetMethod': (text, bag) => void new SharedStorageSetMethod(text('key'), text('value'), bag('options', {})),
  run: (text, bag) => sharedStorage.run(text('name'), bag('options', {})),
  selectURL: (text, bag) => sharedStorage.selectURL(text('name'), [bag('url', { url: text('url to string') })], bag('options', {})),
  createWorklet: (text, bag) => sharedStorage.createWorklet(text('https://'), bag('options', {})),
  addModule: (text, bag) => sharedStorage.worklet.addModule(text('https://'), bag('options', {})),
};

function detachedFrame() {
  const frame = document.body.appendChild(document.createElement('iframe'));
  const { contentWindow: window } = frame;
  const { sharedStorage: storage, SharedStorageSetMethod: Method } = window;
  frame.remove();
  return { window, storage, Method };
}

globalThis.describeWindow = async function describeWindow() {
  const interfaces = Object.fromEntries(INTERFACES.map((name) => [name, describeInterface(name)]));
  const attribute = describeProperty(globalThis, 'sharedStorage');
  const order = {};
  for (const [name, call] of Object.entries(ORDER)) order[name] = await orderOf(call);
  const calls = await describeCalls(SETTERS + BRANDS + DETACHED, given);
  const clones = {};
  for (const [call, outcome] of Object.entries(await describeCalls(CLONES, given))) clones[call] = outcome.replace(/': .*/, "'");
  const beforeAddModule = await describeCalls(CALLS_OF_WORKLETS, given);
  await sharedStorage.worklet.addModule('/nothing.js');
  const afterAddModule = await describeCalls(CALLS_OF_WORKLETS, given);
  const atLast = await describeCalls(AT_LAST, given);
  return { interfaces, attribute, order, calls, clones, beforeAddModule, afterAddModule, atLast };
};
