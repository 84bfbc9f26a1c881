/** What a state file may say, place by place. */

import { reason } from '../../protocol/reason';
import { decode } from '../../protocol/schema';
import { isValidKey, isValidValue, MAXIMUM_KEY_LENGTH, MAXIMUM_VALUE_LENGTH } from '../../spec/modifier-methods';
import { because, type Reason } from '../../spec/reason';
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

/** What stands in the places of texts about them: how such values are written. */
const TAGGED_BIGINT = '{"$bigint": "…"}';
const TAGGED_BYTES = '{"$bytes": "…"}';
const WRITTEN_REASON = '{"text": "…", "values": […]}';

const isSite = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** Of a document of a file as well. */
const isDataOrigin = (value: unknown): boolean =>
  typeof value === 'string' && (value === 'file://' || (/^https?:/.test(value) && URL.parse(value)?.origin === value));

const dataOrigin = that(isDataOrigin, because('problemNoOrigin'));
const site = that(isSite, because('problemNoSite'));
const bigint = that((value) => typeof value === 'bigint' && value >= 0n, because('problemNoNatural', TAGGED_BIGINT));
const keyBytes = that((value) => value instanceof Uint8Array && value.length === 32, because('problemNoKeyBytes', TAGGED_BYTES));
const entryKey = that((value) => typeof value === 'string' && isValidKey(value), because('problemNoKey', MAXIMUM_KEY_LENGTH));
const entryValue = that((value) => typeof value === 'string' && isValidValue(value), because('problemNoEntryValue', MAXIMUM_VALUE_LENGTH));
const oneOf = (...values: readonly string[]): Check =>
  that((value) => values.includes(value as string), because('problemNoneOf', values.join(', ')));

const reasonOrNull = that((value) => value === null || decode(reason, value) !== null, because('problemNoReasonOrNull', WRITTEN_REASON));

const entry = membersOf({ required: { key: entryKey, value: entryValue }, optional: { lastUpdated: time } });

const unique =
  (nameOf: (element: Record<string, unknown>) => string | null, problem: Reason): Check =>
  (value, at, problems) => {
    const known = new Set<string>();
    for (const [index, element] of (Array.isArray(value) ? value : []).entries()) {
      const name = isObject(element) ? nameOf(element) : null;
      if (name !== null && known.size === known.add(name).size) problems.add(pointerTo(at, index), problem);
    }
  };

const all =
  (...checks: readonly Check[]): Check =>
  (value, at, problems) => {
    for (const check of checks) check(value, at, problems);
  };

const entries = all(
  listOf(entry),
  unique(({ key }) => (typeof key === 'string' ? key : null), because('problemSameKey')),
);

const contribution = membersOf({ required: { bucket: bigint, value: count, filteringId: bigint }, others: true });

const aggregatableReport = membersOf({
  required: {
    reportId: text,
    reportingOrigin: dataOrigin,
    originalReportTime: time,
    contributions: listOf(contribution),
    debugMode: membersOf({
      required: {
        enabled: flag,
        key: that((value) => value === null || typeof value === 'bigint', because('problemNoBigintOrNull', TAGGED_BIGINT)),
      },
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
    notes: listOf(that((value) => decode(reason, value) !== null, because('problemNoReason', WRITTEN_REASON))),
    created: time,
    state: oneOf('pending', 'sending', 'sent', 'failed'),
    nativeDue: time,
    attempts: count,
    reason: reasonOrNull,
    settled: timeOrNull,
    body: textOrNull,
    plaintext: that((value) => value === null || value instanceof Uint8Array, because('problemNoBytesOrNull', TAGGED_BYTES)),
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
    tabId: that((value) => value === null || Number.isSafeInteger(value), because('problemNoTab')),
    dataOrigin: textOrNull,
    parameters: anything,
    result: anything,
    refusal: reasonOrNull,
    duration: number,
  },
  optional: { waits: recordOf(anything, number) },
  others: true,
});

/** What is wrong with settings; the first part of the path leads to the setting. */
export type CheckSettings = (settings: unknown) => readonly { readonly path: readonly string[]; readonly problem: Reason }[];

export const stateCheck = (checkSettings: CheckSettings): Check =>
  membersOf({
    required: {
      format: that((value) => value === FORMAT, because('problemNoFormat', FORMAT)),
      version: that((value) => value === VERSION, because('problemNoVersion', VERSION)),
    },
    optional: {
      exported: text,
      settings: (value, at, problems) => {
        if (!isObject(value)) problems.add(at, because('problemNoObject'));
        else for (const { path, problem } of checkSettings(value)) problems.add(path.reduce<string>(pointerTo, at), problem);
      },
      entries: recordOf(dataOrigin, entries),
      budgets: membersOf({
        optional: {
          selectURL: listOf(membersOf({ required: { site, bits: number, timestamp: time } })),
          privateAggregation: listOf(membersOf({ required: { site, value: number, time } })),
        },
      }),
      reports: all(listOf(report), unique(keyOfReport, because('problemSameReport'))),
      events: listOf(event),
      keyPair: membersOf({ required: { id: text, publicKey: keyBytes, privateKey: keyBytes } }),
    },
  });
