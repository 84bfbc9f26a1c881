// What must be there after an episode, written down without a look at the code: by what docs/limits.md promises, and no more.

import { writersOf } from './episode.mjs';

/** @typedef {import('./episode.mjs').FaultKind} FaultKind */
/** @typedef {{ kind: FaultKind, document: number, from: number, to: number }} Happened times in milliseconds since the Unix epoch */

/**
 * @typedef {object} Observation
 * @property {import('./site.mjs').Note[]} notes what documents said was settled, and when
 * @property {{ writer: string, step: number }[]} kept what operations said that they have written
 * @property {Happened[]} happened
 * @property {Map<number, number>} ended when documents ended
 * @property {Record<string, string>} entries
 * @property {{ writer: string, step: number, times: number }[]} logged what the event log says was applied
 * @property {{ contextId: string, reportId: string }[]} received reports, by the server
 * @property {{ contextId: string, state: string }[]} reports as they are stored
 * @property {string[]} selected queries of selected URLs that were shown
 * @property {string[]} locks that were asked for afterwards and not granted
 * @property {number} budget bits that are left of the site's
 * @property {string[]} errors in the documents' consoles
 * @property {string[]} unsettled writers whose promises did not settle
 */

/** @typedef {{ wrong: string[], missing: string[], excused: number[] }} Verdict what is missing may come; `excused`: how old each lost write was, in milliseconds */

/**
 * Of how many milliseconds the calls may be lost to what may take the last ones along, by README: where the processors are overloaded. Mostly it is far less.
 */
export const LAST_MOMENTS = 350;

/** How long a document may take to say again what the worker that was stopped had not heard. */
const SAID_AGAIN = 1000;

/** Kills that take the last calls along, whatever becomes of the document. @type {ReadonlySet<FaultKind>} */
const KILLS = new Set(['kill browser', 'reload extension', 'crash extension']);

/** And of a renderer that crashes, what it has not sent by then: the calls of its documents. @type {ReadonlySet<FaultKind>} */
const TAKES_ALONG = new Set([...KILLS, 'crash page']);

/** What ends worklets, and what was asked of them. @type {ReadonlySet<FaultKind>} */
const ENDS_WORKLETS = new Set([...KILLS, 'close offscreen', 'crash sandbox']);

/** What cuts off requests that are under way. @type {readonly FaultKind[]} */
const CUTS_OFF = ['network', 'bfcache', 'navigate', 'reload extension', 'crash extension'];

/** Whether something may have taken a call along that was acknowledged then: with the default durability. */
function isTakenAlong(/** @type {Observation} */ { happened, ended }, /** @type {number} */ document, /** @type {number} */ time) {
  return happened.some(({ kind, from, to }) => {
    if (TAKES_ALONG.has(kind)) return time >= from - LAST_MOMENTS;
    if (kind !== 'stop worker') return false;
    const end = ended.get(document);
    return end !== undefined && end <= to + SAID_AGAIN && time >= from - LAST_MOMENTS && time <= to + LAST_MOMENTS;
  });
}

/** Whether the document's extension had gone by then: its responses write nothing any more. @param {Observation} observed @param {number} time */
const isOrphaned = ({ happened }, time) =>
  happened.some(({ kind, from }) => (kind === 'reload extension' || kind === 'crash extension') && time >= from);

/** The youngest kill or end, for which an acknowledged call was too young. */
const ageAt = (/** @type {Observation} */ { happened }, /** @type {number} */ time) =>
  Math.min(...happened.filter(({ from }) => from >= time - LAST_MOMENTS).map(({ from }) => Math.max(0, from - time)));

/** Of a value that was appended to, the numbers of the steps. @param {string | undefined} value @param {string} [prefix] */
const stepsIn = (value, prefix = '') =>
  (value ?? '')
    .split(';')
    .slice(0, -1)
    .flatMap((token) => (token.startsWith(prefix) ? [token.slice(prefix.length)] : []))
    .map((number) => (/^\d+$/.test(number) ? Number(number) : Number.NaN));

/** Whether an acknowledged step is carried out by a worklet, which may have been ended before. @param {import('./episode.mjs').Writer} writer @param {number} step */
const isOperation = ({ kind }, step) =>
  kind === 'operation' || kind === 'contribution' || kind === 'selection' || (kind === 'shared' && step % 2 === 0);

/** Responses that are not waited for come in any order, and so do locks of a window and of a worklet. @param {import('./episode.mjs').Writer} writer */
const isInOrder = ({ kind, steps }) => kind !== 'shared' && (kind !== 'header' || steps.every((pause) => pause === -1));

class Judge {
  /** @type {Verdict} */
  verdict = { wrong: [], missing: [], excused: [] };

  /**
   * @param {import('./episode.mjs').Episode} episode
   * @param {Observation} observed
   */
  constructor(episode, observed) {
    this.episode = episode;
    this.observed = observed;
    this.endsWorklets = observed.happened.some(({ kind }) => ENDS_WORKLETS.has(kind));
  }

  /** The steps that must be there, with when they were acknowledged. @param {import('./episode.mjs').Writer} writer @returns {Map<number, number>} */
  promised(writer) {
    const { observed, endsWorklets } = this;
    const acknowledged = observed.notes.filter((note) => note.writer === writer.name && note.outcome === null);
    const isPromised = (/** @type {import('./site.mjs').Note} */ { step, time }) =>
      writer.kind === 'header' ? !isOrphaned(observed, time) : !(isOperation(writer, step) && endsWorklets);
    const settled = acknowledged.filter(isPromised).map(({ step, time }) => /** @type {const} */ ([step, time]));
    // What a worklet says that it has kept is kept, whatever ends it then.
    const kept = observed.kept
      .filter((one) => one.writer === writer.name)
      .map(({ step }) => /** @type {const} */ ([step, Number.NEGATIVE_INFINITY]));
    return new Map([...settled, ...kept]);
  }

  /** @param {import('./episode.mjs').Writer} writer @param {number} time */
  isExcused({ document, kind }, time) {
    // A response that was waited for is kept before its request has settled.
    return this.episode.durability === 'relaxed' && kind !== 'header' && isTakenAlong(this.observed, document, time);
  }

  /** Each once, in their order, and all that were promised. @param {import('./episode.mjs').Writer} writer @param {number[]} steps */
  appended(writer, steps) {
    const { verdict } = this;
    const { name } = writer;
    const later = steps.filter((step, index) => !(step > (steps[index - 1] ?? -1)));
    if (isInOrder(writer) && later.length > 0) verdict.wrong.push(`${name}: ${steps} is not in order, or not once: ${later}`);
    if (new Set(steps).size < steps.length) verdict.wrong.push(`${name}: ${steps} has something twice`);
    for (const [step, time] of this.promised(writer)) if (!steps.includes(step)) this.lost(writer, step, time);
  }

  /** @param {import('./episode.mjs').Writer} writer @param {number} step @param {number} time */
  lost(writer, step, time) {
    if (this.isExcused(writer, time)) this.verdict.excused.push(ageAt(this.observed, time));
    else this.verdict.missing.push(`${writer.name}: step ${step} (${writer.kind}) is not there`);
  }

  /** What the last step that took effect has left, from the last promised one on. @param {import('./episode.mjs').Writer} writer */
  registered(writer) {
    const value = this.observed.entries[writer.name];
    const states = writer.steps.map((_, step) => (step % 5 === 4 ? undefined : String(step)));
    const promised = [...this.promised(writer)].sort(([a], [b]) => b - a);
    const firm = promised.find(([, time]) => !this.isExcused(writer, time))?.[0] ?? -1;
    const possible = [...(firm < 0 ? [undefined] : []), ...states.slice(Math.max(0, firm))];
    if (!possible.includes(value)) this.verdict.missing.push(`${writer.name}: ${value} is older than step ${firm}`);
  }

  /** @param {import('./episode.mjs').Writer} writer */
  batched(writer) {
    const { entries } = this.observed;
    const [a, b, c] = ['a', 'b', 'c'].map((end) => entries[`${writer.name}-${end}`]);
    const steps = stepsIn(a);
    if (a !== b || (steps.length > 0 && c !== String(steps.at(-1))))
      this.verdict.wrong.push(`${writer.name}: half a batch: ${a}, ${b}, ${c}`);
    this.appended(writer, steps);
  }

  /** One report for each operation that was asked for, and never another. @param {import('./episode.mjs').Writer} writer */
  reported(writer) {
    const { received, reports } = this.observed;
    const count = (/** @type {readonly { contextId: string }[]} */ list, /** @type {string} */ id) =>
      list.filter(({ contextId }) => contextId === id).length;
    for (const step of writer.steps.keys()) {
      const id = `${writer.name}:${step}`;
      if (count(received, id) > 1 || count(reports, id) > 1) this.verdict.wrong.push(`${writer.name}: two reports of step ${step}`);
    }
    for (const report of reports)
      if (report.state === 'sent' && count(received, report.contextId) === 0)
        this.verdict.wrong.push(`a report of ${report.contextId} was not sent`);
    for (const [step, time] of this.promised(writer)) {
      const id = `${writer.name}:${step}`;
      if (count(received, id) + count(reports, id) === 0) this.lost(writer, step, time);
    }
  }

  /** @param {import('./episode.mjs').Writer} writer */
  written(writer) {
    const { entries } = this.observed;
    if (writer.kind === 'register') this.registered(writer);
    else if (writer.kind === 'batch') this.batched(writer);
    else if (writer.kind === 'contribution') this.reported(writer);
    else if (writer.kind === 'shared') this.appended(writer, stepsIn(entries.shared, `${writer.name}:`));
    else if (writer.kind !== 'selection') this.appended(writer, stepsIn(entries[writer.name]));
  }

  /** What the log says was applied is there, and was applied once. */
  logged() {
    const { entries, logged } = this.observed;
    for (const { writer: name, step, times } of logged) {
      const writer = writersOf(this.episode).find((one) => one.name === name);
      if (!writer || writer.kind === 'register') continue;
      const value = writer.kind === 'batch' ? entries[`${name}-a`] : writer.kind === 'shared' ? entries.shared : entries[name];
      const steps = stepsIn(value, writer.kind === 'shared' ? `${name}:` : '');
      if (!steps.includes(step)) this.verdict.wrong.push(`the log says that step ${step} of ${name} was applied, and it is not there`);
      if (times > 1) this.verdict.wrong.push(`the log says that step ${step} of ${name} was applied ${times} times`);
    }
  }

  /** Which refusals a page may be told of. */
  refused() {
    const { notes, happened } = this.observed;
    const kinds = new Set(happened.map(({ kind }) => kind));
    for (const { writer, step, outcome } of notes) {
      if (outcome === null) continue;
      if ((kinds.has('reload extension') || kinds.has('crash extension')) && /reloaded or removed/.test(outcome)) continue;
      if (CUTS_OFF.some((kind) => kinds.has(kind)) && /Failed to fetch/.test(outcome)) continue;
      this.verdict.wrong.push(`${writer}: step ${step} was refused: ${outcome}`);
    }
  }

  /** @returns {Verdict} */
  judge() {
    const { observed, verdict } = this;
    for (const writer of writersOf(this.episode)) this.written(writer);
    this.logged();
    this.refused();
    for (const lock of observed.locks) verdict.missing.push(`the lock ${lock} is not granted`);
    const hasLostNetwork = observed.happened.some(({ kind }) => kind === 'network');
    for (const name of observed.unsettled) {
      // A request that the browser never ends: see run.mjs.
      const isRequest = writersOf(this.episode).some((writer) => writer.name === name && writer.kind === 'header');
      if (!(hasLostNetwork && isRequest)) verdict.wrong.push(`${name}: a promise did not settle`);
    }
    if (!(observed.budget >= 0 && observed.budget <= 12)) verdict.wrong.push(`a budget of ${observed.budget} bits is left`);
    return verdict;
  }
}

/**
 * @param {import('./episode.mjs').Episode} episode
 * @param {Observation} observed
 */
export const judge = (episode, observed) => new Judge(episode, observed).judge();
