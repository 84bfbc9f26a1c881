// All that our own rules say about the sources, beside what Biome checks.

import { problemsOfFloors } from './floors.mjs';
import { problemsOfInjection } from './injected.mjs';
import { problemsOfPrimordials } from './primordials.mjs';
import { lineOf, readSources } from './source.mjs';

/** What is being mended, by file and what the message begins with. This list only shrinks, and goes when it is empty. @type {readonly [file: string, message: string][]} */
const NOT_YET = [
  ['background/browser/badge.ts', 'src/background/browser must not import src/background/requests'],
  ['content/requests/page-requests.ts', 'src/content/requests must not import src/content/'],
  ['content/requests/service-worker-channel.ts', 'src/content/requests must not import src/content/'],
  ['offscreen/select-url/operation-selections.ts', 'src/offscreen/select-url must not import src/offscreen/worklets'],
  ['worklet/console/console.ts', ''],
  ['worklet/console/describe-error.ts', ''],
  ['worklet/global-scope.ts', ''],
  ['worklet/lockdown.ts', ''],
  ['worklet/module.ts', ''],
  ['worklet/subtle-crypto.ts', ''],
  ['page/fenced-frames/fenced-frame.ts', ''],
];

/** @returns {string[]} one line for each problem */
export function problemsOfTree() {
  const sources = readSources();
  return [...problemsOfFloors(sources), ...problemsOfInjection(sources), ...problemsOfPrimordials(sources)]
    .filter(({ file, message }) => !NOT_YET.some(([known, beginning]) => file === known && message.startsWith(beginning)))
    .map(lineOf);
}
