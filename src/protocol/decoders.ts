/** Decoders for every message: the typed parameters, or null on anything unexpected. */

import { isUrnUuid, type SelectableUrl } from '../spec/fenced-frame-config';
import { isReservedLockName } from '../spec/locks';
import { isValidKey, isValidValue, type ModifierMethod } from '../spec/modifier-methods';
import { isFeature } from '../spec/permissions-policy/allowlist';
import { MAXIMUM_URLS } from '../spec/select-url';
import { decodeFacts, type Facts } from './document-facts';
import { MAXIMUM_BEACON_LENGTH, MAXIMUM_CONTEXT_LENGTH, MAXIMUM_METHODS, MAXIMUM_REQUESTS } from './limits';
import type {
  ConsoleLevel,
  ConsoleRequest,
  HostMethod,
  HostRequests,
  Method,
  OperationRequest,
  RepeatedRequest,
  Requests,
  SelectionCall,
  WorkletId,
} from './messages';
import type { Beacon } from './page-channel';
import { isToken } from './url-marks';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isString = (value: unknown): value is string => typeof value === 'string';
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

export function decodeModifierMethod(value: unknown): ModifierMethod | null {
  if (!isFields(value)) return null;
  const { type, key, value: newValue, ignoreIfPresent } = value;
  if (type === 'clear') return { type };
  if (!isString(key) || !isValidKey(key)) return null;
  if (type === 'delete') return { type, key };
  if (!isString(newValue) || !isValidValue(newValue)) return null;
  if (type === 'append') return { type, key, value: newValue };
  if (type === 'set' && typeof ignoreIfPresent === 'boolean') return { type, key, value: newValue, ignoreIfPresent };
  return null;
}

/** The name of a lock that may be asked for. */
export const isLockName = (value: unknown): value is string => isString(value) && !isReservedLockName(value);

export function decodeModifierMethods(value: unknown): ModifierMethod[] | null {
  if (!Array.isArray(value) || value.length > MAXIMUM_METHODS) return null;
  const methods: ModifierMethod[] = [];
  for (const one of value) {
    const method = decodeModifierMethod(one);
    if (!method) return null;
    methods.push(method);
  }
  return methods;
}

function decodeData(value: unknown): { value: unknown } | null | undefined {
  if (value === null) return null;
  return isFields(value) && 'value' in value ? { value: value.value } : undefined;
}

function decodeToken(params: Fields): { token: string } | null {
  const { token } = params;
  return isString(token) && isToken(token) ? { token } : null;
}

const isOneOf = <Value extends string>(values: readonly Value[], value: unknown): value is Value =>
  (values as readonly unknown[]).includes(value);

function decodeRepeatedRequest({ url, destination, mode, credentials }: Fields): RepeatedRequest | null {
  if (!isString(url) || !URL.canParse(url) || !/^https?:/.test(new URL(url).protocol)) return null;
  if (!isOneOf(['', 'image', 'iframe'], destination) || !isOneOf(['cors', 'no-cors', 'same-origin'], mode)) return null;
  return isOneOf(['omit', 'same-origin', 'include'], credentials) ? { url, destination, mode, credentials } : null;
}

function decodeRun(params: Fields): ({ name: string } & OperationRequest) | null {
  const decoded = decodeOperation(params);
  return decoded && isString(params.name) ? { name: params.name, ...decoded } : null;
}

function decodeBeacon(value: unknown): Beacon | null {
  if (!isFields(value)) return null;
  const { type, data } = value;
  return isString(type) && isString(data) && data.length <= MAXIMUM_BEACON_LENGTH ? { type, data } : null;
}

function decodeBeacons(value: unknown): Beacon[] | null {
  if (!Array.isArray(value)) return null;
  const beacons = value.map(decodeBeacon);
  return beacons.every((beacon) => beacon !== null) ? beacons : null;
}

/** Pairs of an event type and a URL that its reports go to. */
function decodeReportingMetadata(value: unknown): [string, string][] | null {
  if (!Array.isArray(value)) return null;
  const isPair = (pair: unknown): pair is [string, string] =>
    Array.isArray(pair) && pair.length === 2 && pair.every(isString) && URL.parse(pair[1] as string)?.protocol === 'https:';
  return value.every(isPair) ? value.map(([eventType, url]): [string, string] => [eventType, url]) : null;
}

export function decodeUrls(value: unknown): SelectableUrl[] | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAXIMUM_URLS) return null;
  const urls: SelectableUrl[] = [];
  for (const one of value) {
    if (!isFields(one) || !isString(one.url) || !URL.canParse(one.url)) return null;
    const reportingMetadata = decodeReportingMetadata(one.reportingMetadata);
    if (!reportingMetadata) return null;
    urls.push({ url: one.url, reportingMetadata });
  }
  return urls;
}

function decodeOperation(value: unknown): OperationRequest | null {
  if (!isFields(value)) return null;
  const { keepAlive, isModuleLoaded } = value;
  const data = decodeData(value.data);
  if (data === undefined || typeof keepAlive !== 'boolean' || typeof isModuleLoaded !== 'boolean') return null;
  return { data, keepAlive, isModuleLoaded };
}

function decodeSelectionCall(value: unknown): SelectionCall | null {
  const operation = decodeOperation(value);
  if (!operation) return null;
  const { urn, name, urls, savedQuery } = value as Fields;
  if (!isString(urn) || !isString(name) || !Array.isArray(urls) || !urls.every(isString) || !isString(savedQuery)) return null;
  return { ...operation, urn, name, urls, savedQuery };
}

type Decoders<Table extends Record<keyof Table, { params: unknown }>> = {
  [Name in keyof Table]: (params: Fields) => Table[Name]['params'] | null;
};

const decoders: Decoders<Requests> = {
  'database.update': ({ methods, withLock }) => {
    const decoded = decodeModifierMethods(methods);
    return decoded && (withLock === null || isLockName(withLock)) ? { methods: decoded, withLock } : null;
  },
  'worklet.prepare': ({ workletId, moduleURL, dataOrigin }) =>
    isCount(workletId) && isString(moduleURL) && isString(dataOrigin) ? { workletId, moduleURL, dataOrigin } : null,
  'worklet.create': ({ workletId, moduleURL, dataOrigin, source, keepAlive }) =>
    isCount(workletId) && isString(moduleURL) && isString(dataOrigin) && isString(source) && typeof keepAlive === 'boolean'
      ? { workletId, moduleURL, dataOrigin, source, keepAlive }
      : null,
  'worklet.abandon': ({ workletId }) => (isCount(workletId) ? { workletId } : null),
  'worklet.run': (params) => {
    const run = decodeRun(params);
    return run && isCount(params.workletId) ? { workletId: params.workletId, ...run } : null;
  },
  'worklet.selectURL': ({ workletId, selectionId, name, urls, savedQuery, urn }) => {
    const decoded = decodeUrls(urls);
    if (!isCount(workletId) || !isCount(selectionId) || !isString(name) || !isString(savedQuery) || !decoded) return null;
    return urn === null || (isString(urn) && isUrnUuid(urn)) ? { workletId, selectionId, name, savedQuery, urls: decoded, urn } : null;
  },
  'worklet.select': ({ workletId, selectionId, operation }) => {
    const decoded = decodeOperation(operation);
    return isCount(workletId) && isCount(selectionId) && decoded ? { workletId, selectionId, operation: decoded } : null;
  },
  'policy.require': ({ feature }) => (isString(feature) && isFeature(feature) ? { feature } : null),
  'header.expect': (params) => {
    const { url, byURL } = params;
    const decoded = decodeToken(params);
    return decoded && isString(url) && URL.canParse(url) && typeof byURL === 'boolean' ? { ...decoded, url, byURL } : null;
  },
  'header.settle': (params) => {
    const decoded = decodeToken(params);
    const repeat = isFields(params.repeat) ? decodeRepeatedRequest(params.repeat) : null;
    return decoded && (repeat || params.repeat === null) ? { ...decoded, repeat } : null;
  },
  'header.repeat': decodeRepeatedRequest,
  'frame.show': ({ frame, url, context, isSilent }) =>
    isCount(frame) &&
    isString(url) &&
    (context === null || (isString(context) && context.length <= MAXIMUM_CONTEXT_LENGTH)) &&
    typeof isSilent === 'boolean'
      ? { frame, url, context, isSilent }
      : null,
  'fence.report': decodeBeacon,
  'fence.leave': ({ url, newTab, beacons }) => {
    const decoded = decodeBeacons(beacons);
    return decoded && isString(url) && typeof newTab === 'boolean' ? { url, newTab, beacons: decoded } : null;
  },
  'fence.unload': ({ beacons }) => {
    const decoded = decodeBeacons(beacons);
    return decoded && { beacons: decoded };
  },
  'fence.disableNetwork': () => ({}),
  'fence.notify': () => ({}),
  'database.get': ({ key }) => (isString(key) && isValidKey(key) ? { key } : null),
};

function decodeWorkletId(value: unknown): WorkletId | null {
  if (!isFields(value)) return null;
  const { documentId, workletId } = value;
  return isString(documentId) && isCount(workletId) ? { documentId, workletId } : null;
}

const hostDecoders: Decoders<HostRequests> = {
  'host.create': ({ worklet, tabId, dataOrigin, site, moduleURL, source, context, keepAlive }) => {
    const id = decodeWorkletId(worklet);
    if (!id || !isCount(tabId) || !isString(dataOrigin) || !isString(site) || !isString(moduleURL) || !isString(source)) return null;
    if ((context !== undefined && !isString(context)) || typeof keepAlive !== 'boolean') return null;
    return { worklet: id, tabId, dataOrigin, site, moduleURL, source, context, keepAlive };
  },
  'host.run': (params) => {
    const id = decodeWorkletId(params.worklet);
    const run = decodeRun(params);
    const { runId, tabId, dataOrigin } = params;
    return id && run && isCount(runId) && isCount(tabId) && isString(dataOrigin) ? { worklet: id, runId, tabId, dataOrigin, ...run } : null;
  },
  'host.release': ({ worklet, runId }) => {
    const id = decodeWorkletId(worklet);
    return id && isCount(runId) ? { worklet: id, runId } : null;
  },
  'host.select': ({ worklet, runId, call }) => {
    const id = decodeWorkletId(worklet);
    const decoded = decodeSelectionCall(call);
    return id && isCount(runId) && decoded ? { worklet: id, runId, call: decoded } : null;
  },
  'host.selected': ({ documentId, urn }) => (isString(documentId) && isString(urn) ? { documentId, urn } : null),
  'host.dataOrigin': ({ worklet }) => {
    const id = decodeWorkletId(worklet);
    return id && { worklet: id };
  },
};

export const decodePassage = (message: unknown): { token: string } | null =>
  isFields(message) && isFields(message.params) ? decodeToken(message.params) : null;

/** A request to the service worker with its decoded parameters. */
export type DecodedRequest = {
  [Name in Method]: {
    method: Name;
    sequence: number;
    after: number;
    repeated: boolean;
    params: Requests[Name]['params'];
  };
}[Method];

export type DecodedHostRequest = { [Name in HostMethod]: { method: Name; params: HostRequests[Name]['params'] } }[HostMethod];

export interface DecodedMessage {
  readonly facts: Facts | null;
  /** Null for each request that is not understood. */
  readonly requests: readonly (DecodedRequest | null)[];
}

export function decodeMessage(message: unknown): DecodedMessage | null {
  if (!isFields(message)) return null;
  const { requests } = message;
  if (!Array.isArray(requests) || requests.length > MAXIMUM_REQUESTS) return null;
  const facts = message.facts === null ? null : decodeFacts(message.facts);
  if (!facts && message.facts !== null) return null;
  return { facts, requests: requests.map(decodeRequest) };
}

function decodeRequest(request: unknown): DecodedRequest | null {
  if (!isFields(request) || !isFields(request.params) || !isCount(request.sequence) || !isCount(request.after)) return null;
  const { method, sequence, after, repeated, params } = request;
  if (typeof repeated !== 'boolean' || !isString(method) || !Object.hasOwn(decoders, method)) return null;
  const decoded = decoders[method as Method](params as Fields);
  return decoded && ({ method, sequence, after, repeated, params: decoded } as DecodedRequest);
}

export function decodeHostRequest(message: unknown): DecodedHostRequest | null {
  if (!isFields(message) || !isFields(message.params)) return null;
  const { method, params } = message;
  if (!isString(method) || !Object.hasOwn(hostDecoders, method)) return null;
  const decoded = hostDecoders[method as HostMethod](params as Fields);
  return decoded && ({ method, params: decoded } as DecodedHostRequest);
}

const LEVELS: ReadonlySet<string> = new Set<ConsoleLevel>(['debug', 'error', 'info', 'log', 'trace', 'warn']);

export function decodeConsoleRequest(message: unknown): ConsoleRequest | null {
  if (!isFields(message) || !isFields(message.params)) return null;
  const { level, args, tabId, documentId } = message.params;
  if (!isString(level) || !LEVELS.has(level) || !Array.isArray(args)) return null;
  if (!isCount(tabId) || !isString(documentId)) return null;
  return { level: level as ConsoleLevel, args, tabId, documentId };
}
