/** The names of performance entries as a page reads them, where the browser's own have marks of ours at their end. */

import { toDOMString } from '../../webidl/conversions';
import { append, apply, uncurryGetter, uncurryMethod } from '../../webidl/primordials';
import { entryName } from '../bridge/server-timings';
import { wrapMember } from './replace-member';

type Rename = (name: string) => string;

const entryType = uncurryGetter(PerformanceEntry, 'entryType');

/** The value of a getter is a URL that may have a mark. */
export function renameValue(prototype: object, name: string, rename: Rename): void {
  wrapMember(prototype, name, (native, self) => {
    const value = apply(native, self, []);
    return typeof value === 'string' ? rename(value) : value;
  });
}

/** Whoever asks for entries by a name gets those too that the browser knows by a marked one. */
function findByNames(list: object, getEntries: (list: never) => PerformanceEntryList, rename: Rename): void {
  wrapMember(list, 'getEntriesByName', (native, self, args) => {
    const found = apply(native, self, args) as PerformanceEntryList;
    const name = toDOMString(args[0]);
    const type = args.length > 1 && args[1] !== undefined ? toDOMString(args[1]) : undefined;
    const entries = getEntries(self as never);
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index] as PerformanceEntry;
      const own = entryName(entry);
      if (own !== name && rename(own) === name && (type ?? entryType(entry)) === entryType(entry)) append(found, entry);
    }
    return found;
  });
}

const entryPrototype = PerformanceEntry.prototype;
const resourcePrototype = PerformanceResourceTiming.prototype;
const { prototype: performancePrototype } = Performance;
const { prototype: listPrototype } = PerformanceObserverEntryList;
const entriesOfPerformance = uncurryMethod(Performance, 'getEntries');
const entriesOfList = uncurryMethod(PerformanceObserverEntryList, 'getEntries');

export function renameJSON(prototype: object, rename: Rename): void {
  wrapMember(prototype, 'toJSON', (native, self) => {
    const json = apply(native, self, []) as { name: string };
    json.name = rename(json.name);
    return json;
  });
}

/** Of a document, and of what it has asked for. */
export function renameEntries(rename: Rename): void {
  renameValue(entryPrototype, 'name', rename);
  renameJSON(entryPrototype, rename);
  renameJSON(resourcePrototype, rename);
  findByNames(performancePrototype, entriesOfPerformance, rename);
  findByNames(listPrototype, entriesOfList, rename);
}
