// Walks the demo as a visitor would, and says what was to be seen at each step.

import { Visitor } from './visitor.mjs';
import { walkCounter } from './walk-counter.mjs';
import { walkIsolation } from './walk-isolation.mjs';
import { describeHistogram, ReportsPage } from './walk-reports.mjs';

/** What the handler says when it has reported, once. */
const REPORTED = 'reported: three adverts seen';

/** @typedef {{ site: string, step: string, seen: string, expected: string, ok: boolean }} Row */

/**
 * @param {import('../browser/launch.mjs').Browser} browser with the extension loaded
 * @param {{ origin: (site: string) => string, startPage: string }} demo
 * @returns {Promise<Row[]>}
 */
export async function walkDemo(browser, demo) {
  const visitor = new Visitor(await browser.openPage());
  /** @type {Row[]} */
  const rows = [];
  /** What the store must hold, by what the cards said. */
  let store = { group: '', first: '', count: 0 };

  /** @type {(site: string, step: string, seen: string, expected: string) => void} */
  const note = (site, step, seen, expected) => rows.push({ site, step, seen, expected, ok: seen === expected });

  const startOver = async () => {
    note('start', 'start over', await visitor.startOver(demo.origin('start')), 'Cleared. The next visit is the first one again.');
    store = { group: '', first: '', count: 0 };
  };

  /** @param {'news' | 'recipes'} site */
  const visit = async (site) => {
    const { lines, failure, wrote } = await visitor.visit(demo.origin(site));
    const seen = (/** @type {string} */ what) => lines.get(what) ?? failure ?? 'nothing';
    const host = `${site}.localhost`;
    const isFirst = store.count === 0;
    store = { group: store.group || (wrote.group ?? ''), first: store.first || host, count: store.count + 1 };
    note(site, `experiment group (proposed ${wrote.group})`, seen('experiment group'), store.group);
    const verdict = isFirst ? 'written just now' : `kept, ${host} was offered`;
    note(site, 'writer worklet: first met on', seen('first met on'), `${store.first} (${verdict})`);
    note(site, 'header write: last note', seen('last note'), `${wrote.note} from ${host}`);
    note(site, 'views on all sites', seen('views on all sites'), String(store.count));
  };

  await visitor.arrive(demo.startPage);
  note('start', 'the API is there', await visitor.support(), '✓ window.sharedStorage is here');
  await visit('news');
  await visit('recipes');
  await visit('news');
  const reports = new ReportsPage(await browser.openPage(`${demo.origin('measure')}/reports.html`));
  /** @type {(step: string, ...expected: number[]) => Promise<void>} */
  const report = async (step, ...expected) =>
    note('measure', `reports, ${step}`, describeHistogram(await reports.histogram(expected)), describeHistogram(expected));
  await report('after three views', 1, 1, 1, 1, 0, 0, 0, 0);
  note('measure', 'the raw report', await reports.raw(), demo.origin('measure'));
  await reports.tell('35–54');
  await visit('recipes');
  await report('with an age', 1, 1, 1, 1, 0, 1, 0, 0);
  await startOver();
  await visit('recipes');
  await report('of another visitor', 2, 1, 2, 1, 0, 1, 0, 0);

  /** @type {(view: number, customer: boolean, join?: boolean) => Promise<void>} */
  const select = async (view, customer, join) => {
    const seen = await visitor.select(demo.origin('measure'), join);
    const both = (/** @type {string} */ title) => `${title}, in iframe and fenced frame`;
    const shown = (/** @type {string[] | undefined} */ titles = []) =>
      titles.length === 2 && titles[0] === titles[1] ? both(titles[0] ?? '') : titles.join(', ') || 'nothing';
    note(
      'measure',
      `selectURL, view ${view}: A/B creative`,
      shown(seen.experiment),
      both(Number(store.group) % 2 ? 'Orange creative' : 'Blue creative'),
    );
    note('measure', `selectURL, view ${view}: frequency cap`, shown(seen.frequency), both(view <= 3 ? 'Summer campaign' : 'House ad'));
    note('measure', `selectURL, view ${view}: known customer`, shown(seen.customer), both(customer ? 'Welcome back' : 'Create an account'));
  };
  await select(1, false, true);
  await select(2, true);
  await select(3, true);
  await select(4, true);
  const expected = ['1 seen', '2 seen', '3 seen'].map((seen) => `append of adverts: ${seen}`);
  const said = await walkCounter(browser, `${demo.origin('measure')}/counter.html`);
  note('measure', 'the counter that reports itself', said.join(', '), [...expected, REPORTED, 'append of adverts: 4 seen'].join(', '));
  await report('after three adverts', 2, 1, 2, 1, 0, 1, 0, 1);
  await walkIsolation(browser, demo, note);
  return rows;
}

/**
 * The rows as a table, with the expectation spelled out where it was not met.
 * @param {Row[]} rows
 */
export function formatRows(rows) {
  const lines = rows.map(({ site, step, seen, expected, ok }) => [
    ok ? 'ok' : 'FAIL',
    site,
    step,
    ok ? seen : `${seen} (expected: ${expected})`,
  ]);
  const table = [['', 'site', 'step', 'seen'], ...lines];
  const widths = [0, 1, 2].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return table
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
