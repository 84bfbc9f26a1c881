/** Decoders for every message: the typed parameters, or null on anything unexpected. */

import { isUrnUuid } from '../spec/fenced-frame-config';
import { FEATURES } from '../spec/permissions-policy/allowlist';
import { MAXIMUM_URLS } from '../spec/select-url';
import { shownLines } from './console-lines';
import { decodeFacts, type Facts } from './document-facts';
import { joining } from './interest-groups';
import { givenHandler, newHandler, oldHandler } from './key-handlers';
import { MAXIMUM_BEACON_LENGTH, MAXIMUM_CONTEXT_LENGTH, MAXIMUM_REQUESTS } from './limits';
import type { ConsoleRequest, GivenModule, HostMethod, HostRequests, Method, Requests } from './messages';
import { givenConfig, privateAggregationConfig } from './private-aggregation';
import { reason } from './reason';
import type { URNRequest } from './recipients';
import {
  array,
  boolean,
  count,
  type Decoder,
  decode,
  INVALID,
  isFields,
  isString,
  nullable,
  object,
  oneOf,
  optional,
  string,
  stringThat,
  stringUpTo,
  unknown,
} from './schema';
import { key, update } from './updates';
import { isToken } from './url-marks';

/** Page data, or null where there is none, which is not the same as undefined. */
const data = nullable((given): { value: unknown } | typeof INVALID =>
  isFields(given) && 'value' in given ? { value: given.value } : INVALID,
);

const token = stringThat(isToken);
const url = stringThat((text) => URL.canParse(text));

const repeatedRequest = object({
  url: stringThat((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? '')),
  destination: oneOf(['', 'image', 'iframe']),
  mode: oneOf(['cors', 'no-cors', 'same-origin']),
  credentials: oneOf(['omit', 'same-origin', 'include']),
});

/** What an operation is asked for with. */
const operation = { data, keepAlive: boolean, isModuleLoaded: boolean };

const givenOperation = { ...operation, config: nullable(givenConfig) };
const checkedOperation = { ...operation, config: privateAggregationConfig };

const beacon = { type: string, data: stringUpTo(MAXIMUM_BEACON_LENGTH), crossOriginExposed: boolean };

const reportingURL = stringThat((text) => URL.parse(text)?.protocol === 'https:');

/** An event type and the URL that its reports go to. */
function reportingPair(given: unknown): [string, string] | typeof INVALID {
  if (!Array.isArray(given) || given.length !== 2 || !isString(given[0])) return INVALID;
  const reported = reportingURL(given[1]);
  return reported === INVALID ? INVALID : [given[0], reported];
}

const urls = array(object({ url, reportingMetadata: array(reportingPair) }), MAXIMUM_URLS, 1);

type Decoders<Table extends Record<keyof Table, { params: unknown }>> = { [Name in keyof Table]: Decoder<Table[Name]['params']> };

const workletId = count;

const decoders: Decoders<Requests> = {
  'database.update': update,
  'worklet.prepare': object({ workletId, moduleURL: string, dataOrigin: string }),
  'worklet.create': object({ workletId, moduleURL: string, dataOrigin: string }),
  'worklet.urns': object({ workletId }),
  'worklet.abandon': object({ workletId }),
  'worklet.run': object({ workletId, name: string, ...givenOperation }),
  'worklet.selectURL': object({
    workletId,
    selectionId: count,
    name: string,
    savedQuery: string,
    urls,
    urn: nullable(stringThat(isUrnUuid)),
    operation: object(givenOperation),
  }),
  'policy.require': object({ feature: oneOf(FEATURES) }),
  'header.expect': object({ token, url, byURL: boolean, isLast: boolean }),
  'header.settle': object({ token, repeat: nullable(repeatedRequest) }),
  'header.repeat': repeatedRequest,
  'frame.show': object({
    frame: count,
    url: nullable(string),
    context: nullable(stringUpTo(MAXIMUM_CONTEXT_LENGTH)),
    allow: string,
    isSilent: boolean,
  }),
  'fence.report': object({ ...beacon, destinations: array(string) }),
  'fence.automatic': object({ ...beacon, once: boolean }),
  'fence.leave': object({ url: string, newTab: boolean, isActive: boolean }),
  'fence.unload': object({ isActive: boolean }),
  'fence.disableNetwork': object({}),
  'fence.notify': object({}),
  'interest.join': joining,
  'interest.leave': object({ owner: string, name: string }),
  'interest.clear': object({ owner: string, keep: array(string) }),
  'database.get': object({ key }),
  'database.addHandler': givenHandler,
  'database.removeHandler': givenHandler,
};

const worklet = object({ documentId: string, workletId });

const hostDecoders: Decoders<HostRequests> = {
  'host.create': object({
    worklet,
    tabId: count,
    dataOrigin: string,
    site: string,
    moduleURL: string,
    context: optional(string),
    mayContribute: boolean,
  }),
  'host.abandon': object({ worklet }),
  'host.run': object({ worklet, runId: count, name: string, tabId: count, dataOrigin: string, isSettled: boolean, ...checkedOperation }),
  'host.select': object({
    worklet,
    runId: count,
    call: object({ ...checkedOperation, urn: string, name: string, urls: array(string), savedQuery: string }),
    tabId: count,
    dataOrigin: string,
    isSettled: boolean,
  }),
  'host.selected': object({ documentId: string, urn: string }),
  'host.addHandler': object({ worklet, ...newHandler }),
  'host.removeHandler': object({ worklet, ...oldHandler }),
  'host.changed': object({}),
  'host.dataOrigin': object({ worklet }),
  'host.end': object({ worklet }),
  'host.alive': object({}),
};

const givenModule: Decoder<GivenModule> = object({ workletId, source: string, keepAlive: boolean });

/** Null on anything that no bridge sends to the offscreen document. */
export const decodeGivenModule = (message: unknown): GivenModule | null => decode(givenModule, message);

const windowUpdates = object({ dataOrigin: string, mayBeAhead: boolean });

/** Whose writes the offscreen document waits for, and for what. */
export const decodeWindowUpdates = (message: unknown): { dataOrigin: string; mayBeAhead: boolean } | null => decode(windowUpdates, message);

const ofDocument = object({ documentId: string });

/** Which document's requests the offscreen document waits for. */
export const decodeDocumentId = (message: unknown): string | null => decode(ofDocument, message)?.documentId ?? null;

const passage = object({ params: object({ token }) });

/** The token of a passage (background/select-url/navigate.ts); null on anything unexpected. */
export const decodePassage = (message: unknown): { token: string } | null => decode(passage, message)?.params ?? null;

/** The `urn:uuid:…` that a frame is to be led by, and whether it is the sender's own; null on anything unexpected. */
export function decodeURNRequest(message: unknown): URNRequest | null {
  if (!isFields(message) || !isFields(message.params)) return null;
  const { urn, isOwn, isSent } = message.params;
  if (typeof isOwn !== 'boolean' || typeof isSent !== 'boolean') return null;
  return isString(urn) && isUrnUuid(urn) ? { urn, isOwn, isSent } : null;
}

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

/** A request to the offscreen document with its decoded parameters. */
export type DecodedHostRequest = { [Name in HostMethod]: { method: Name; params: HostRequests[Name]['params'] } }[HostMethod];

/** A message of a bridge. */
export interface DecodedMessage {
  readonly facts: Facts | null;
  /** Null for each request that is not understood. */
  readonly requests: readonly (DecodedRequest | null)[];
}

const message = object({ facts: unknown, requests: array(unknown, MAXIMUM_REQUESTS) });

/** Null on anything that no bridge sends; a single request that is not understood is null among the others. */
export function decodeMessage(given: unknown): DecodedMessage | null {
  const decoded = decode(message, given);
  const facts = decoded && decodeFacts(decoded.facts);
  if (!decoded || (!facts && decoded.facts !== null)) return null;
  return { facts, requests: decoded.requests.map(decodeRequest) };
}

/** The decoded parameters of a method that is in the table. */
function decodeParams(table: Readonly<Record<string, Decoder<unknown>>>, method: string, params: unknown): unknown {
  const decoder = Object.hasOwn(table, method) ? table[method] : undefined;
  return decoder ? decode(decoder, params) : null;
}

const request = object({ method: string, sequence: count, after: count, repeated: boolean, params: unknown });

function decodeRequest(given: unknown): DecodedRequest | null {
  const decoded = decode(request, given);
  const params = decoded && decodeParams(decoders, decoded.method, decoded.params);
  return params ? ({ ...decoded, params } as DecodedRequest) : null;
}

const hostRequest = object({ method: string, params: unknown });

/** Null on anything that the service worker does not send. */
export function decodeHostRequest(given: unknown): DecodedHostRequest | null {
  const decoded = decode(hostRequest, given);
  const params = decoded && decodeParams(hostDecoders, decoded.method, decoded.params);
  return params ? ({ ...decoded, params } as DecodedHostRequest) : null;
}

const consoleRequest = object({
  params: object({
    id: string,
    lines: shownLines,
    reason: optional(reason),
    tabId: count,
    documentId: string,
  }),
});

/** Null on anything that the offscreen document does not send. */
export const decodeConsoleRequest = (given: unknown): ConsoleRequest | null => decode(consoleRequest, given)?.params ?? null;
