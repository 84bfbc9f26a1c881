// The table of everything that is measured. To add something: write a row, in a file of its own under rows/, and list it here.

import { addModuleCold, addModuleFirst, addModuleInFrame, addModuleWarm } from './rows/add-module.mjs';
import { awaitedSet, wakingSet } from './rows/awaited-set.mjs';
import { eventHandlers } from './rows/event-handlers.mjs';
import { largeArray, messageLookedThrough, messageToItself, messageToOtherOrigin } from './rows/guarded-messages.mjs';
import { fetchAmongMarked, fetchOfOtherPage, insertions, markedFetch, plainFetch } from './rows/header-writes.mjs';
import { idleWorklets } from './rows/idle-worklets.mjs';
import { iteration } from './rows/iteration.mjs';
import { kitEntries } from './rows/kit-entries.mjs';
import { kitPageLoad } from './rows/kit-page-load.mjs';
import { setBesideLocked } from './rows/locked-writes.mjs';
import { manyEntries, manyEntriesSet } from './rows/many-entries.mjs';
import { panelRows } from './rows/panel.mjs';
import { report } from './rows/report.mjs';
import { run } from './rows/run.mjs';
import { selectURL } from './rows/select-url.mjs';
import { plainFrame, selectedFrame } from './rows/selected-frame.mjs';
import { unawaitedCalls, unawaitedSeen } from './rows/unawaited-writes.mjs';
import { cpuOfUnusedAPI, loadOfUnusedAPI } from './rows/unused-api.mjs';
import { workletGet } from './rows/worklet-get.mjs';

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {string} unit
 * @property {string} [note] what a figure is made of
 * @property {import('./sides.mjs').SideName[]} sides where it is measured
 * @property {120} [native] measured beside Chromium 120: for what 150 has not, Private Aggregation that works, or is to be compared with 120
 * @property {number} samples how many are taken on each side
 * @property {number} block how many of them in one turn, before the next side has its turn
 * @property {Record<string, string>} [files] what the site serves besides /timing.html, by path
 * @property {Record<string, string>} [headers] of everything that the site serves
 * @property {(side: import('./sides.mjs').Side) => Promise<(count: number) => Promise<number[]>>} begin
 *   opens what it needs in a fresh browser, and gives the function that takes so many samples
 */

/** @type {Row[]} */
export const rows = [
  awaitedSet,
  wakingSet,
  unawaitedCalls,
  unawaitedSeen,
  setBesideLocked,
  addModuleFirst,
  addModuleInFrame,
  addModuleWarm,
  addModuleCold,
  run,
  selectURL,
  selectedFrame,
  plainFrame,
  workletGet,
  iteration,
  report,
  ...kitEntries,
  ...kitPageLoad,
  plainFetch,
  markedFetch,
  fetchAmongMarked,
  fetchOfOtherPage,
  insertions,
  ...eventHandlers,
  ...manyEntriesSet,
  ...manyEntries,
  idleWorklets,
  ...panelRows,
  loadOfUnusedAPI,
  cpuOfUnusedAPI,
  messageToItself,
  messageToOtherOrigin,
  messageLookedThrough,
  largeArray,
];
