// What the bench prints: one table, and below it what the table cannot say.

/** @typedef {import('./summary.mjs').Summary} Summary */
/** @typedef {import('./sides.mjs').SideName} SideName */

/** @type {Record<SideName, string>} */
const MEANING = {
  extension: 'with the extension',
  native: 'with its own API',
  floor: 'with an extension that does only what none can do without (scripts/bench/floor)',
  off: 'without the extension',
  empty: 'without it, with an extension whose two content scripts are empty',
  'empty with rules': 'the same, with the permission for declarative rules and for all sites',
  'off again': 'the same once more: how far it is from the first shows the noise',
};

const NAMES = /** @type {SideName[]} */ (Object.keys(MEANING));

/**
 * @param {Summary[]} summaries
 * @param {import('./native.mjs').Native} native
 * @param {{ processors: number, load: number }} machine
 */
export function formatReport(summaries, native, { processors, load }) {
  const columns = NAMES.filter((side) => side === 'extension' || side === 'native' || summaries.some(({ sides }) => sides[side]));
  const header = ['median / p95', 'unit', ...columns, 'ratio', 'its spread', 'samples'];
  const lines = summaries.map((summary) => [
    summary.name,
    summary.unit,
    ...columns.map((side) => cell(summary, side, native)),
    summary.ratio === undefined ? '' : summary.ratio.toFixed(2),
    summary.spread === undefined ? '' : summary.spread.map((ratio) => ratio.toFixed(1)).join(' to '),
    String(Math.max(0, ...Object.values(summary.sides).map(({ samples }) => samples.length))),
  ]);
  const notes = [
    ...versions(summaries),
    `machine: ${processors} processors, load average ${number(load)} before this began: other work is in every figure`,
    'ratio: of the medians, extension to native; its spread: the middle half of the ratios of neighbouring turns',
    ...differences(summaries),
    ...aboveEmpty(summaries),
    ...summaries.flatMap(({ name, note }) => (note ? [`${name}: ${note}`] : [])),
    ...failures(summaries),
  ];
  if ('missing' in native) notes.push(native.advice);
  return `${table([header, ...lines])}\n\n${notes.join('\n')}`;
}

/**
 * @param {Summary} summary
 * @param {SideName} side
 * @param {import('./native.mjs').Native} native
 */
function cell({ sides, failures, measuredOn }, side, native) {
  const figures = sides[side];
  if (figures) return `${number(figures.median)} / ${number(figures.p95)}`;
  if (failures[side]) return 'failed';
  return side === 'native' && 'missing' in native && measuredOn.includes('native') ? native.missing : '';
}

/** Three digits are more than such measurements are good for. @param {number} value */
const number = (value) => value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);

/** @param {Summary[]} summaries */
function versions(summaries) {
  return NAMES.flatMap((side) => {
    const version = summaries.find(({ sides }) => sides[side])?.sides[side]?.version;
    return version ? [`${side}: ${version}, ${MEANING[side]}`] : [];
  });
}

/** @param {Summary[]} summaries */
function aboveEmpty(summaries) {
  return summaries.flatMap(({ name, unit, aboveEmpty, aboveRules }) =>
    aboveEmpty === undefined || aboveRules === undefined
      ? []
      : [`${name}: extension − empty is ${number(aboveEmpty)} ${unit}, extension − empty with rules is ${number(aboveRules)} ${unit}`],
  );
}

/** @param {Summary[]} summaries */
function differences(summaries) {
  return summaries.flatMap(({ name, unit, added, noise }) =>
    added === undefined || noise === undefined
      ? []
      : [
          `${name}: extension − off is ${number(added)} ${unit}, off again − off is ${number(noise)} ${unit} (medians of neighbours' differences)`,
        ],
  );
}

/** @param {Summary[]} summaries */
function failures(summaries) {
  return summaries.flatMap(({ name, failures }) => Object.entries(failures).map(([side, reason]) => `FAILED: ${name}, ${side}: ${reason}`));
}

/** @param {string[][]} rows the first column is text, the others end with their numbers */
function table(rows) {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (/** @type {string} */ text, /** @type {number} */ column) =>
    column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}
