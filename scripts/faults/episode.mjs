// Random episodes: documents that write, and what goes wrong meanwhile.

import { createRandom } from '../differ/random.mjs';

/**
 * Does one thing again and again, and numbers each time; what it writes has the number in it.
 * @typedef {object} Writer
 * @property {'writer'} part
 * @property {string} name
 * @property {WriterKind} kind
 * @property {number} document where: see `DOCUMENTS`
 * @property {number[]} steps for each time, what comes after it: -1, its promise is waited for; 0, nothing is; or so many milliseconds pass
 * @property {string | null} lock that it writes under
 */

/**
 * @typedef {object} Fault
 * @property {'fault'} part
 * @property {FaultKind} kind
 * @property {number} document that it happens to, where it happens to one
 * @property {number} after so many milliseconds after the writers have begun, or after the fault before it
 * @property {number} amount how much of it, from 0 up to, but not, 1
 */

/** @typedef {Writer | Fault} Part */
/** @typedef {{ durability: 'relaxed' | 'strict', parts: Part[] }} Episode */

/** The top of a tab, the top of another, and a frame of the same origin in a page of another site. */
export const DOCUMENTS = /** @type {const} */ (['first tab', 'second tab', 'frame']);
export const FRAME = 2;

/**
 * What a writer does each time; test/pages/faults/traffic.js does it.
 *
 * - `append`, `register` (sets, and sometimes deletes, one key), `batch`: what a window asks for
 * - `header`: a response appends
 * - `operation`: a worklet appends
 * - `shared`: a window appends and a worklet reads, appends and writes, in turn, all under one lock and to one key
 * - `contribution`: an operation contributes to a report of its own
 * - `selection`: selectURL(), and a frame that shows what was selected
 *
 * @typedef {'append' | 'register' | 'batch' | 'header' | 'operation' | 'shared' | 'contribution' | 'selection'} WriterKind
 */

/** @type {readonly WriterKind[]} */
const KINDS = [
  'append',
  'append',
  'append',
  'register',
  'batch',
  'header',
  'operation',
  'operation',
  'shared',
  'contribution',
  'selection',
];

/** Those whose worklet says in the page's console what it did: that of a frame nobody listens to. */
export const WITH_WORKLET = new Set(/** @type {WriterKind[]} */ (['operation', 'shared', 'contribution', 'selection']));

/**
 * What goes wrong; scripts/faults/inject.mjs makes it go wrong.
 *
 * @typedef {'stop worker' | 'busy worker' | 'lost messages' | 'close offscreen' | 'crash sandbox' | 'crash extension' | 'reload extension'
 *   | 'kill browser' | 'database closed' | 'clock' | 'network' | 'bfcache' | 'navigate' | 'remove frame' | 'close tab' | 'crash page'} FaultKind
 */

/** How often each comes, in proportion to the others. @type {readonly [FaultKind, number][]} */
const FREQUENCIES = [
  ['stop worker', 24],
  ['busy worker', 8],
  ['lost messages', 8],
  ['close offscreen', 6],
  ['crash sandbox', 5],
  ['crash extension', 4],
  ['reload extension', 5],
  ['kill browser', 3],
  ['database closed', 6],
  ['clock', 4],
  ['network', 2],
  ['bfcache', 6],
  ['navigate', 6],
  ['remove frame', 4],
  ['close tab', 3],
  ['crash page', 4],
];

/** @type {readonly FaultKind[]} */
export const FAULTS = FREQUENCIES.map(([kind]) => kind);

const ALL = FREQUENCIES.flatMap(([kind, times]) => Array.from({ length: times }, () => kind));

/** How long the traffic of an episode goes on, roughly, in milliseconds: faults come meanwhile. */
const TRAFFIC = 160;

/** @param {import('../differ/random.mjs').Random} random @returns {number[]} */
function steps(random) {
  const count = 4 + random.below(30);
  const pace = random.oneOf(['awaited', 'burst', 'spread', 'mixed']);
  return Array.from({ length: count }, () => {
    if (pace === 'awaited') return -1;
    if (pace === 'burst') return random.chance(0.1) ? 1 + random.below(20) : 0;
    if (pace === 'spread') return 1 + random.below(8);
    return random.oneOf([-1, 0, 0, 1 + random.below(8)]);
  });
}

/**
 * @param {import('../differ/random.mjs').Random} random
 * @param {number} index
 * @returns {Writer}
 */
function writer(random, index) {
  const kind = random.oneOf(KINDS);
  const document = random.below(WITH_WORKLET.has(kind) ? FRAME : DOCUMENTS.length);
  const isCostly = WITH_WORKLET.has(kind) || kind === 'header';
  const all = steps(random);
  const lock = kind === 'shared' ? 'shared' : random.chance(0.3) ? random.oneOf(['lock', 'other']) : null;
  return { part: 'writer', name: `w${index}`, kind, document, steps: isCostly ? all.slice(0, 10) : all, lock };
}

/**
 * @param {import('../differ/random.mjs').Random} random
 * @param {readonly number[]} documents those that somebody writes in
 * @returns {Fault}
 */
function fault(random, documents) {
  const kind = random.oneOf(ALL);
  const document = kind === 'remove frame' ? FRAME : random.oneOf(documents);
  return { part: 'fault', kind, document, after: random.below(TRAFFIC), amount: random.below(1000) / 1000 };
}

/**
 * The episode of this seed, always the same one.
 * @param {number} seed
 * @returns {Episode}
 */
export function createEpisode(seed) {
  const random = createRandom(seed);
  const writers = Array.from({ length: 1 + random.below(4) }, (_, index) => writer(random, index));
  const documents = [...new Set(writers.map(({ document }) => document))];
  const faults = Array.from({ length: random.oneOf([1, 1, 1, 2, 2, 3]) }, () => fault(random, documents));
  return { durability: random.oneOf(/** @type {const} */ (['relaxed', 'relaxed', 'strict'])), parts: [...writers, ...faults] };
}

/** @param {Episode} episode @returns {Writer[]} */
export const writersOf = ({ parts }) => parts.flatMap((part) => (part.part === 'writer' ? part : []));

/** @param {Episode} episode @returns {Fault[]} */
export const faultsOf = ({ parts }) => parts.flatMap((part) => (part.part === 'fault' ? part : []));
