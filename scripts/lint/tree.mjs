// All that our own rules say about the sources, beside what Biome checks.

import { problemsOfCopies } from './copies.mjs';
import { problemsOfEmptyFloors, problemsOfFloors } from './floors.mjs';
import { problemsOfInjection } from './injected.mjs';
import { problemsOfModuleState } from './module-state.mjs';
import { problemsOfPrimordials } from './primordials.mjs';
import { problemsOfSizes } from './sizes.mjs';
import { lineOf, readFiles, readSources } from './source.mjs';
import { problemsOfTexts, readTexts } from './texts.mjs';

/** @returns {string[]} one line for each problem */
export function problemsOfTree() {
  const sources = readSources();
  return [
    ...problemsOfFloors(sources),
    ...problemsOfEmptyFloors(sources),
    ...problemsOfInjection(sources),
    ...problemsOfModuleState(sources),
    ...problemsOfPrimordials(sources),
    ...problemsOfSizes(sources),
    ...problemsOfTexts(sources, readTexts()),
    ...problemsOfCopies(readFiles(/\.(?:ts|css|html)$/)),
  ].map(lineOf);
}
