/** What the document of a frame with an opaque URL reads of the mark at the end of its URL: nothing. */

import { DIRECTIVE, FENCED_FRAME, isBareMarked, URN_IFRAME } from '../../protocol/url-marks';
import { stringIndexOf, stringSlice, uncurryGetter, uncurryMethod } from '../../webidl/primordials';
import { entryName, getEntriesByType } from '../bridge/server-timings';
import { renameEntries, renameJSON, renameValue } from './entry-names';

const { history, performance } = globalThis;
const replaceState = uncurryMethod(History, 'replaceState');
const historyState = uncurryGetter(History, 'state');

/** The URL without the mark at its end. */
export function unmarked(url: string): string {
  const begin = stringIndexOf(url, DIRECTIVE, stringIndexOf(url, '#'));
  if (isBareMarked(url, stringIndexOf)) return stringSlice(url, 0, begin);
  let end = begin;
  // The document may have a directive of its own.
  for (let next = stringIndexOf(url, '&', begin); next >= 0; next = stringIndexOf(url, '&', next + 1)) end = next;
  const hasNoFragment = end === begin && stringSlice(url, begin - 1, begin) === '#';
  return stringSlice(url, 0, hasNoFragment ? begin - 1 : end);
}

export function hideMark(): void {
  const entry = getEntriesByType(performance, 'navigation')[0];
  if (!entry) return;
  const marked = entryName(entry);
  // A document within may have come without a mark.
  if (
    stringIndexOf(marked, FENCED_FRAME, marked.length - FENCED_FRAME.length) < 0 &&
    stringIndexOf(marked, URN_IFRAME, marked.length - URN_IFRAME.length) < 0
  )
    return;
  const own = unmarked(marked);
  const rename = (url: string) => (url === marked ? own : url);
  renameEntries(rename);
  renameJSON(PerformanceNavigationTiming.prototype, rename);
  renameValue(NavigationHistoryEntry.prototype, 'url', rename);
  // With the directive, the browser takes away a fragment that is empty.
  if (isBareMarked(marked, stringIndexOf)) replaceState(history, historyState(history), '', own);
}
