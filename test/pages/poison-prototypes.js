// Replaces what it can of the language in a worklet with traps that keep whatever comes by, then uses the API.
const { apply, defineProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;
const { log } = console;
const { toString: tagOf } = Object.prototype;
let loot = '';
const keep = (value) => {
  const tag = apply(tagOf, value, []);
  if (tag === '[object MessagePort]' || tag === '[object MessageEvent]') loot += tag;
};
const trap = (owner, name) =>
  defineProperty(owner, name, {
    __proto__: null,
    configurable: true,
    get() {
      keep(this);
    },
    set(value) {
      keep(this);
      keep(value);
      defineProperty(this, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
    },
  });
const NAMES = `get set value then data type id params call resolve reject error url source runId name keepAlive methods key operation
  args level run instance lockId state after mode`;
const names = NAMES.split(/\s+/);
const owners = [Promise, Promise.prototype, Map.prototype, WeakMap.prototype, Set.prototype, Array.prototype, Function.prototype];
owners.push(String.prototype, Reflect, Object, JSON, Error, Array, Error.prototype);
const functions = owners.flatMap((owner) => ownKeys(owner).map((key) => [owner, key]));
const replaceable = ([owner, key]) => {
  const { value, configurable } = getOwnPropertyDescriptor(owner, key);
  return typeof value === 'function' && configurable && key !== 'constructor' && key !== 'prototype';
};
const replaced = functions.filter(replaceable);
for (let index = 0; index < names.length; index++) trap(Object.prototype, names[index]);
for (let index = 0; index < 3; index++) trap(Array.prototype, `${index}`);
for (let index = 0; index < replaced.length; index++)
  defineProperty(replaced[index][0], replaced[index][1], {
    __proto__: null,
    value(...args) {
      keep(this);
      for (let argument = 0; argument < args.length; argument++) keep(args[argument]);
    },
  });
defineProperty(Error, Symbol.hasInstance, {
  __proto__: null,
  value(thing) {
    keep(thing);
    return true;
  },
});

class Poisoned {
  async run() {
    await sharedStorage.set('set', 'here');
    const value = await sharedStorage.get('set');
    await sharedStorage.keys().next();
    await navigator.locks.request('lock', () => 1);
    log('poisoned:', `{"value":"${value}","loot":"${loot}"}`);
  }
}
register('use the API', Poisoned);
