// Takes the functions, arguments and receivers that its callers give away, at the top level and inside a call, and with them what is stored.
const loot = new Set();

const take = (value) => {
  if ((typeof value === 'object' || typeof value === 'function') && value && value !== globalThis) loot.add(value);
};

function takeFrom(f) {
  take(f);
  try {
    for (const value of f.arguments) take(value);
    take(f.caller);
  } catch {
    // Strict functions have neither.
  }
}

function takeFromCallers() {
  Error.prepareStackTrace = (_error, sites) => sites;
  const { stack } = new Error();
  Error.prepareStackTrace = undefined;
  for (const site of stack) {
    take(site.getThis());
    if (site.getFunction()) takeFrom(site.getFunction());
  }
}

const attempt = (call) => {
  try {
    return call();
  } catch {
    return undefined;
  }
};

const name = {
  toString() {
    takeFromCallers();
    return 'a name';
  },
};

takeFromCallers();
register(
  name,
  class {
    run() {}
  },
);
for (const own of [takeFromCallers, name, name.toString]) loot.delete(own);
for (const thing of loot) {
  attempt(() => thing(Symbol('fails after its first step')));
  attempt(() => thing.postMessage({ type: 'call', id: 1e6, call: 'get', params: { key: 'k' } }));
}
let stolen;
try {
  sharedStorage.get('k');
  stolen = 'reached';
} catch (error) {
  stolen = error.name;
}
for (const thing of loot) attempt(() => thing(`stolen: ${stolen}`));
throw new Error(`loot: ${[...loot].map(String).join()}; stolen: ${stolen}`);
