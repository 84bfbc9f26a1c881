// Describes interface objects, their prototypes, and how calls fail, as plain JSON: for our implementation and for a native one.
// Loaded in a page as a classic script: defines describeWindow().

function describeProperty(object, key) {
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  const flags = ['writable', 'enumerable', 'configurable'].filter((flag) => descriptor[flag]).join(' ');
  if ('value' in descriptor) {
    const { value } = descriptor;
    return typeof value === 'function' ? `${flags}: function ${value.name}/${value.length}` : `${flags}: ${typeof value} ${String(value)}`;
  }
  const accessor = (name, f) => (f ? `${name} "${f.name}"/${f.length}` : `no ${name}`);
  return `${flags}: ${accessor('getter', descriptor.get)}, ${accessor('setter', descriptor.set)}`;
}

// Older engines gave every interface object these two of their own; today's do not.
const OLD_ENGINE = ['arguments', 'caller'];

function describeObject(object) {
  const keys = Reflect.ownKeys(object).filter((key) => !OLD_ENGINE.includes(key));
  return Object.fromEntries(keys.map((key) => [String(key), describeProperty(object, key)]).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function describeInterface(name) {
  const interfaceObject = globalThis[name];
  return {
    global: describeProperty(globalThis, name),
    interfaceObject: describeObject(interfaceObject),
    prototype: describeObject(interfaceObject.prototype),
    isClass: Object.prototype.toString.call(interfaceObject.prototype),
  };
}

async function outcomeOf(call) {
  let returned = false;
  const how = () => (returned ? 'rejects' : 'throws');
  try {
    const result = call();
    returned = true;
    return `resolves to ${String(await result).replace(/[0-9a-f-]{36}/, 'UUID')}`;
  } catch (error) {
    const kind = Object.prototype.toString.call(error).slice(8, -1);
    return `${how()} ${kind} ${error.name}: ${error.message}`;
  }
}

const TOO_LONG = 'x'.repeat(2_621_441);

const CALLS = {
  'set()': () => sharedStorage.set(),
  'set(k)': () => sharedStorage.set('k'),
  'set(k, v)': () => sharedStorage.set('k', 'v'),
  'set(undefined, undefined)': () => sharedStorage.set(undefined, undefined),
  'set(k, "")': () => sharedStorage.set('k', ''),
  'set("", v)': () => sharedStorage.set('', 'v'),
  'set(too long, v)': () => sharedStorage.set(TOO_LONG, 'v'),
  'set(k, too long)': () => sharedStorage.set('k', TOO_LONG),
  'set(k, v, null)': () => sharedStorage.set('k', 'v', null),
  'set(k, v, true)': () => sharedStorage.set('k', 'v', true),
  'set(k, v, "string")': () => sharedStorage.set('k', 'v', 'string'),
  'set(k, v, function)': () => sharedStorage.set('k', 'v', () => {}),
  'set(symbol, v)': () => sharedStorage.set(Symbol('s'), 'v'),
  'set(throwing toString, v)': () =>
    sharedStorage.set(
      {
        toString: () => {
          throw new RangeError('from toString');
        },
      },
      'v',
    ),
  'set(k, v, throwing getter)': () =>
    sharedStorage.set('k', 'v', {
      get ignoreIfPresent() {
        throw new RangeError('from a getter');
      },
    }),
  'set on another object': () => SharedStorage.prototype.set.call({}, 'k', 'v'),
  'set() on another object': () => SharedStorage.prototype.set.call({}),
  'append()': () => sharedStorage.append(),
  'append(k)': () => sharedStorage.append('k'),
  'append(k, v)': () => sharedStorage.append('k', 'v'),
  'append("", v)': () => sharedStorage.append('', 'v'),
  'append(too long, v)': () => sharedStorage.append(TOO_LONG, 'v'),
  'append(k, too long)': () => sharedStorage.append('k', TOO_LONG),
  'delete()': () => sharedStorage.delete(),
  'delete(k)': () => sharedStorage.delete('k'),
  'delete("")': () => sharedStorage.delete(''),
  'delete(too long)': () => sharedStorage.delete(TOO_LONG),
  'clear()': () => sharedStorage.clear(),
  'run()': () => sharedStorage.run(),
  'run(name) before addModule': () => sharedStorage.run('name'),
  'run(name, {data: 5})': () => sharedStorage.run('name', { data: 5 }),
  'run(name, {data: null})': () => sharedStorage.run('name', { data: null }),
  'run(name, 5)': () => sharedStorage.run('name', 5),
  'new SharedStorage()': () => new SharedStorage(),
  'SharedStorage()': () => SharedStorage(),
  'new SharedStorageWorklet()': () => new SharedStorageWorklet(),
  'worklet of another object': () => Object.getOwnPropertyDescriptor(SharedStorage.prototype, 'worklet').get.call({}),
  'sharedStorage of another object': () => Object.getOwnPropertyDescriptor(globalThis, 'sharedStorage').get.call({}),
  'sharedStorage of undefined': () => Object.getOwnPropertyDescriptor(globalThis, 'sharedStorage').get.call(undefined),
  'addModule()': () => sharedStorage.worklet.addModule(),
  'addModule(invalid URL)': () => sharedStorage.worklet.addModule('https://'),
  'addModule on another object': () => SharedStorageWorklet.prototype.addModule.call({}, '/x.js'),
};

const select = (urls, options) => () => sharedStorage.selectURL('name', urls, { keepAlive: true, ...options });
const reporting = (reportingMetadata) => select([{ url: '/' }, { url: '/', reportingMetadata }]);

/** How selectURL() goes wrong before anything of it is looked at but the types. */
const SELECT_TYPES = {
  'selectURL()': () => sharedStorage.selectURL(),
  'selectURL(name)': () => sharedStorage.selectURL('name'),
  'selectURL(symbol, urls)': () => sharedStorage.selectURL(Symbol('s'), [{ url: '/' }]),
  'selectURL(name, 5)': select(5),
  'selectURL(name, null)': select(null),
  'selectURL(name, "string")': select('string'),
  'selectURL(name, object)': select({}),
  'selectURL(name, @@iterator is 1)': select({ [Symbol.iterator]: 1 }),
  'selectURL(name, iterator is 1)': select({ [Symbol.iterator]: () => 1 }),
  'selectURL(name, next is 1)': select({ [Symbol.iterator]: () => ({ next: 1 }) }),
  'selectURL(name, result is 1)': select({ [Symbol.iterator]: () => ({ next: () => 1 }) }),
  'selectURL(name, throwing iterator)': select({
    [Symbol.iterator]: () => {
      throw new RangeError('from an iterator');
    },
  }),
  'selectURL(name, [5])': select([5]),
  'selectURL(name, [null])': select([null]),
  'selectURL(name, [undefined])': select([undefined]),
  'selectURL(name, ["string"])': select(['string']),
  'selectURL(name, [{}])': select([{}]),
  'selectURL(name, [{url: undefined}])': select([{ url: undefined }]),
  'selectURL(name, [{url: symbol}])': select([{ url: Symbol('s') }]),
  'selectURL(name, urls, 5)': () => sharedStorage.selectURL('name', [{ url: '/' }], 5),
  'selectURL(name, urls, {data: 5})': select([{ url: '/' }], { data: 5 }),
  'selectURL() on another object': () => SharedStorage.prototype.selectURL.call({}),
  'selectURL(name, reportingMetadata is 5)': reporting(5),
  'selectURL(name, reportingMetadata is null)': reporting(null),
};

/** How it goes wrong, or right, after that. */
const SELECT_VALUES = {
  'selectURL(name, [])': select([]),
  'selectURL(name, nine URLs)': select(Array(9).fill({ url: '/' })),
  'selectURL(name, eight URLs)': select(Array(8).fill({ url: '/' })),
  'selectURL(name, invalid URL)': select([{ url: '/' }, { url: 'https://#' }]),
  'selectURL(name, empty URL)': select([{ url: '' }]),
  'selectURL(name, any scheme)': select(['data:text/html,x', 'javascript:1', 'about:blank', 'ftp://a/'].map((url) => ({ url }))),
  'selectURL(name, no reportingMetadata)': reporting(undefined),
  'selectURL(name, empty reportingMetadata)': reporting({}),
  'selectURL(name, HTTPS reportingMetadata)': reporting({
    click: 'https://a.example/',
    'reserved.top_navigation': 'https://a.example/',
    '': 'https://a.example/',
  }),
  'selectURL(name, HTTP reportingMetadata)': reporting({ click: 'http://a.example/' }),
  'selectURL(name, invalid reportingMetadata)': reporting({ click: 'https://#' }),
  'selectURL(name, relative reportingMetadata)': reporting({ click: 'relative' }),
  'selectURL(name, reportingMetadata with a number)': reporting({ click: 5 }),
  'selectURL(name, reportingMetadata with null)': reporting({ click: null }),
  'selectURL(name, reportingMetadata with an object)': reporting({ click: { toString: () => 'https://a.example/' } }),
  'selectURL(name, reportingMetadata with an index)': reporting({ 5: 'https://a.example/' }),
  'selectURL(name, reportingMetadata is an array)': reporting(['https://a.example/']),
  'selectURL(name, reportingMetadata with a symbol)': reporting({ [Symbol('s')]: 'https://#' }),
  'selectURL(name, reportingMetadata that inherits)': reporting(Object.create({ click: 'https://#' })),
  'selectURL(name, reportingMetadata that is not enumerable)': reporting(Object.defineProperty({}, 'click', { value: 'https://#' })),
  'selectURL(name, reportingMetadata is a function)': reporting(() => 1),
  'selectURL(name, reportingMetadata is a map)': reporting(new Map([['click', 'https://#']])),
  'selectURL(name, two faults)': select([{ url: '/', reportingMetadata: { click: 5 } }, { url: 'https://#' }]),
  'selectURL(name, urls, {data with a function})': select([{ url: '/' }], { data: { f: String } }),
  'selectURL(name, invalid URL, {data with a function})': select([{ url: 'https://#' }], { data: { f: String } }),
  'selectURL(name, urls, {resolveToConfig})': select([{ url: '/' }], { resolveToConfig: true }),
  'selectURL(unknown name)': () => sharedStorage.selectURL('unknown', [{ url: '/' }], { keepAlive: true }),
  'selectURL(name), the last': () => sharedStorage.selectURL('name', [{ url: '/' }]),
  'selectURL(name) after the last': select([{ url: '/' }]),
  'selectURL(name, []) after the last': select([]),
  'selectURL(name, urls, {data with a function}) after the last': select([{ url: '/' }], { data: { f: String } }),
  'run(name) after the last selectURL()': () => sharedStorage.run('name'),
};

const ORDER = {
  async set() {
    const log = [];
    const note = (name) => ({ toString: () => log.push(name) && name });
    await sharedStorage.set(note('key'), note('value'), {
      get ignoreIfPresent() {
        return log.push('ignoreIfPresent');
      },
    });
    return log.join(', ');
  },
  async run() {
    const log = [];
    const options = {};
    for (const name of ['keepAlive', 'data']) Object.defineProperty(options, name, { get: () => void log.push(name) });
    await sharedStorage.run({ toString: () => log.push('name') && 'name' }, options).catch(() => log.push('rejected'));
    return log.join(', ');
  },
};

const describeCalls = async (calls) => {
  const outcomes = {};
  for (const [name, call] of Object.entries(calls)) outcomes[name] = await outcomeOf(call);
  return outcomes;
};

/** The members in the order in which they are read; `savedQuery` is younger than Chromium 120. */
async function selectOrder() {
  const log = [];
  const noting = (prefix, values) => {
    const get = (target, name) => {
      if (typeof name === 'string') log.push(`${prefix}.${name}`);
      return target[name];
    };
    return new Proxy(values, { get });
  };
  const url = noting('url', { url: { toString: () => log.push('url to string') && '/' } });
  await sharedStorage
    .selectURL({ toString: () => log.push('name') && 'name' }, [url], noting('options', {}))
    .catch(() => log.push('rejected'));
  return log.filter((entry) => !/savedQuery|privateAggregationConfig/.test(entry)).join(', ');
}

globalThis.describeWindow = async function describeWindow() {
  const calls = await describeCalls({ ...CALLS, ...SELECT_TYPES });
  const selectURLBeforeAddModule = await describeCalls(SELECT_VALUES);
  const detached = document.createElement('iframe');
  document.body.append(detached);
  const storage = detached.contentWindow.sharedStorage;
  detached.remove();
  for (const name of ['set', 'append']) calls[`${name} in a detached frame`] = await outcomeOf(() => storage[name]('k', 'v'));
  calls['delete in a detached frame'] = await outcomeOf(() => storage.delete('k'));
  calls['clear in a detached frame'] = await outcomeOf(() => storage.clear());
  calls['run in a detached frame'] = await outcomeOf(() => storage.run('name'));
  calls['selectURL in a detached frame'] = await outcomeOf(() => storage.selectURL('name', []));
  calls['selectURL with a wrong type in a detached frame'] = await outcomeOf(() => storage.selectURL('name', 5));
  calls['addModule in a detached frame'] = await outcomeOf(() => storage.worklet.addModule('/x.js'));
  const order = {};
  for (const [name, observe] of Object.entries(ORDER)) order[name] = await observe();
  order.selectURL = await selectOrder();
  await sharedStorage.worklet.addModule('/describe-worklet.js');
  const selectURL = await describeCalls(SELECT_VALUES);
  return {
    interfaces: { SharedStorage: describeInterface('SharedStorage'), SharedStorageWorklet: describeInterface('SharedStorageWorklet') },
    attribute: describeProperty(globalThis, 'sharedStorage'),
    strings: [String(sharedStorage), String(sharedStorage.worklet)],
    sameObject: new Set([0, 1].flatMap(() => [sharedStorage, sharedStorage.worklet])).size === 2,
    enumerated: (() => {
      const names = [];
      for (const name in sharedStorage) names.push(name);
      return names.sort();
    })(),
    calls,
    order,
    selectURLBeforeAddModule,
    selectURL,
  };
};
