/** What a state file may say, place by place. */

import { isValidKey, isValidValue } from '../../spec/modifier-methods';
import { reportKey } from '../private-aggregation/schema';
import {
  anything,
  type Check,
  count,
  flag,
  isObject,
  listOf,
  membersOf,
  number,
  pointerTo,
  recordOf,
  text,
  textOrNull,
  that,
  time,
  timeOrNull,
} from './checks';

export const FORMAT = 'shared-storage-lab';

/** The version that is written; no other is read. A change that older readers would misunderstand makes another one. */
export const VERSION = 1;

const isSite = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** Of a document of a file as well. */
const isDataOrigin = (value: unknown): boolean =>
  typeof value === 'string' && (value === 'file://' || (/^https?:/.test(value) && URL.parse(value)?.origin === value));

const dataOrigin = that(isDataOrigin, 'a serialized origin, such as https://a.example');
const site = that(isSite, 'a site, such as https://a.example');
const bigint = that((value) => typeof value === 'bigint' && value >= 0n, 'a {"$bigint": "…"} from 0 up');
const keyBytes = that((value) => value instanceof Uint8Array && value.length === 32, 'a {"$bytes": "…"} of 32 bytes in base64');
const entryKey = that((value) => typeof value === 'string' && isValidKey(value), 'a key, of 1 to 2621440 code units');
const entryValue = that((value) => typeof value === 'string' && isValidValue(value), 'a value, of 2621440 code units at most');
const oneOf = (...values: readonly string[]): Check => that((value) => values.includes(value as string), `one of ${values.join(', ')}`);

const entry = membersOf({ required: { key: entryKey, value: entryValue }, optional: { lastUpdated: time } });

const unique =
  (nameOf: (element: Record<string, unknown>) => string | null, of: string): Check =>
  (value, at, problems) => {
    const known = new Set<string>();
    for (const [index, element] of (Array.isArray(value) ? value : []).entries()) {
      const name = isObject(element) ? nameOf(element) : null;
      if (name !== null && known.size === known.add(name).size)
        problems.add(pointerTo(at, index), `has the ${of} of another one before it`);
    }
  };

const all =
  (...checks: readonly Check[]): Check =>
  (value, at, problems) => {
    for (const check of checks) check(value, at, problems);
  };

const entries = all(
  listOf(entry),
  unique(({ key }) => (typeof key === 'string' ? key : null), 'key'),
);

const contribution = membersOf({ required: { bucket: bigint, value: count, filteringId: bigint }, others: true });

const aggregatableReport = membersOf({
  required: {
    reportId: text,
    reportingOrigin: dataOrigin,
    originalReportTime: time,
    contributions: listOf(contribution),
    debugMode: membersOf({
      required: { enabled: flag, key: that((value) => value === null || typeof value === 'bigint', 'a {"$bigint": "…"} or null') },
      others: true,
    }),
    aggregationCoordinator: text,
    contextId: textOrNull,
    filteringIdMaxBytes: count,
    maxContributions: count,
  },
  others: true,
});

const report = membersOf({
  required: {
    kind: oneOf('live', 'debug'),
    report: aggregatableReport,
    site,
    operation: membersOf({
      required: { id: text, documentId: text, workletId: count, tabId: number, moduleURL: text, name: text, startTime: time },
      others: true,
    }),
    notes: listOf(text),
    created: time,
    state: oneOf('pending', 'sending', 'sent', 'failed'),
    nativeDue: time,
    attempts: count,
    reason: textOrNull,
    settled: timeOrNull,
    body: textOrNull,
    plaintext: that((value) => value === null || value instanceof Uint8Array, 'a {"$bytes": "…"} in base64, or null'),
  },
  optional: { due: time },
  others: true,
});

function keyOfReport({ kind, report: made }: Record<string, unknown>): string | null {
  if (!isObject(made) || typeof made.reportId !== 'string' || (kind !== 'live' && kind !== 'debug')) return null;
  return reportKey(made.reportId, kind);
}

const event = membersOf({
  required: {
    time,
    scope: oneOf('window', 'worklet', 'header', 'background'),
    method: text,
    documentId: textOrNull,
    tabId: that((value) => value === null || Number.isSafeInteger(value), 'the number of a tab, or null'),
    dataOrigin: textOrNull,
    parameters: anything,
    result: anything,
    refusal: textOrNull,
    duration: number,
  },
  optional: { waits: recordOf(anything, number) },
  others: true,
});

/** What is wrong with settings; the first part of the path leads to the setting. */
export type CheckSettings = (settings: unknown) => readonly { readonly path: readonly string[]; readonly text: string }[];

export const stateCheck = (checkSettings: CheckSettings): Check =>
  membersOf({
    required: {
      format: that((value) => value === FORMAT, `"${FORMAT}"`),
      version: that((value) => value === VERSION, `${VERSION}, the version that this extension reads`),
    },
    optional: {
      exported: text,
      settings: (value, at, problems) => {
        if (!isObject(value)) problems.add(at, 'is not an object');
        else for (const { path, text } of checkSettings(value)) problems.add(path.reduce<string>(pointerTo, at), text);
      },
      entries: recordOf(dataOrigin, entries),
      budgets: membersOf({
        optional: {
          selectURL: listOf(membersOf({ required: { site, bits: number, timestamp: time } })),
          privateAggregation: listOf(membersOf({ required: { site, value: number, time } })),
        },
      }),
      reports: all(listOf(report), unique(keyOfReport, 'report ID and kind')),
      events: listOf(event),
      keyPair: membersOf({ required: { id: text, publicKey: keyBytes, privateKey: keyBytes } }),
    },
  });
