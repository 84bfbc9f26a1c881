// Who may import whom, in one table. A floor imports from itself and from the floors below it, so that no two folders need each other.

import path from 'node:path';
import { Visitor } from 'vite';
import { problemAt } from './source.mjs';

/** @import { Problem, Source } from './source.mjs' */
/** @import { ESTree } from 'vite' */

/**
 * @typedef {object} World
 * @property {string} name of a folder in `src`
 * @property {readonly string[]} imports the other worlds that it may import from, all of which stand before it in the table
 * @property {readonly string[]} [libraries] the packages that it may import: none where it is injected, or pure
 * @property {string} [scripts] the folder outside `src` that it may import from as well: of what runs in Node
 * @property {readonly (string | readonly string[])[]} [floors] folders and files in it, from the top down; those of one row do not know one
 *   another. `.` stands for all files that are in no folder and not named themselves. Without `floors` all is one floor.
 */

/** From what imports nothing to what nobody imports. @type {readonly World[]} */
export const WORLDS = [
  { name: 'spec', imports: [], floors: [['permissions-policy', 'private-aggregation', 'interest-groups', 'possibilities'], '.'] },
  { name: 'webidl', imports: [] },
  { name: 'interfaces', imports: ['webidl', 'spec'] },
  { name: 'protocol', imports: ['spec'] },
  { name: 'rules', imports: ['protocol', 'spec'] },
  {
    name: 'injected',
    imports: ['protocol', 'spec'],
    floors: [['fenced-frames', 'select-url', 'header-writes', 'isolation', 'permissions-policy'], '.'],
  },
  { name: 'extension', imports: ['protocol', 'spec'], libraries: ['webextension-polyfill'] },
  {
    name: 'store',
    imports: ['protocol', 'spec'],
    libraries: ['idb', 'tldts'],
    floors: ['state', 'settings-copy.ts', ['select-url', 'private-aggregation', 'worklets'], 'events', 'entries', '.'],
  },
  {
    name: 'page',
    imports: ['interfaces', 'webidl', 'protocol', 'spec'],
    floors: [
      '.',
      ['shared-storage', 'header-writes', 'isolation', 'interest-groups', 'event-handlers'],
      ['fenced-frames', 'select-url'],
      'bridge',
    ],
  },
  {
    name: 'content',
    imports: ['injected', 'protocol', 'spec'],
    floors: ['.', ['worklets', 'fenced-frames', 'select-url'], 'permissions-policy', 'requests', 'orphan.ts'],
  },
  {
    name: 'worklet',
    imports: ['interfaces', 'webidl', 'protocol', 'spec'],
    floors: ['.', 'private-aggregation', ['console', 'shared-storage'], 'port.ts', 'operation-scope.ts', 'primordials.ts'],
  },
  {
    name: 'offscreen',
    imports: ['store', 'extension', 'protocol', 'spec'],
    libraries: ['webextension-polyfill'],
    floors: ['.', ['select-url', 'event-handlers'], 'worklets'],
  },
  {
    name: 'background',
    imports: ['store', 'extension', 'injected', 'protocol', 'spec'],
    libraries: ['webextension-polyfill', 'structured-headers', 'cborg', '@hpke/common', '@hpke/core', '@hpke/chacha20poly1305'],
    floors: [
      '.',
      'handlers',
      'fenced-frames',
      ['select-url', 'header-writes', 'interest-groups', 'event-handlers'],
      ['worklets', 'isolation', 'permissions-policy', 'private-aggregation'],
      'requests',
      'updates',
      'browser',
    ],
  },
  {
    name: 'components',
    imports: ['extension', 'protocol', 'spec'],
    libraries: ['lit', '@tanstack/lit-table', '@tanstack/lit-virtual', '@alenaksu/json-viewer', '@observablehq/plot'],
  },
  { name: 'popup', imports: ['components', 'store', 'extension', 'protocol', 'spec'], libraries: ['lit'] },
  {
    name: 'panel',
    imports: ['components', 'extension', 'protocol', 'spec'],
    libraries: ['lit'],
    floors: ['.', 'views', 'inspected-tab.ts'],
  },
  {
    name: 'options',
    imports: ['components', 'extension', 'protocol', 'spec'],
    libraries: ['lit'],
    floors: ['.', ['settings', 'simulations', 'state', 'replay'], 'stored-settings.ts', 'part-styles.ts'],
  },
  { name: 'devtools', imports: ['components'] },
  {
    name: 'kit',
    imports: ['protocol'],
    libraries: [
      'node:fs',
      'node:os',
      'node:path',
      'node:url',
      'node:util',
      'ws',
      '@playwright/test',
      'puppeteer-core',
      'selenium-webdriver',
      'vitest',
    ],
    scripts: '../scripts/',
    floors: ['cli', '.'],
  },
];

/** What people read. Everybody gets it from `src/components/text.ts`, which takes its type from here. */
const TEXTS = '../_locales/en/messages.json';

for (const [index, { name, imports }] of WORLDS.entries()) {
  const above = imports.find((other) => WORLDS.findIndex((world) => world.name === other) >= index);
  if (above) throw new Error(`The table of floors lets ${name} import ${above}, which does not stand before it.`);
}

/** @param {World} world */
const rowsOf = ({ floors = ['.'] }) => floors.map((row) => (typeof row === 'string' ? [row] : row));

/**
 * Where a module is: the world, and the row and the name of its floor; null for what the table does not know.
 *
 * @param {string} module an address below `src`, without or with its extension
 */
function placeOf(module) {
  const [name = '', ...rest] = module.replace(/\.ts$/, '').split('/');
  const world = WORLDS.find((one) => one.name === name);
  if (!world) return null;
  if (!world.floors) return { world, row: 0, floor: '.' };
  const rows = rowsOf(world);
  const own = rest.length === 1 ? `${rest[0]}.ts` : rest[0];
  const floor = rest.length === 1 && !rows.flat().includes(String(own)) ? '.' : String(own);
  const row = rows.findIndex((floors) => floors.includes(floor));
  return row === -1 ? null : { world, row, floor };
}

/** @param {{ world: World, floor: string }} place */
const nameOf = ({ world, floor }) => (floor === '.' ? `src/${world.name}` : `src/${world.name}/${floor}`);

/** @param {{ world: World, row: number }} place */
function describeBelow({ world, row }) {
  const below = rowsOf(world)
    .slice(row + 1)
    .flat()
    .map((floor) => nameOf({ world, floor }));
  return [...below, ...world.imports.map((name) => `src/${name}`), ...(world.libraries ?? [])].join(', ') || 'nothing';
}

/**
 * @param {Source} source
 * @param {string} specifier
 * @returns {string | null} what is wrong
 */
function judge({ file }, specifier) {
  const from = placeOf(file);
  if (!from) return null;
  const { world, row } = from;
  const refuse = (/** @type {string} */ what) =>
    `${nameOf(from)} must not import ${what}. Below it: ${describeBelow(from)} (scripts/lint/floors.mjs)`;
  if (!specifier.startsWith('.')) {
    return (world.libraries ?? []).some((name) => specifier === name || specifier.startsWith(`${name}/`)) ? null : refuse(specifier);
  }
  const module = path.posix.join(path.posix.dirname(file), specifier);
  if (module === TEXTS) return world.name === 'components' ? null : refuse(module);
  if (world.scripts && module.startsWith(world.scripts)) return null;
  const to = placeOf(module);
  if (!to) return refuse(module);
  if (to.world !== world) return world.imports.includes(to.world.name) ? null : refuse(nameOf(to));
  return to.floor === from.floor || to.row > row ? null : refuse(nameOf(to));
}

/**
 * What is computed, such as the module of a worklet, is none of ours.
 *
 * @param {Source} source
 * @returns {ESTree.StringLiteral[]} the names of the modules that it imports
 */
function importsOf({ program }) {
  /** @type {ESTree.StringLiteral[]} */
  const found = [];
  const add = (/** @type {ESTree.Expression | null | undefined} */ node) => {
    if (node?.type === 'Literal' && typeof node.value === 'string') found.push(/** @type {ESTree.StringLiteral} */ (node));
  };
  new Visitor({
    ImportDeclaration: ({ source }) => add(source),
    ExportNamedDeclaration: ({ source }) => add(source),
    ExportAllDeclaration: ({ source }) => add(source),
    ImportExpression: ({ source }) => add(source),
    TSImportType: ({ source }) => add(source),
    TSExternalModuleReference: ({ expression }) => add(expression),
  }).visit(program);
  return found;
}

/**
 * @param {readonly Source[]} sources
 * @returns {Problem[]}
 */
export function problemsOfFloors(sources) {
  return sources.flatMap((source) => {
    if (!placeOf(source.file)) return [problemAt(source, source.program, 'this is on no floor: give it one in scripts/lint/floors.mjs')];
    return importsOf(source).flatMap((node) => {
      const message = judge(source, node.value);
      return message ? [problemAt(source, node, message)] : [];
    });
  });
}

/**
 * @param {readonly Source[]} sources all of them
 * @returns {Problem[]} one for each floor that is there no more
 */
export function problemsOfEmptyFloors(sources) {
  const places = sources.map(({ file }) => placeOf(file));
  return WORLDS.flatMap((world) =>
    rowsOf(world)
      .flat()
      .filter((floor) => !places.some((place) => place?.world === world && place.floor === floor))
      .map((floor) => ({
        file: floor === '.' ? world.name : `${world.name}/${floor}`,
        line: 1,
        message: 'nothing is on this floor: take it out of scripts/lint/floors.mjs',
      })),
  );
}
