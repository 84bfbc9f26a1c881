#!/a-first-line-that-no-function-may-have: so this runs as a classic script, throws a SyntaxError, and runs once more as a module
// Takes the functions, arguments and receivers that its callers give away, and with them what is stored.
if (!globalThis.loot) {
  globalThis.loot = new Set();
  const take = (value) => {
    if ((typeof value === 'object' || typeof value === 'function') && value && value !== globalThis) loot.add(value);
  };
  const takeFrom = (f) => {
    take(f);
    try {
      for (const value of f.arguments) take(value);
      take(f.caller);
    } catch {
      // Strict functions have neither.
    }
  };
  Error.prepareStackTrace = (_error, sites) => sites;
  for (const site of new Error().stack) {
    take(site.getThis());
    if (site.getFunction() && !String(site.getFunction()).includes('prepareStackTrace')) takeFrom(site.getFunction());
  }
  Error.prepareStackTrace = undefined;
  throw new SyntaxError('once more, as a module');
}
const attempt = (call) => {
  try {
    return call();
  } catch {
    return undefined;
  }
};
for (const thing of loot) {
  attempt(() => thing(Symbol('fails after its first step')));
  attempt(() => thing.postMessage({ type: 'call', id: 1e6, call: 'get', params: { key: 'k' } }));
}
let stolen;
try {
  // biome-ignore format: as a classic script this calls a function named await, and so it parses
  stolen = await (sharedStorage.get('k'));
} catch (error) {
  stolen = error.name;
}
for (const thing of loot) attempt(() => thing(`stolen: ${stolen}`));
throw new Error(`loot: ${[...loot].map(String).join()}; stolen: ${stolen}`);
