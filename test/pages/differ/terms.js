// What programs write down, as values: scripts/differ/terms.mjs. Loaded by pages, and part of the worklets' module.

const METHODS = {
  set: 'SharedStorageSetMethod',
  append: 'SharedStorageAppendMethod',
  delete: 'SharedStorageDeleteMethod',
  clear: 'SharedStorageClearMethod',
};

globalThis.toValue = function toValue(term) {
  if (Array.isArray(term)) return term.map(toValue);
  if (typeof term !== 'object' || term === null) return term;
  switch (term.$) {
    case undefined:
      return Object.fromEntries(Object.entries(term).map(([name, member]) => [name, toValue(member)]));
    case 'undefined':
      return undefined;
    case 'symbol':
      return Symbol('of a program');
    case 'bigint':
      return 1n;
    case 'repeated':
      return 'x'.repeat(term.length);
    case 'throws':
      return {
        toString() {
          throw new RangeError('from toString()');
        },
      };
    case 'method':
      return new globalThis[METHODS[term.call]](...term.args.map(toValue));
  }
};

/** An error in words; what differs from run to run is taken out. */
globalThis.describeError = (error) => `${error?.name}: ${String(error?.message).replace(/https?:\/\/[\w.-]+:\d+/g, 'ORIGIN')}`;
