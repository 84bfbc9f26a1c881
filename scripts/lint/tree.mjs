// All that our own rules say about the sources, beside what Biome checks.

import { problemsOfCopies } from './copies.mjs';
import { problemsOfEmptyFloors, problemsOfFloors } from './floors.mjs';
import { problemsOfInjection } from './injected.mjs';
import { problemsOfPrimordials } from './primordials.mjs';
import { problemsOfSizes } from './sizes.mjs';
import { lineOf, readFiles, readSources } from './source.mjs';

/** What is being mended, by file and what the message begins with. This list only shrinks, and goes when it is empty. @type {readonly [file: string, message: string][]} */
const NOT_YET = [
  ['page/fenced-frames/fenced-frame.ts', ''],
  ['injected/fenced-frames/embed.ts', 'a function of'],
];

/** @returns {string[]} one line for each problem */
export function problemsOfTree() {
  const sources = readSources();
  const problems = [
    ...problemsOfFloors(sources),
    ...problemsOfEmptyFloors(sources),
    ...problemsOfInjection(sources),
    ...problemsOfPrimordials(sources),
    ...problemsOfSizes(sources),
    ...problemsOfCopies(readFiles(/\.(?:ts|css|html)$/)),
  ];
  return problems
    .filter(({ file, message }) => !NOT_YET.some(([known, beginning]) => file === known && message.startsWith(beginning)))
    .map(lineOf);
}
