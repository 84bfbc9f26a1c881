// A hostile page: replaces every function, constructor and accessor that it can reach, and notes each call of them.
(() => {
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect;
  const { Promise: NativePromise, Proxy: NativeProxy, String: toText } = globalThis;
  const { then } = NativePromise.prototype;
  const recorded = new WeakMap();
  const recall = WeakMap.prototype.get.bind(recorded);
  const record = WeakMap.prototype.set.bind(recorded);

  /** The names of what was called, and every value that a call gave away. */
  const notes = [];
  let listening = false;

  function note(name, self, args) {
    if (!listening) return;
    const value = { __proto__: null, name, self, args };
    defineProperty(notes, notes.length, { __proto__: null, value, configurable: true, writable: true, enumerable: true });
  }

  function wrap(name, original) {
    const existing = recall(original);
    if (existing) return existing;
    const wrapper = new NativeProxy(original, {
      __proto__: null,
      apply(target, self, args) {
        note(name, self, args);
        return apply(target, self, args);
      },
      construct(target, args, newTarget) {
        note(`new ${name}`, null, args);
        return construct(target, args, newTarget);
      },
    });
    record(original, wrapper);
    record(wrapper, wrapper);
    return wrapper;
  }

  function patchProperties(owner, label) {
    const keys = ownKeys(owner);
    for (let index = 0; index < keys.length; index++) {
      const { configurable, writable, value, get, set } = getOwnPropertyDescriptor(owner, keys[index]);
      if (!configurable && !writable) continue;
      const name = `${label}.${toText(keys[index])}`;
      const patched = { __proto__: null };
      if (typeof value === 'function') patched.value = wrap(name, value);
      if (get) patched.get = wrap(`get ${name}`, get);
      if (set) patched.set = wrap(`set ${name}`, set);
      defineProperty(owner, keys[index], patched);
    }
  }

  /** What a careless caller looks up on a prototype, or writes to it. */
  const NAMES = `get set value then detail id error type name params method methods resolve reject data keepAlive key ignoreIfPresent withLock
    workletId moduleURL credentials token writable enumerable configurable relatedTarget bubbles cancelable capture once passive apply construct
    message stack prototype sharedStorageWritable mode call args state object worklet handleEvent raw body ok 0 1 2 3`;

  function trap(target, label, names) {
    for (const name of names) {
      const get = function () {
        note(`read of ${label}.${name}`, this, []);
      };
      const set = function (value) {
        note(`write of ${label}.${name}`, this, [value]);
        defineProperty(this, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
      };
      defineProperty(target, name, { __proto__: null, get, set, configurable: true });
    }
  }

  globalThis.patchEverything = () => {
    const objects = [
      ['AsyncFunction.prototype', getPrototypeOf(async () => {})],
      ['ArrayIterator.prototype', getPrototypeOf([][Symbol.iterator]())],
    ];
    for (const key of ownKeys(globalThis)) {
      const value = getOwnPropertyDescriptor(globalThis, key).value;
      if (value === globalThis) continue;
      if (typeof value === 'function' && value.prototype && value !== Object) objects.push([`${toText(key)}.prototype`, value.prototype]);
      if ((typeof value === 'object' && value) || typeof value === 'function') objects.push([toText(key), value]);
    }
    objects.push(['window', globalThis]);
    const names = NAMES.split(/\s+/);
    for (const [label, object] of objects) patchProperties(object, label);
    Error.prepareStackTrace = (error, sites) => {
      note('Error.prepareStackTrace', error, [sites]);
      return 'patched';
    };
    trap(Object.prototype, 'Object.prototype', names);
    trap(Array.prototype, 'Array.prototype', ['0', '1', '2', '3']);
  };

  /** Notes what happens while `start` runs and until its promise settles; resolves to the outcome as text. */
  globalThis.observe = (start) => {
    notes.length = 0;
    listening = true;
    let promise;
    try {
      promise = start();
    } finally {
      listening = false;
    }
    const outcome = new NativePromise((resolve) => {
      const settled = (value) => {
        listening = false;
        resolve(toText(value));
      };
      apply(then, promise, [settled, settled]);
    });
    listening = true;
    return outcome;
  };

  /** The names of all notes, one a line. */
  globalThis.noted = () => {
    let names = '';
    for (let index = 0; index < notes.length; index++) names += `${index > 0 ? '\n' : ''}${notes[index].name}`;
    return names;
  };
})();
