// Describes the worklet's global scope as plain JSON, in an operation named "describe", logged after the word "described".
// Comes after describe.js in one module.

const INTERFACES = [
  'SharedStorageWorkletGlobalScope',
  'SharedStorage',
  'SharedStorageModifierMethod',
  'SharedStorageSetMethod',
  'SharedStorageAppendMethod',
  'SharedStorageDeleteMethod',
  'SharedStorageClearMethod',
  'SharedStorageWorkletNavigator',
  'LockManager',
  'Lock',
  'Crypto',
  'SubtleCrypto',
  'CryptoKey',
];

class Runs {
  run() {}
}

/** What the expressions below are made with. */
const given = {
  Runs,
  withPrototype: (prototype) => Object.assign(() => {}, { prototype }),
  lockArguments: (options) => ['l', options, () => 'held'],
};

const DURING_ADD_MODULE = `
  sharedStorage
  globalThis.sharedStorage
  self.sharedStorage
  navigator
  navigator.locks
  typeof crypto.subtle
  new SharedStorageSetMethod('k', 'v')
  new SharedStorageClearMethod()
  SharedStorage.prototype.length.call({})
  register()
  register('one')
  register('one', 5)
  register('one', null)
  register('one', {})
  register('', Runs)
  register('', 5)
  register(symbol, Runs)
  register(throwing, Runs)
  register('arrow', () => {})
  register('async arrow', async () => {})
  register('method', { method() {} }.method)
  register('generator', function* () {})
  register('bound', Runs.bind())
  register('no run', class {})
  register('static run', class { static run() {} })
  register('run is 5', withPrototype({ run: 5 }))
  register('run is null', withPrototype({ run: null }))
  register('run is undefined', withPrototype({ run: undefined }))
  register('prototype is null', withPrototype(null))
  register('prototype is 5', withPrototype(5))
  register('prototype is a function', withPrototype(Object.assign(() => {}, { run() {} })))
  register('run throws', withPrototype(trap('run')))
  register('throwing prototype', new Proxy(Runs, { get: () => { throw new RangeError('from the trap'); } }))
  register('inherited', class extends Runs {})
  register(5, Runs)
  register(5, Runs)
  register(null, Runs)
  register({ toString: () => 'object' }, Runs)
  register('more', Runs, 1, 2)
  register.call(undefined, 'on undefined', Runs)
  register.call(globalThis, 'on the global', Runs)
  register.call({}, 'on another object', Runs)
  register.call({})
  new register('new', Runs)
  addModule
`;

const IN_AN_OPERATION = `
  register('late', Runs)
  register('late', Runs)
  sharedStorage === sharedStorage && navigator === navigator && navigator.locks === navigator.locks && crypto === crypto
  String(globalThis)
  String(sharedStorage)
  String(navigator)
  String(navigator.locks)
  String(crypto)
  globalThis instanceof SharedStorageWorkletGlobalScope
  sharedStorage instanceof SharedStorage
  navigator instanceof SharedStorageWorkletNavigator
  JSON.stringify([sharedStorage, navigator, navigator.locks])
  typeof self
  self === globalThis
  new SharedStorageWorkletGlobalScope()
  new SharedStorage()
  SharedStorage()
  new SharedStorageWorkletNavigator()
  new LockManager()
  new Lock()
  new Crypto()
  new SubtleCrypto()
  new CryptoKey()
  sharedStorage.get()
  sharedStorage.get('missing')
  sharedStorage.get('')
  sharedStorage.get(TOO_LONG)
  sharedStorage.get(symbol)
  sharedStorage.get(throwing)
  sharedStorage.get(5)
  sharedStorage.set()
  sharedStorage.set('', 'v')
  sharedStorage.set(TOO_LONG, 'v')
  sharedStorage.set('k', TOO_LONG)
  sharedStorage.set('k', 'v', 5)
  sharedStorage.set('k', 'v', { withLock: '-reserved' })
  sharedStorage.set(symbol, 'v')
  sharedStorage.clear()
  sharedStorage.set('k', 'v')
  sharedStorage.get('k')
  sharedStorage.append('k', 'w')
  sharedStorage.get('k')
  sharedStorage.length()
  sharedStorage.delete('k')
  sharedStorage.delete('k')
  sharedStorage.delete('')
  sharedStorage.length()
  sharedStorage.remainingBudget()
  sharedStorage.context
  sharedStorage.batchUpdate()
  sharedStorage.batchUpdate(5)
  sharedStorage.batchUpdate([5])
  sharedStorage.batchUpdate([])
  sharedStorage.batchUpdate([new SharedStorageSetMethod('k', 'v', { withLock: 'l' })])
  sharedStorage.batchUpdate([new SharedStorageSetMethod('k', 'v')], { withLock: '-reserved' })
  sharedStorage.batchUpdate([new SharedStorageSetMethod('k', 'v')], { withLock: 'l' })
  new SharedStorageSetMethod()
  new SharedStorageSetMethod('', 'v')
  new SharedStorageSetMethod('k', 'v', { withLock: '-reserved' })
  SharedStorageSetMethod('k', 'v')
  new SharedStorageModifierMethod()
  sharedStorage.run
  sharedStorage.worklet
  SharedStorage.prototype.get.call({}, 'k')
  SharedStorage.prototype.get.call({})
  SharedStorage.prototype.set.call({}, 'k', 'v')
  SharedStorage.prototype.length.call({})
  SharedStorage.prototype.remainingBudget.call({})
  SharedStorage.prototype.keys.call({})
  SharedStorage.prototype.values.call(undefined)
  SharedStorage.prototype[Symbol.asyncIterator].call({})
  SharedStorage.prototype.context
  SharedStorage.prototype[Symbol.asyncIterator] === SharedStorage.prototype.entries
  Object.getPrototypeOf(sharedStorage.keys()).next.call({})
  sharedStorage.keys().next()
  sharedStorage.keys().return
  sharedStorage.keys().throw
  (async () => { const found = []; for await (const entry of sharedStorage) found.push(entry); return JSON.stringify(found); })()
  (async () => { const found = []; for await (const key of sharedStorage.keys()) found.push(key); return JSON.stringify(found); })()
  (async () => { const found = []; for await (const value of sharedStorage.values()) found.push(value); return JSON.stringify(found); })()
  (async () => { const i = sharedStorage.entries(); const all = await Promise.all([i.next(), i.next(), i.next()]); return JSON.stringify(all); })()
  (async () => { const i = sharedStorage.entries(); await i.next(); await i.next(); return JSON.stringify([await i.next(), Object.keys(await i.next())]); })()
  (async () => { const [entry] = await Array.fromAsync(sharedStorage); entry.push('x'); return JSON.stringify([Array.isArray(entry), Object.isFrozen(entry), await Array.fromAsync(sharedStorage)]); })()
  navigator.locks.request()
  navigator.locks.request('l')
  navigator.locks.request('l', 5)
  navigator.locks.request('l', {}, 5)
  navigator.locks.request('l', {})
  navigator.locks.request('l', 5, () => {})
  navigator.locks.request('-l', () => {})
  navigator.locks.request('', () => 'empty')
  navigator.locks.request(symbol, () => {})
  navigator.locks.request('l', () => 'held')
  navigator.locks.request('l', () => { throw new RangeError('from the callback'); })
  navigator.locks.request('l', async (lock) => [String(lock), lock.name, lock.mode, lock instanceof Lock])
  navigator.locks.request(...lockArguments({ mode: 'x' }))
  navigator.locks.request(...lockArguments({ mode: 'shared' }))
  navigator.locks.request(...lockArguments({ mode: undefined }))
  navigator.locks.request(...lockArguments({ mode: null }))
  navigator.locks.request(...lockArguments({ signal: 5 }))
  navigator.locks.request(...lockArguments({ signal: null }))
  navigator.locks.request(...lockArguments({ signal: AbortSignal.abort() }))
  navigator.locks.request(...lockArguments({ signal: AbortSignal.abort('mine') }))
  navigator.locks.request(...lockArguments({ steal: true, ifAvailable: true }))
  navigator.locks.request(...lockArguments({ steal: true, mode: 'shared' }))
  navigator.locks.request(...lockArguments({ steal: true, signal: new AbortController().signal }))
  navigator.locks.request(...lockArguments({ ifAvailable: true, signal: new AbortController().signal }))
  navigator.locks.request(...lockArguments({ ifAvailable: true, mode: 'shared' }))
  navigator.locks.request('l', () => navigator.locks.request('l', { ifAvailable: true }, (lock) => String(lock)))
  navigator.locks.request('l', () => navigator.locks.query().then(({ held, pending }) => JSON.stringify([held.map(({ name, mode }) => [name, mode]), pending])))
  navigator.locks.query()
  navigator.locks.query().then((snapshot) => Object.keys(snapshot).join())
  navigator.locks.query(5)
  LockManager.prototype.request.call({}, 'l', () => {})
  LockManager.prototype.query.call({})
  Object.getOwnPropertyDescriptor(SharedStorageWorkletNavigator.prototype, 'locks').get.call({})
  Object.getOwnPropertyDescriptor(globalThis, 'navigator').get.call({})
  Object.getOwnPropertyDescriptor(globalThis, 'sharedStorage').get.call({})
  Object.getOwnPropertyDescriptor(globalThis, 'sharedStorage').get.call(undefined) === sharedStorage
  crypto.randomUUID().length
  crypto.getRandomValues(new Uint8Array(4)).length
  crypto.getRandomValues(5)
  crypto.getRandomValues(new Float32Array(1))
  crypto.getRandomValues(new Uint8Array(65537))
  crypto.subtle.digest()
  crypto.subtle.digest('SHA-256', new Uint8Array(1)).then((bytes) => bytes.byteLength)
  crypto.subtle.digest('nothing', new Uint8Array(1))
  Crypto.prototype.getRandomValues.call({}, new Uint8Array(1))
  Crypto.prototype.randomUUID.call({})
  SubtleCrypto.prototype.digest.call({}, 'SHA-256', new Uint8Array(1))
  structuredClone
  setTimeout
  queueMicrotask
  fetch
  URL
  performance
  location
  isSecureContext
  origin
  EventTarget
  Event
  DOMException
  MessageChannel
  importScripts
  close
  postMessage
  addEventListener
  btoa
  reportError
  scheduler
  TextEncoder.name
  new TextDecoder().decode(new TextEncoder().encode('\\u00e9')) === '\\u00e9'
  WebAssembly.validate(new Uint8Array(8))
  AbortSignal.timeout
  AbortSignal.any([AbortSignal.abort('any')]).reason
  new AbortController().signal.addEventListener
  eval('1 + 1')
  new Function('return 7')()
  typeof SharedArrayBuffer
`;

const early = describeCalls(DURING_ADD_MODULE, given);

class Describe {
  async run() {
    const iterator = sharedStorage.entries();
    const prototype = Object.getPrototypeOf(iterator);
    const described = {
      classOfGlobal: Object.prototype.toString.call(globalThis),
      globals: Reflect.ownKeys(globalThis).map(String).sort(),
      attributes: Object.fromEntries(
        ['sharedStorage', 'register', 'navigator', 'crypto', 'console'].map((name) => [name, describeProperty(globalThis, name)]),
      ),
      prototypesOfGlobal: [
        describeObject(Object.getPrototypeOf(globalThis)),
        describeObject(Object.getPrototypeOf(Object.getPrototypeOf(globalThis))),
      ],
      interfaces: Object.fromEntries(INTERFACES.map((name) => [name, describeInterface(name)])),
      iterator: {
        string: String(iterator),
        prototype: describeObject(prototype),
        inherits: Object.getPrototypeOf(prototype) === Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype)),
      },
      thisOfOperation: String(this instanceof Describe),
      duringAddModule: await early,
      calls: await describeCalls(IN_AN_OPERATION, given),
    };
    console.log('described', JSON.stringify(described));
  }
}

register('describe', Describe);
