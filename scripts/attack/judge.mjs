// What came of the attacks, in words.

/** @typedef {import('./run-case.mjs').Outcome} Outcome */
/** @typedef {import('./run-case.mjs').Breach} Breach */

/**
 * What is known in the end only: calls of the trap, and what left the browser.
 * @param {Outcome} outcome
 * @param {readonly import('./trap.mjs').Call[]} calls
 * @param {string} sent
 * @returns {Breach[]}
 */
export function breachesLater({ canary, trap, begun, milliseconds }, calls, sent) {
  const { hostname } = new URL(trap);
  const isOwn = (/** @type {import('./trap.mjs').Call} */ { text, time }) =>
    /trap-\d+\.localhost/.test(text) ? text.includes(`${hostname}:`) : time >= begun && time <= begun + milliseconds;
  const called = calls.find(isOwn);
  const form = canary.findIn(sent);
  return [
    ...(called ? [{ sense: 'trap', what: `${called.how}: ${called.text.split('\r\n')[0] || 'a connection'}` }] : []),
    ...(form ? [{ sense: 'network', what: sent.slice(Math.max(0, sent.indexOf(form) - 100), sent.indexOf(form) + form.length) }] : []),
  ];
}

const sensesOf = (/** @type {Outcome} */ { breaches }) => [...new Set(breaches.map(({ sense }) => sense))].sort();

/** An attack that got nothing, or a control or a limit that was noticed by what must notice it, and by nothing else. @param {Outcome} outcome */
export function isHarmless(outcome) {
  const { noticedBy = outcome.attack.limit } = outcome.attack;
  if (outcome.problem !== null) return false;
  return noticedBy ? sensesOf(outcome).join() === [...noticedBy].sort().join() : outcome.breaches.length === 0;
}

/** @param {Outcome} outcome */
export function lineOf({ attack, breaches, problem, milliseconds }) {
  const verdict = attack.noticedBy
    ? 'control'
    : attack.limit && problem === null
      ? 'limit'
      : problem !== null
        ? 'BROKEN'
        : breaches.length > 0
          ? 'BREACH'
          : 'failed';
  return `${verdict.padEnd(7)} ${attack.name.padEnd(48)} ${String(milliseconds).padStart(5)} ms  ${attack.tries}`;
}

/** @param {Outcome} outcome */
export function textOf(outcome) {
  const { attack, breaches, problem } = outcome;
  const senses = sensesOf(outcome).join(', ') || 'nothing';
  const noticed = breaches.map(({ sense, what }) => `${sense}: ${what}`).join('; ');
  if (problem !== null) return `${attack.name} (${attack.tries}) could not be carried out: ${problem}`;
  if (attack.noticedBy)
    return `${attack.name} (${attack.tries}) was noticed by ${senses}, and not by ${attack.noticedBy.join(', ')}: ${noticed}`;
  return `${attack.name} (${attack.tries}) ${noticed}`;
}

/** @param {readonly Outcome[]} outcomes */
const listOf = (outcomes) => outcomes.map(({ attack }) => `- \`${attack.name}\`: ${attack.tries}`).join('\n');

/** @param {readonly Outcome[]} outcomes */
export function summaryOf(outcomes) {
  const controls = outcomes.filter(({ attack }) => attack.noticedBy);
  const limits = outcomes.filter(({ attack }) => attack.limit);
  const attacks = outcomes.filter(({ attack }) => !attack.noticedBy && !attack.limit);
  const noticed = controls.filter(isHarmless).length;
  const failed = attacks.filter(isHarmless).length;
  const known = limits.length > 0 ? `\n\n## What gets through, as docs/limits.md says\n\n${listOf(limits)}` : '';
  const details = `## Attacks\n\n${listOf(attacks)}${known}`;
  /** @type {[string, string | number][]} */
  const counts = [
    ['Attacks', attacks.length],
    ['Attacks that got nothing', failed],
    ['Attacks that get through, as docs/limits.md says', limits.length],
    ['Controls that were noticed', `${noticed} of ${controls.length}`],
  ];
  return {
    text: `${failed} of ${attacks.length} attacks got nothing; ${limits.length} more get through, as docs/limits.md says; ${noticed} of ${controls.length} controls were noticed`,
    counts,
    details,
  };
}
