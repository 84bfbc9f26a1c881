// Describes the worklet's global scope as plain JSON, in an operation named "describe", logged after the word "described".

function describeProperty(object, key) {
  const descriptor = Object.getOwnPropertyDescriptor(object, key);
  const flags = ['writable', 'enumerable', 'configurable'].filter((flag) => descriptor[flag]).join(' ');
  if ('value' in descriptor) {
    const { value } = descriptor;
    return typeof value === 'function' ? `${flags}: function ${value.name}/${value.length}` : `${flags}: ${typeof value}`;
  }
  return `${flags}: getter "${descriptor.get?.name}", ${descriptor.set ? 'a' : 'no'} setter`;
}

const describeObject = (object) =>
  Object.fromEntries(
    Reflect.ownKeys(object)
      .filter((key) => !['arguments', 'caller'].includes(key))
      .map((key) => [String(key), describeProperty(object, key)])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );

async function outcomeOf(call) {
  let returned = false;
  try {
    const result = call();
    returned = true;
    return `resolves to ${String(await result)}`;
  } catch (error) {
    return `${returned ? 'rejects' : 'throws'} ${Object.prototype.toString.call(error).slice(8, -1)} ${error.name}: ${error.message}`;
  }
}

const early = outcomeOf(() => sharedStorage);

class Describe {
  async run() {
    const calls = {
      'sharedStorage during addModule': await early,
      'get()': await outcomeOf(() => sharedStorage.get()),
      'get(missing)': await outcomeOf(() => sharedStorage.get('missing')),
      'get("")': await outcomeOf(() => sharedStorage.get('')),
      'get on another object': await outcomeOf(() => SharedStorage.prototype.get.call({}, 'k')),
      'keys on another object': await outcomeOf(() => SharedStorage.prototype.keys.call({})),
      'set()': await outcomeOf(() => sharedStorage.set()),
      'set("", v)': await outcomeOf(() => sharedStorage.set('', 'v')),
      'clear()': await outcomeOf(() => sharedStorage.clear()),
      'set(k, v)': await outcomeOf(() => sharedStorage.set('k', 'v')),
      'get(k)': await outcomeOf(() => sharedStorage.get('k')),
      'length()': await outcomeOf(() => sharedStorage.length()),
      'new SharedStorage()': await outcomeOf(() => new SharedStorage()),
      'this of an operation': String(this instanceof Describe),
      'register("", C)': await outcomeOf(() => register('', Describe)),
      'register(again)': await outcomeOf(() => register('describe', Describe)),
      'register(name)': await outcomeOf(() => register('one')),
      'register(name, 5)': await outcomeOf(() => register('two', 5)),
      'register(name, arrow)': await outcomeOf(() => register('three', () => {})),
      'register(name, no run)': await outcomeOf(() => register('four', class {})),
    };
    const iterator = sharedStorage.entries();
    const prototype = Object.getPrototypeOf(iterator);
    const results = [];
    for (let i = 0; i < 3; i++) results.push(await iterator.next());
    console.log(
      'described',
      JSON.stringify({
        classOfGlobal: Object.prototype.toString.call(globalThis),
        self: typeof self,
        sharedStorage: describeProperty(globalThis, 'sharedStorage'),
        register: describeProperty(globalThis, 'register'),
        prototypeOfGlobal: describeObject(Object.getPrototypeOf(globalThis)),
        interfaceObject: describeObject(SharedStorage),
        prototype: describeObject(SharedStorage.prototype),
        iterator: {
          string: String(iterator),
          prototype: describeObject(prototype),
          inherits: Object.getPrototypeOf(prototype) === Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype)),
          results,
        },
        globals: Reflect.ownKeys(globalThis).map(String).sort(),
        calls,
      }),
    );
  }
}

register('describe', Describe);
