// Carries one attack out, and looks everywhere for what it must not have got.

import { bitsOf, Canary, createCanary, isTellingGuess } from './canary.mjs';
import { Watch } from './watch.mjs';
import { until, within } from './within.mjs';

/** @typedef {import('./case.mjs').Attack} Attack */

/** How long an attack may take before it counts as one that never ended. */
const LONGEST = 20_000;

/** @typedef {{ sense: string, what: string }} Breach */
/** @typedef {{ attack: Attack, canary: Canary, breaches: Breach[], problem: string | null, milliseconds: number, begun: number, trap: string }} Outcome */

/**
 * @typedef {object} Arena what all attacks of a run have in common
 * @property {import('../browser/launch.mjs').Browser} browser
 * @property {import('./stage.mjs').Stage} stage
 * @property {import('./innocent.mjs').Innocent} innocent
 * @property {string[]} failures exceptions that nobody caught in the extension's own contexts
 * @property {import('../differ/random.mjs').Random} random
 */

/**
 * @param {Attack} attack
 * @param {number} number
 * @param {Arena} arena
 * @returns {Promise<Outcome>}
 */
export async function runAttack(attack, number, arena) {
  const begun = Date.now();
  const canary = new Canary(createCanary(arena.random));
  const { origins, received } = arena.stage.prepare(attack, number, String(arena.browser.extensionId));
  const watch = new Watch(arena.browser, attack.framesMayKnow);
  const failuresBefore = arena.failures.length;
  /** @type {Outcome} */
  const outcome = { attack, canary, breaches: [], problem: null, milliseconds: 0, begun, trap: origins.trap };
  const notice = (/** @type {string} */ sense, /** @type {string} */ what) => outcome.breaches.push({ sense, what });
  const search = (/** @type {string} */ sense, /** @type {readonly string[]} */ texts) => {
    const found = texts.find((text) => canary.findIn(text));
    if (found) notice(sense, around(found, canary.findIn(found) ?? ''));
  };
  const own = await arena.innocent.targets();
  try {
    await arena.innocent.store(origins.victim, entriesOf(attack, canary.value));
    const reported = await carryOut(attack, arena, { origins, received, watch, told: attack.noticedBy && canary.value });
    search('report', reported);
    if (reported.some((guess) => attack.oracle && isTellingGuess(guess, canary.value))) notice('guess', `guessed ${reported.join()}`);
    search('document', await watch.documents(attackTargets(arena.browser, own)));
    const stored = await arena.innocent.read();
    const expected = { ...(attack.losesCanary ? {} : { canary: canary.value }), ...attack.leaves };
    const isKept = attack.oracle ? stored.canary === canary.value : isSame(stored, expected);
    if (!isKept) notice('store', `stored afterwards: ${JSON.stringify(stored).slice(0, 300)}`);
  } catch (error) {
    outcome.problem = /** @type {Error} */ (error).message;
  }
  await closeAll(arena.browser, own);
  search(
    'report',
    received.filter(isLoot).map(({ text }) => text),
  );
  search(
    'server',
    received.filter((one) => !isLoot(one)).map(({ text }) => text),
  );
  search('console', watch.console);
  if (attack.isForeign ?? attack.as === 'attacker') search('worklet console', watch.worklets);
  for (const failure of arena.failures.slice(failuresBefore)) notice('extension', failure);
  outcome.milliseconds = Date.now() - begun;
  return outcome;
}

/**
 * What the victim stores: the canary, and for an attack that guesses what it is to guess.
 * @param {Attack} attack
 * @param {string} canary
 * @returns {Record<string, string>}
 */
function entriesOf({ oracle }, canary) {
  const bits = oracle === 'keys' ? [...bitsOf(canary)].flatMap((bit, index) => (bit === '1' ? [[`bit-${index}`, 'v']] : [])) : [];
  return { canary, ...Object.fromEntries(bits) };
}

const hasTried = (/** @type {string} */ line) => line.includes('tried:');

const isLoot = (/** @type {{ line: string }} */ { line }) => line.includes('/loot');

/** @param {string} text @param {string} form */
function around(text, form) {
  const at = text.indexOf(form);
  return text.slice(Math.max(0, at - 80), at + form.length + 40).replaceAll('\n', ' ');
}

/** @param {Record<string, string>} stored @param {Record<string, string>} expected */
const isSame = (stored, expected) => JSON.stringify(Object.entries(stored).sort()) === JSON.stringify(Object.entries(expected).sort());

/**
 * @param {Attack} attack
 * @param {Arena} arena
 * @param {{ origins: import('./case.mjs').Origins, received: import('./stage.mjs').Received[], watch: Watch, told: string | undefined }} scene
 * @returns {Promise<string[]>} what was reported from outside of the page
 */
async function carryOut(attack, arena, { origins, received, watch, told }) {
  /** @type {string[]} */
  const reported = [];
  const page = await watch.open(`${attack.as === 'attacker' ? origins.attacker : origins.victim}/attack`);
  const evaluate = (/** @type {string} */ expression) => within(page.evaluate(expression), attack.longest ?? LONGEST, 'the attack');
  if (told) await page.evaluate(`globalThis.told = ${JSON.stringify(told)}`);
  if (attack.page) {
    const ends = evaluate(
      `(async () => { const { stage } = kit;\n${attack.page}\n})().then((value) => { if (value !== undefined) kit.got(value); return String(value); })`,
    );
    const answer = await (attack.leavesPage ? ends.catch(() => '') : ends);
    if (attack.oracle) reported.push(answer);
  }
  /** @type {import('./case.mjs').Act} */
  const act = {
    origins,
    page,
    browser: arena.browser,
    got: (...values) => reported.push(values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ')),
    get requests() {
      return received.map(({ line }) => line);
    },
    open: (url) => watch.open(url),
  };
  if (attack.drive) await within(attack.drive(act), LONGEST, 'the attack');
  const hasReported = () => reported.length > 0 || received.some(isLoot);
  if (attack.leavesPage) await until(hasReported, LONGEST, 'a report of what was tried');
  else if (attack.module) await until(() => watch.worklets.some(hasTried), LONGEST, 'the end of what the worklet tries');
  if (!attack.leavesPage) await within(page.evaluate('kit.finish()'), LONGEST, 'what was reported');
  if (!hasReported() && !watch.worklets.some(hasTried)) throw new Error('nothing was tried');
  return reported;
}

/**
 * @param {import('../browser/launch.mjs').Browser} browser
 * @param {ReadonlySet<string>} own those that were there before the attack
 */
function attackTargets(browser, own) {
  const isAttack = (/** @type {any} */ { targetId, type, url }) =>
    !own.has(targetId) && ['page', 'iframe', 'webview', 'tab'].includes(type) && !String(url).startsWith('chrome-extension:');
  return [...browser.targets.values()].filter(isAttack).map(({ targetId }) => targetId);
}

/**
 * @param {import('../browser/launch.mjs').Browser} browser
 * @param {ReadonlySet<string>} own
 */
async function closeAll(browser, own) {
  const pages = [...browser.targets.values()].filter(({ targetId, type }) => type === 'page' && !own.has(targetId));
  await Promise.all(pages.map(({ targetId }) => browser.devtools.send('Target.closeTarget', { targetId }).catch(() => {})));
  await until(() => pages.every(({ targetId }) => !browser.targets.has(targetId)), LONGEST, 'the end of the pages').catch(() => {});
}
