// What a page does that uses all of the API: setters, a worklet that reads the canary and ends in every way, a selection, refusals.

const CALLS = `
  const calls = [
    () => sharedStorage.set('own', 'v'),
    () => sharedStorage.append('own', 'w'),
    () => sharedStorage.set('canary', 'w', { ignoreIfPresent: true }),
    () => sharedStorage.batchUpdate([new SharedStorageSetMethod('own', 'x'), new SharedStorageDeleteMethod('own')]),
    () => sharedStorage.run('attack', { keepAlive: true, data: { a: [1, 'b'] } }),
    () => sharedStorage.run('throws', { keepAlive: true }),
    () => sharedStorage.run('rejects', { keepAlive: true }),
    () => sharedStorage.run('unknown', { keepAlive: true }),
    () => sharedStorage.selectURL('select', [{ url: '/blank.html?0' }, { url: '/blank.html?1' }], { keepAlive: true }),
    () => sharedStorage.set('', ''),
    () => sharedStorage.get('canary'),
    () => sharedStorage.delete('own'),
  ];
  for (let index = 0; index < calls.length; index++) {
    try { kit.got('settled', index, await calls[index]()); } catch (error) { kit.got('refused', index, error); }
  }`;

const LOAD = `try { await sharedStorage.worklet.addModule('/module.js'); } catch (error) { kit.got('addModule', error); }`;

export const USE_EVERYTHING = {
  page: `${LOAD}\n{${CALLS}}`,
  /** The same without another module: a page has one worklet of its own. */
  again: `{${CALLS}}`,
  module: `
    const read = () => sharedStorage.get('canary');
    register('attack', class { async run() { const canary = await read(); tried(1); return canary; } });
    register('throws', class { async run() { throw new Error(await read()); } });
    register('rejects', class { async run() { return Promise.reject({ canary: await read(), toString: () => 'rejected' }); } });
    register('select', class { async run() { await read(); return 1; } });`,
};
