// Random programs: what a page does with shared storage, step by step.

import { createRandom } from './random.mjs';
import { key, lockOptions, setOptions, value } from './terms.mjs';

/**
 * @typedef {object} Step test/pages/differ/step.js carries it out
 * @property {string} call or `navigate`, which side.mjs carries out
 * @property {import('./terms.mjs').Term[]} [args]
 * @property {boolean} [awaited] whether the next step waits for the call's promise
 * @property {number} [frame] the number of the frame whose window makes the call, from 0 in the order in which they were added; the page's own without one
 * @property {number} [on] the number of the worklet that the call is for, from 0 in the order of createWorklet(); `sharedStorage` without one
 * @property {string} [logs] the operation that the step starts says so under this name when it has ended, and the next step waits for that
 */

/**
 * What modifies the store.
 * @param {import('./random.mjs').Random} random
 * @param {import('./terms.mjs').Locks} locks
 * @returns {Pick<Step, 'call' | 'args'>}
 */
function modifier(random, locks) {
  const call = random.oneOf(['set', 'set', 'set', 'append', 'append', 'delete', 'clear']);
  if (call === 'set') return { call, args: [key(random), value(random), ...setOptions(random, locks)] };
  if (call === 'append') return { call, args: [key(random), value(random), ...lockOptions(random, locks)] };
  if (call === 'delete') return { call, args: [key(random), ...lockOptions(random, locks)] };
  return { call, args: lockOptions(random, locks) };
}

/**
 * @param {import('./random.mjs').Random} random
 * @param {import('./terms.mjs').Locks} locks
 * @returns {Pick<Step, 'call' | 'args'>}
 */
function batch(random, locks) {
  const methods = Array.from({ length: random.below(5) }, () => {
    const { call, args = [] } = modifier(random, random.chance(0.1) ? 'any' : 'none');
    return { $: 'method', call, args };
  });
  return {
    call: 'batchUpdate',
    args: [random.chance(0.05) ? random.oneOf([5, null, [5], 'text']) : methods, ...lockOptions(random, locks)],
  };
}

const RETURNS = [0, 1, 1, 2, -1, 0.5, '1', null, true, { $: 'undefined' }, { $: 'symbol' }, { $: 'bigint' }, { $: 'throws' }, [1], 2 ** 32];

/** What an operation does while it has a lock. @param {import('./random.mjs').Random} random */
function lock(random) {
  const calls = Array.from({ length: random.below(3) }, () => (random.chance(0.5) ? { call: 'length' } : modifier(random, 'none')));
  return { call: 'lock', args: [random.oneOf(['lock', 'other', '', '-reserved', 5])], calls };
}

/** What an operation does, and what it ends with. @param {import('./random.mjs').Random} random */
function operation(random) {
  const calls = Array.from({ length: random.below(5) }, () => {
    if (random.chance(0.5)) return random.chance(0.3) ? batch(random, 'any') : modifier(random, 'any');
    if (random.chance(0.15)) return lock(random);
    return random.oneOf([
      { call: 'length' },
      { call: 'remainingBudget' },
      { call: 'entries' },
      { call: 'keys' },
      { call: 'values' },
      { call: 'get', args: [key(random)] },
    ]);
  });
  return { calls, ...(random.chance(0.1) ? { throws: 'on purpose' } : { returns: random.oneOf(RETURNS) }) };
}

/** Members of `Shared-Storage-Write`, good and bad. */
const HEADER_ITEMS = [
  ...['set;key=k;value=h', 'SET;key=l;value=h', 'append;key=k;value="h"', 'delete;key=k', 'clear', 'set;key=k;value=h;ignore_if_present'],
  ...['set;key=:xIA=:;value=h', 'set;key="";value=h', 'set;value=h', 'unknown', '"set";key=k;value=q', '(set)', ','],
  ...['"Append";key=k;value=a', 'set;key=k;value=5', 'set;key=k;value=?1', 'append;key=k;value=a;with_lock=l', 'set;key=a;key=k;value=h'],
  ...['DELETE;key=l', 'set;key=k;value=h;ignore_if_present=?0', 'set ;key=k;value=h', 'set;key=:/w==:;value=h', 'set; key=k; value=*t'],
];

/** A program as it grows, and what of it decides what may come next. */
class Draft {
  /** @type {Step[]} */
  steps = [];
  /** The numbers of the frames that are there. @type {number[]} */
  frames = [];
  #framesSoFar = 0;
  /** "addModule initiated" */
  isInitiated = false;
  /** The page's own worklet, and the others; whether an operation that is asked for now runs. @type {{ on?: number, isReady: boolean }[]} */
  worklets = [{ isReady: false }];
  #operations = 0;

  /** @param {import('./random.mjs').Random} random */
  constructor(random) {
    this.random = random;
    /** @type {import('./terms.mjs').Locks} */
    this.locks = random.chance(0.3) ? 'one' : 'none';
  }

  /** @param {Step} step */
  add(step) {
    const { random } = this;
    const frame = this.frames.length > 0 && random.chance(0.3) ? { frame: random.oneOf(this.frames) } : {};
    this.steps.push({ ...step, ...frame, awaited: step.awaited ?? random.chance(0.7) });
  }

  addModule() {
    const url = this.random.oneOf(['good.js', 'good.js', 'good.js', 'good.js', 'throws.js', 'missing.js', 'text.txt', 'bad.js', 'http://']);
    // What is no URL uses nothing up; of a module that throws, whatever it has registered before can be run.
    const [own] = this.worklets;
    if (own && !this.isInitiated) own.isReady = url === 'good.js' || url === 'throws.js';
    this.isInitiated ||= url !== 'http://';
    this.steps.push({ call: 'worklet.addModule', args: [url], awaited: true });
  }

  createWorklet() {
    const { random } = this;
    const url = random.oneOf(['good.js', 'good.js', 'good.js', 'throws.js', 'missing.js', 'http://']);
    const dataOrigin = random.oneOf(['context-origin', 'script-origin', 'Script-Origin', 'nonsense', '', 5]);
    const options = random.chance(0.5)
      ? []
      : [{ dataOrigin, ...(random.chance(0.2) ? { credentials: random.oneOf(['omit', 'none']) } : {}) }];
    this.steps.push({ call: 'createWorklet', args: [url, ...options], awaited: true });
    const isValid = options.every((one) => String(one.dataOrigin).endsWith('rigin') && one.credentials !== 'none');
    if (url === 'good.js' && isValid) this.worklets.push({ on: this.worklets.length - 1, isReady: true });
  }

  frame() {
    if (this.frames.length < 2) {
      this.steps.push({ call: 'frame', awaited: true });
      this.frames.push(this.#framesSoFar++);
    } else this.steps.push({ call: 'remove', frame: /** @type {number} */ (this.frames.shift()) });
  }

  /** The page is left, and comes back as a new document: what it has asked for by then is carried out all the same. */
  navigate() {
    this.steps.push({ call: 'navigate' });
    this.frames = [];
    this.#framesSoFar = 0;
    this.isInitiated = false;
    this.worklets = [{ isReady: false }];
  }

  /** Everything that was asked for before has settled, so that what the operation finds does not depend on who is faster. */
  operation() {
    const { random } = this;
    this.steps.push({ call: 'settle', awaited: true });
    const name = random.chance(0.1) ? random.oneOf(['unknown', '', 5]) : 'operation';
    const worklet = random.oneOf(this.worklets);
    const isSelection = random.chance(0.3);
    const label = `operation ${++this.#operations}`;
    const keepAlive = random.chance(0.8);
    const data = { ...operation(random), label };
    const options = { data, ...(keepAlive ? { keepAlive } : {}), ...(isSelection && random.chance(0.5) ? { resolveToConfig: true } : {}) };
    const urls = Array.from({ length: random.oneOf([0, 1, 2, 2, 3, 8, 9]) }, (_, index) => ({
      url: random.chance(0.05) ? 'http://' : `/url-${index}`,
    }));
    const runs = worklet.isReady && name === 'operation' && (!isSelection || isSelectable(urls));
    this.steps.push({
      call: isSelection ? 'selectURL' : 'run',
      args: isSelection ? [name, urls, options] : [name, options],
      awaited: true,
      ...(worklet.on === undefined ? {} : { on: worklet.on }),
      ...(runs ? { logs: label } : {}),
    });
    if (!keepAlive && (!isSelection || isSelectable(urls))) worklet.isReady = false;
  }

  header() {
    const { random } = this;
    const header = Array.from({ length: 1 + random.below(3) }, () => random.oneOf(HEADER_ITEMS)).join(', ');
    this.steps.push({ call: 'fetch', args: [header], awaited: true });
  }
}

const isSelectable = (/** @type {{ url: string }[]} */ urls) =>
  urls.length > 0 && urls.length <= 8 && urls.every(({ url }) => url !== 'http://');

/**
 * The program of this seed, always the same one.
 * @param {number} seed
 * @returns {Step[]}
 */
export function createProgram(seed) {
  const random = createRandom(seed);
  const draft = new Draft(random);
  for (let length = 3 + random.below(12); length > 0; length--) {
    const kind = random.below(21);
    if (kind < 8) draft.add(modifier(random, draft.locks));
    else if (kind < 11) draft.add(batch(random, draft.locks));
    else if (kind < 13) draft.addModule();
    else if (kind < 17) draft.operation();
    else if (kind < 18 && draft.locks === 'none') draft.header();
    else if (kind < 19) draft.createWorklet();
    else if (kind < 20) draft.frame();
    else draft.navigate();
  }
  return draft.steps;
}
