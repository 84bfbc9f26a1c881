// What takes longer, or fails, where something is stored: pages that guess bits of what they may not read.

/**
 * @param {string} name
 * @param {string} tries
 * @param {string} page returns 24 bits
 * @param {Partial<import('../case.mjs').Attack>} [more]
 * @returns {import('../case.mjs').Attack}
 */
const keys = (name, tries, page, more = {}) => ({
  name: `oracle-${name}`,
  tries,
  oracle: 'keys',
  page: `kit.got('guessing');\n${page}`,
  ...more,
});

/** A worklet that knows the bits, and does something where one is 1. @param {string} code */
const knowing = (code) => `
  register('attack', class {
    async run(...args) {
      // A selection gets its URLs first.
      const { index } = args.at(-1) ?? {};
      const canary = await sharedStorage.get('canary');
      const bit = index === undefined ? 0 : canary.charCodeAt(index) & 1;
      ${code}
      tried(1);
      return bit;
    }
  });`;

/** @param {string} name @param {string} tries @param {string} code of the worklet @param {string} page returns 24 bits */
const worklet = (name, tries, code, page) => ({
  name: `oracle-${name}`,
  tries,
  oracle: /** @type {const} */ ('worklet'),
  module: knowing(code),
  page: `kit.got('guessing'); await sharedStorage.worklet.addModule('/module.js'); await sharedStorage.run('attack', { keepAlive: true });\n${page}`,
});

const SPIN = `for (const end = Date.now() + 60 * bit; Date.now() < end; );`;
const WAIT = `if (bit) for (let round = 0; round < 60; round++) await sharedStorage.length();`;

/** @type {import('../case.mjs').Attack[]} */
export default [
  keys(
    'set-if-absent',
    'The page measures how long set() with ignoreIfPresent takes where the key is there, and where it is not.',
    `return kit.split(await kit.times((index) => sharedStorage.set('bit-' + index, 'v', { ignoreIfPresent: true })));`,
  ),
  keys(
    'append',
    'The page measures how long append() takes where the key is there, and where it is not.',
    `return kit.split(await kit.times((index) => sharedStorage.append('bit-' + index, 'w')));`,
  ),
  keys(
    'delete',
    'The page measures how long delete() takes where the key is there, and where it is not.',
    `return kit.split(await kit.times((index) => sharedStorage.delete('bit-' + index)));`,
  ),
  keys(
    'append-too-long',
    'The page appends so much that a value that is there becomes too long, and looks for an error.',
    `
    const outcomes = [];
    for (let index = 0; index < 24; index++) outcomes.push(await sharedStorage.append('bit-' + index, 'x'.repeat(2_621_440)).then(() => 0, () => 50));
    for (let index = 0; index < 24; index++) await sharedStorage.delete('bit-' + index);
    return kit.split(outcomes);`,
  ),
  keys(
    'batch',
    'The page measures how long batches with a locked method take by what is stored.',
    `return kit.split(await kit.times((index) => sharedStorage.batchUpdate([new SharedStorageAppendMethod('bit-' + index, 'w'), new SharedStorageDeleteMethod('bit-' + index)], { withLock: 'lock-' + index })));`,
  ),
  keys(
    'header-write',
    'The page measures how long a marked request takes whose response writes where the key is there, and where it is not.',
    `return kit.split(await kit.times((index) => fetch('/write?' + index, { sharedStorageWritable: true })));`,
    {
      serve: {
        '/write': (request, response) =>
          response
            .writeHead(200, { 'Shared-Storage-Write': `set;key=bit-${String(request.url).split('?')[1]};value=w;ignore_if_present` })
            .end(),
      },
    },
  ),
  keys(
    'strict',
    'The page measures how long set() takes that waits for the answer of the service worker, after a thousand others.',
    `
    const taken = [];
    for (let index = 0; index < 24; index++) {
      const ahead = index % 6 === 0 ? Array.from({ length: 1000 }, () => sharedStorage.delete('none')) : [];
      const begun = performance.now(); await sharedStorage.append('bit-' + index, 'w'); taken.push(performance.now() - begun);
      await Promise.all(ahead);
    }
    return kit.split(taken);`,
  ),
  worklet(
    'run-time',
    'A worklet is busy where a bit is 1; the page measures how long run() and the next run() take.',
    SPIN,
    `
    return kit.split(await kit.times(async (index) => { await sharedStorage.run('attack', { keepAlive: true, data: { index } }); await sharedStorage.run('attack', { keepAlive: true }); }));`,
  ),
  worklet(
    'run-waits',
    'A worklet waits for the store where a bit is 1; the page measures how long run() and set() take.',
    WAIT,
    `
    const taken = await kit.times(async (index) => { await sharedStorage.run('attack', { keepAlive: true, data: { index } }); await sharedStorage.set('own', 'v'); });
    await sharedStorage.delete('own'); return kit.split(taken);`,
  ),
  worklet(
    'run-throws',
    'An operation throws where a bit is 1; the page looks at what run() comes to, and how long it takes.',
    `if (bit) throw new Error('1');`,
    `
    const outcomes = [];
    const taken = await kit.times((index) => sharedStorage.run('attack', { keepAlive: true, data: { index } }).then(() => outcomes.push(0), () => outcomes.push(50)));
    return outcomes.includes(50) ? kit.split(outcomes) : kit.split(taken);`,
  ),
  worklet(
    'select-time',
    'A worklet is busy where a bit is 1; the page measures how long selectURL() takes.',
    SPIN,
    `
    return kit.split(await kit.times((index) => sharedStorage.selectURL('attack', [{ url: '/blank.html?0' }, { url: '/blank.html?1' }], { keepAlive: true, data: { index } })));`,
  ),
  worklet(
    'select-urn',
    'A worklet selects by a bit; the page looks at the URN, the config and what they say of themselves.',
    '',
    `
    const outcomes = [];
    for (let index = 0; index < 24; index++) {
      const urls = [{ url: '/blank.html?0' }, { url: '/blank.html?1' }];
      const urn = await sharedStorage.selectURL('attack', urls, { keepAlive: true, data: { index } });
      kit.got(urn); outcomes.push(Number.parseInt(String(urn).slice(-4), 16) % 100);
    }
    return kit.split(outcomes);`,
  ),
  worklet(
    'budget',
    'Selections by a bit; the page looks whether the budget ends sooner where bits are 1.',
    '',
    `
    const taken = [];
    for (let index = 0; index < 24; index++) {
      const begun = performance.now();
      const config = await sharedStorage.selectURL('attack', [{ url: '/blank.html?0' }, { url: '/blank.html?1' }], { keepAlive: true, resolveToConfig: true, data: { index }, savedQuery: 'q' + index }).catch((error) => error);
      kit.got(config); taken.push(performance.now() - begun);
    }
    return kit.split(taken);`,
  ),
  worklet(
    'locks',
    'A worklet holds a lock where a bit is 1; the page measures how long writes with that lock take.',
    `await navigator.locks.request('lock', async () => { ${WAIT} });`,
    `
    const taken = await kit.times(async (index) => { await sharedStorage.run('attack', { keepAlive: true, data: { index } }); await sharedStorage.set('own', 'v', { withLock: 'lock' }); });
    await sharedStorage.delete('own'); return kit.split(taken);`,
  ),
  worklet(
    'page-locks',
    'A worklet holds locks where a bit is 1; the page asks its own lock manager for them.',
    `navigator.locks.request('lock-' + index, async () => { ${WAIT} });`,
    `
    const outcomes = [];
    for (let index = 0; index < 24; index++) {
      await sharedStorage.run('attack', { keepAlive: true, data: { index } });
      outcomes.push(await navigator.locks.request('lock-' + index, { ifAvailable: true }, (lock) => (lock ? 0 : 50)));
    }
    return kit.split(outcomes);`,
  ),
  worklet(
    'console',
    'A worklet logs where a bit is 1; the page measures its own console and its animation frames.',
    `if (bit) for (let line = 0; line < 50; line++) console.debug('x'.repeat(1000));`,
    `
    return kit.split(await kit.times(async (index) => { await sharedStorage.run('attack', { keepAlive: true, data: { index } }); await new Promise((resolve) => setTimeout(resolve, 15)); }));`,
  ),
  worklet(
    'quota',
    'A worklet fills the quota where a bit is 1; the page looks whether its own write fails.',
    `if (bit) await sharedStorage.set('full', 'x'.repeat(2_600_000)); else await sharedStorage.delete('full');`,
    `
    const outcomes = [];
    for (let index = 0; index < 24; index++) {
      await sharedStorage.run('attack', { keepAlive: true, data: { index } });
      outcomes.push(await sharedStorage.set('other', 'x'.repeat(2_600_000)).then(() => 0, () => 50));
      await sharedStorage.delete('other');
    }
    await sharedStorage.delete('full');
    return kit.split(outcomes);`,
  ),
  worklet(
    'worklet-ends',
    'A worklet ends itself where a bit is 1, as far as it can; the page looks at the next call.',
    `if (bit) { try { close(); } catch {} globalThis.register = null; Promise.reject(new Error('end')); }`,
    `
    const outcomes = [];
    for (let index = 0; index < 24; index++) {
      outcomes.push(await sharedStorage.run('attack', { keepAlive: true, data: { index } }).then(() => 0, () => 50));
    }
    return kit.split(outcomes);`,
  ),
];
