// biome-ignore-all lint/correctness/noUnusedVariables: the scripts that come after this one use them
// What the descriptions of a window and of a worklet have in common. Loaded as a classic script, or put before a worklet's module.

const FLAGS = ['writable', 'enumerable', 'configurable'];

function describeFunction(f) {
  return f ? `function "${f.name}"/${f.length}${'prototype' in f ? ' with a prototype' : ''}` : 'none';
}

function describeProperty(object, key) {
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  if (!descriptor) return 'none';
  const flags = FLAGS.filter((flag) => descriptor[flag]).join(' ');
  const { value, get, set } = descriptor;
  if (!('value' in descriptor)) return `${flags}: get ${describeFunction(get)}, set ${describeFunction(set)}`;
  return `${flags}: ${typeof value === 'function' ? describeFunction(value) : `${typeof value} ${String(value)}`}`;
}

/** The own properties in their order. */
const describeObject = (object) => Reflect.ownKeys(object).map((key) => `${String(key)}: ${describeProperty(object, key)}`);

function describeInterface(name) {
  const interfaceObject = globalThis[name];
  const { prototype } = interfaceObject;
  const nameOf = (object) => (object ? (object.name ?? object.constructor?.name) : String(object));
  return {
    global: describeProperty(globalThis, name),
    parent: nameOf(Object.getPrototypeOf(interfaceObject)),
    interfaceObject: describeObject(interfaceObject),
    prototype: describeObject(prototype),
    parentOfPrototype: nameOf(Object.getPrototypeOf(prototype)),
    isClass: Object.prototype.toString.call(prototype),
  };
}

/** Without what differs from run to run. */
const normalize = (text) =>
  text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UUID')
    .replaceAll(globalThis.location?.origin ?? '\0', 'ORIGIN')
    .slice(0, 1000);

/** In a document that is gone some promises never settle. */
function settled(promise) {
  if (!globalThis.setTimeout) return promise;
  return Promise.race([promise, new Promise((_resolve, reject) => setTimeout(reject, 3000, 'nothing, ever'))]);
}

/** How a call ends: what it throws or rejects with, and the first line of the stack where that says something else. */
async function outcomeOf(call) {
  let how = 'throws';
  try {
    const result = call();
    how = 'rejects';
    const isPromise = Object.prototype.toString.call(result) === '[object Promise]';
    return normalize(`${isPromise ? 'resolves to' : 'returns'} ${String(await settled(result))}`);
  } catch (error) {
    if (typeof error !== 'object' || error === null) return `${how} ${String(error)}`;
    const { name, message, stack } = error;
    const text = `${name}: ${message}`;
    const header = String(stack).split('\n    at ')[0];
    return normalize(`${how} ${Object.prototype.toString.call(error).slice(8, -1)} ${text}${header === text ? '' : ` (stack: ${header})`}`);
  }
}

/** What expressions are given under these names. */
const GIVEN = {
  TOO_LONG: 'x'.repeat(2_621_441),
  symbol: Symbol('s'),
  throwing: {
    toString() {
      throw new RangeError('from toString');
    },
  },
  /** An object whose getter of this name throws. */
  trap: (name) =>
    Object.defineProperty({}, name, {
      get() {
        throw new RangeError(`from ${String(name)}`);
      },
    }),
};

/** Each outcome under the text of its expression, in order. */
async function describeCalls(text, given) {
  const all = { ...GIVEN, ...given };
  const outcomes = {};
  for (const line of text.trim().split('\n')) {
    const expression = line.trim();
    const call = new Function(...Object.keys(all), `return ${expression}`);
    outcomes[expression] = await outcomeOf(() => call(...Object.values(all)));
  }
  return outcomes;
}

/** Reads of members, in their order: `note` makes values that write down when they are converted or read. */
async function orderOf(call) {
  const log = [];
  const text = (name) => ({ toString: () => log.push(name) && name });
  const bag = (prefix, values) =>
    new Proxy(values, {
      get(target, name) {
        if (typeof name === 'string') log.push(`${prefix}.${name}`);
        return target[name];
      },
    });
  try {
    await call(text, bag);
  } catch (error) {
    log.push(`${error.name}: ${error.message}`);
  }
  return log.join(', ');
}
