// One episode after the other in each browser, and what they come to.

import { shrink } from '../differ/compare.mjs';
import { createEpisode, FAULTS, faultsOf } from './episode.mjs';
import { Run } from './run.mjs';

/** @typedef {import('./episode.mjs').Episode} Episode */

const MAXIMUM_PROBLEMS = 20;

/** After so many faults a long run says how far it is. */
const PROGRESS = 100;

/** How long shorter episodes are looked for, in milliseconds. */
const LONGEST_SHRINK = 120_000;

/** In words, for somebody who is to understand what was lost. @param {import('./episode.mjs').Part} part */
function describe(part) {
  if (part.part === 'fault') return `fault   ${part.kind} of document ${part.document}, after ${part.after} ms, ${part.amount}`;
  const lock = part.lock ? ` with the lock ${part.lock}` : '';
  return `writer  ${part.name}: ${part.kind} in document ${part.document}${lock}, ${JSON.stringify(part.steps)}`;
}

export class Campaign {
  passed = 0;
  /** What was lost, one text for each episode. @type {string[]} */
  failures = [];
  /** @type {Map<import('./episode.mjs').FaultKind, number>} */
  #faults = new Map();
  #acknowledged = 0;
  #lateReads = 0;
  /** How long before a kill lost calls had been acknowledged. @type {number[]} */
  #excused = [];
  #begun = Date.now();
  #runs = 0;

  /**
   * @param {import('./stage.mjs').Stage[]} stages
   * @param {import('./site.mjs').Site} site
   * @param {number} seed
   */
  constructor(stages, site, seed) {
    this.stages = stages;
    this.site = site;
    this.seed = seed;
  }

  get stage() {
    return /** @type {import('./stage.mjs').Stage} */ (this.stages[0]);
  }

  get faultCount() {
    return [...this.#faults.values()].reduce((sum, count) => sum + count, 0);
  }

  /** @param {number} count */
  async runFaults(count) {
    let index = 0;
    let next = PROGRESS;
    const runIn = async (/** @type {import('./stage.mjs').Stage} */ stage) => {
      while (this.faultCount < count) {
        await this.runEpisode(index++, stage);
        if (this.faultCount < next || this.faultCount >= count) continue;
        next += PROGRESS;
        console.log(`${this.faultCount} faults so far, ${this.failures.length} episodes with a loss`);
      }
    };
    await Promise.all(this.stages.map(runIn));
  }

  /** @param {number} index @param {import('./stage.mjs').Stage} [stage] */
  async runEpisode(index, stage = this.stage) {
    const episode = createEpisode(this.seed + index);
    const problems = await this.#problemsOf(episode, stage);
    if (problems.length === 0) {
      this.passed++;
      return;
    }
    const text = [`--seed ${this.seed} --only ${index}`, ...(await this.#explain(episode, problems, stage))].join('\n');
    this.failures.push(text);
    console.log(`\n${text}`);
  }

  /**
   * The episode, or where it does the same again the shortest that does.
   * @param {Episode} episode
   * @param {string[]} problems
   * @param {import('./stage.mjs').Stage} stage
   */
  async #explain(episode, problems, stage) {
    const end = Date.now() + LONGEST_SHRINK;
    const isWrong = async (/** @type {Episode['parts']} */ parts) =>
      Date.now() < end && (await this.#problemsOf({ ...episode, parts }, stage)).length > 0;
    const repeats = await isWrong(episode.parts);
    const parts = repeats ? await shrink(episode.parts, isWrong) : episode.parts;
    const again = repeats ? 'again, and shortened' : 'not again';
    return [
      `  durability: ${episode.durability}; ${again}`,
      ...parts.map((part) => `  ${describe(part)}`),
      ...problems.map((one) => `  ${one}`),
    ];
  }

  /** @param {Episode} episode @param {import('./stage.mjs').Stage} stage @returns {Promise<string[]>} none where all is well */
  async #problemsOf(episode, stage) {
    const run = new Run(stage, this.site, episode, `e${++this.#runs}`);
    for (const { kind } of faultsOf(episode)) this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1);
    try {
      const { observed, verdict, reads } = await run.carryOut();
      this.#acknowledged += observed.notes.filter(({ outcome }) => outcome === null).length + observed.kept.length;
      this.#excused.push(...verdict.excused);
      if (reads > 1) this.#lateReads++;
      const problems = [...verdict.wrong, ...verdict.missing];
      // What the consoles say may be the reason.
      return problems.length > 0 ? [...problems, ...new Set(observed.errors)].slice(0, MAXIMUM_PROBLEMS) : [];
    } catch (error) {
      // Whatever it has left behind is nobody else's.
      await stage.killBrowser();
      return [`the instrument failed: ${/** @type {Error} */ (error).stack}`];
    }
  }

  /** @returns {[what: string, count: string | number][]} */
  counts() {
    const lost = this.#excused.length;
    const oldest = lost > 0 ? `${lost}, the oldest ${Math.max(...this.#excused)} ms before` : '0';
    return [
      ['Faults in the browser', this.faultCount],
      ...FAULTS.flatMap((kind) =>
        this.#faults.has(kind) ? [/** @type {[string, number]} */ ([`- ${kind}`, Number(this.#faults.get(kind))])] : [],
      ),
      ['Episodes', this.passed + this.failures.length],
      ['Acknowledged writes, operations and reports', this.#acknowledged],
      ['Calls of the last moments before a kill that were lost, as may be', oldest],
      ['Episodes that had to be read more than once', this.#lateReads],
      ['Episodes in which something was lost, or not once, or not in order', this.failures.length],
    ];
  }

  summary() {
    const seconds = ((Date.now() - this.#begun) / 1000).toFixed(0);
    const details = this.counts().map(([what, count]) => `${what}: ${count}`);
    return `\n${details.join('\n')}\n\n${this.faultCount} faults in ${this.passed + this.failures.length} episodes in ${seconds} s, ${this.failures.length} with a loss`;
  }
}
