/** An event of the extension's log, in the shape of `Storage.sharedStorageAccessed`. */

import type { ReadEvent } from '../protocol/logged-event';
import type { SharedStorageAccess, SharedStorageAccessParams } from './access';

const SCOPES = { window: 'window', worklet: 'sharedStorageWorklet', header: 'header' } as const;

/** What is no access: what the extension did by itself, and what worklets contributed. */
const isAccess = ({ scope, method, dataOrigin }: ReadEvent): boolean =>
  Object.hasOwn(SCOPES, scope) && dataOrigin !== null && method !== 'privateAggregation';

/** In the event log, and in the protocol. */
const NAMES = {
  moduleURL: 'scriptSourceUrl',
  dataOrigin: 'dataOrigin',
  name: 'operationName',
  keepAlive: 'keepAlive',
  urn: 'urnUuid',
  key: 'key',
  value: 'value',
  ignoreIfPresent: 'ignoreIfPresent',
  withLock: 'withLock',
  count: 'batchSize',
} as const satisfies Record<string, keyof SharedStorageAccessParams>;

function paramsOf(parameters: unknown): SharedStorageAccessParams {
  const given = Object.entries((parameters ?? {}) as Record<string, unknown>);
  const named = given.flatMap(([name, value]) => (Object.hasOwn(NAMES, name) ? [[NAMES[name as keyof typeof NAMES], value]] : []));
  const { urls } = Object.fromEntries(given);
  // What a worklet says of a selection is only how many there were.
  const urlsWithMetadata = Array.isArray(urls) ? { urlsWithMetadata: urls.map((url: string) => ({ url })) } : {};
  return { ...Object.fromEntries(named), ...urlsWithMetadata } as SharedStorageAccessParams;
}

/** Undefined for an event that is no access to shared storage. */
export function readAccess(event: ReadEvent): SharedStorageAccess | undefined {
  const { time, scope, method, dataOrigin, site, parameters, result, refusal, duration } = event;
  if (!isAccess(event) || scope === 'background' || dataOrigin === null) return undefined;
  return {
    accessTime: time / 1000,
    scope: SCOPES[scope],
    method,
    ownerOrigin: dataOrigin,
    ownerSite: site ?? dataOrigin,
    params: paramsOf(parameters),
    result,
    refusal,
    duration,
  };
}
