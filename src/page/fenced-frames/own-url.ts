/** What the document of a frame with an opaque URL reads of the mark at the end of its URL: nothing. */

import { DIRECTIVE, isBareMarked } from '../../protocol/url-marks';
import { nativeFunction } from '../../webidl/native-function';
import {
  apply,
  defineProperty,
  getOwnPropertyDescriptor,
  stringIndexOf,
  stringSlice,
  uncurryGetter,
  uncurryThis,
} from '../../webidl/primordials';

const { history, performance } = globalThis;
const getEntriesByType = uncurryThis(Performance.prototype.getEntriesByType);
const entryName = uncurryGetter(PerformanceEntry.prototype, 'name');
const replaceState = uncurryThis(History.prototype.replaceState);
const historyState = uncurryGetter(History.prototype, 'state');

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** The URL without the mark at its end. */
function unmarked(url: string): string {
  const begin = stringIndexOf(url, DIRECTIVE, stringIndexOf(url, '#'));
  if (isBareMarked(url, stringIndexOf)) return stringSlice(url, 0, begin);
  let end = begin;
  // The document may have a directive of its own.
  for (let next = stringIndexOf(url, '&', begin); next >= 0; next = stringIndexOf(url, '&', next + 1)) end = next;
  const hasNoFragment = end === begin && stringSlice(url, begin - 1, begin) === '#';
  return stringSlice(url, 0, hasNoFragment ? begin - 1 : end);
}

function replaceMember(
  prototype: object,
  name: string,
  member: 'get' | 'value',
  wrap: (native: Method, self: unknown, args: unknown[]) => unknown,
) {
  const descriptor = getOwnPropertyDescriptor(prototype, name);
  const native = descriptor?.[member] as Method | undefined;
  if (!native) return;
  const replacement = nativeFunction(member === 'get' ? `get ${name}` : name, native.length, (self, args) =>
    wrap(native, self, args as unknown[]),
  );
  defineProperty(prototype, name, { __proto__: null, ...descriptor, [member]: replacement } as PropertyDescriptor);
}

export function hideMark(): void {
  const entry = getEntriesByType(performance, 'navigation')[0];
  if (!entry) return;
  const marked = entryName(entry);
  const own = unmarked(marked);
  const read = (native: Method, self: unknown) => {
    const url = apply(native, self, []);
    return url === marked ? own : url;
  };
  replaceMember(PerformanceEntry.prototype, 'name', 'get', read);
  replaceMember(NavigationHistoryEntry.prototype, 'url', 'get', read);
  const prototypes: object[] = [PerformanceEntry.prototype, PerformanceResourceTiming.prototype, PerformanceNavigationTiming.prototype];
  for (let index = 0; index < prototypes.length; index++)
    replaceMember(prototypes[index] as object, 'toJSON', 'value', (native, self) => {
      const json = apply(native, self, []) as { name: unknown };
      if (json.name === marked) json.name = own;
      return json;
    });
  const lists: object[] = [Performance.prototype, PerformanceObserverEntryList.prototype];
  for (let index = 0; index < lists.length; index++)
    replaceMember(lists[index] as object, 'getEntriesByName', 'value', (native, self, args) => {
      if (args[0] === own) args[0] = marked;
      return apply(native, self, args);
    });
  // With the directive, the browser takes away a fragment that is empty.
  if (isBareMarked(marked, stringIndexOf)) replaceState(history, historyState(history), '', own);
}
