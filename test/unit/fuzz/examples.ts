/** Messages as they should be, for every decoder: between them they have each member in each of its forms. */

import type { ExamplesOf } from './of-table';
import { ANY_NAME, ANYTHING } from './shape';

const TOKEN = '123e4567-e89b-12d3-a456-426614174000';
const ORIGIN = 'https://a.example';

const data = { value: ANYTHING };
const operation = { data, keepAlive: true, isModuleLoaded: false };
const givenConfig = { contextId: 'c', filteringIdMaxBytes: 1, maxContributions: 20, aggregationCoordinatorOrigin: ORIGIN };
const noConfig = { contextId: null, filteringIdMaxBytes: null, maxContributions: null, aggregationCoordinatorOrigin: null };
const absent = (members: object) => Object.fromEntries(Object.keys(members).map((name) => [name, undefined]));
const repeat = { url: `${ORIGIN}/`, destination: 'image', mode: 'no-cors', credentials: 'include' } as const;
const beacon = { type: 'click', data: 'd', crossOriginExposed: true };
const worklet = { documentId: 'd', workletId: 1 };
const ad = {
  renderURL: ORIGIN,
  renderUrl: ORIGIN,
  sizeGroup: 's',
  metadata: '{}',
  buyerReportingId: 'b',
  buyerAndSellerReportingId: 'b',
  allowedReportingOrigins: [ORIGIN],
  adRenderId: 'r',
};
const ads = [ad, absent(ad), { ...ad, metadata: null }];
const group = {
  adComponents: ads,
  adSizes: { [ANY_NAME]: { width: '1px', height: '1px' } },
  ads,
  biddingLogicURL: ORIGIN,
  biddingLogicUrl: ORIGIN,
  biddingWasmHelperURL: ORIGIN,
  biddingWasmHelperUrl: ORIGIN,
  dailyUpdateUrl: ORIGIN,
  enableBiddingSignalsPrioritization: true,
  executionMode: 'compatibility',
  lifetimeMs: 0.5,
  maxTrustedBiddingSignalsURLLength: -1,
  priorityVector: { [ANY_NAME]: -0.5 },
  sellerCapabilities: { [ANY_NAME]: ['interest-group-counts'] },
  sizeGroups: { [ANY_NAME]: ['s'] },
  trustedBiddingSignalsCoordinator: ORIGIN,
  trustedBiddingSignalsKeys: ['k'],
  trustedBiddingSignalsSlotSizeMode: 'none',
  trustedBiddingSignalsURL: ORIGIN,
  trustedBiddingSignalsUrl: ORIGIN,
  updateURL: ORIGIN,
  updateUrl: ORIGIN,
  userBiddingSignals: '{}',
  additionalBidKey: 'k',
  priority: -0.5,
  prioritySignalsOverrides: { [ANY_NAME]: -0.5 },
  privateAggregationConfig: { aggregationCoordinatorOrigin: ORIGIN },
};
const named = { owner: ORIGIN, name: 'n' };

const select = {
  workletId: 1,
  selectionId: 2,
  name: 'n',
  urls: [
    { url: `${ORIGIN}/`, reportingMetadata: [['click', 'https://b.example/']] },
    { url: 'data:,', reportingMetadata: [] },
  ],
  savedQuery: '',
  urn: `urn:uuid:${TOKEN}`,
  operation: { ...operation, config: givenConfig },
};

const handler = { name: 'n', key: 'k', actions: ['set', 'append', 'delete', 'clear'] };
const handlerFacts = {
  documents: [
    { origin: ORIGIN, url: ORIGIN, marks: ['m'], container: { allow: '', src: '', hasSrcdoc: false, isSandboxed: true } },
    { origin: ORIGIN, url: ORIGIN, marks: [], container: null },
  ],
  position: 1,
};
const handlerDocument = { origin: ORIGIN, documentId: 'd', tabId: 1, frameId: 0, facts: handlerFacts };
/** What is said of a document in a shadow tree, of one that has no parent, and of one whose policy allows everything. */
const otherFacts = [{ ...handlerFacts, position: -1 }, { ...handlerFacts, position: null }, null];
const given = { ...handler, workletId: 1, isModuleLoaded: true };

/** By method, what a bridge asks the service worker with. */
export const REQUESTS: ExamplesOf<'requests'> = {
  'database.update': [
    {
      methods: [
        { type: 'set', key: 'k', value: 'v', ignoreIfPresent: true },
        { type: 'append', key: 'k', value: 'v' },
        { type: 'delete', key: 'k' },
        { type: 'clear' },
      ],
      withLock: null,
    },
    { methods: [], withLock: 'l' },
  ],
  'worklet.prepare': [{ workletId: 1, moduleURL: `${ORIGIN}/w.js`, dataOrigin: 'script-origin' }],
  'worklet.urns': [{ workletId: 1 }],
  'worklet.create': [{ workletId: 1, moduleURL: `${ORIGIN}/w.js`, dataOrigin: 'script-origin' }],
  'worklet.run': [
    { workletId: 1, name: 'n', ...operation, config: givenConfig },
    { workletId: 1, name: 'n', ...operation, data: null, config: absent(givenConfig) },
    { workletId: 1, name: 'n', ...operation, config: null },
  ],
  'worklet.selectURL': [
    select,
    { ...select, operation: { ...operation, config: absent(givenConfig) } },
    { ...select, urn: null, operation: { ...operation, data: null, config: null } },
  ],
  'policy.require': [{ feature: 'shared-storage' }],
  'header.expect': [{ token: TOKEN, url: `${ORIGIN}/`, byURL: false, isLast: true }],
  'header.settle': [
    { token: TOKEN, repeat: null },
    { token: TOKEN, repeat },
  ],
  'header.repeat': [repeat],
  'frame.show': [
    { frame: 1, url: 'u', context: 'c', allow: '', isSilent: true },
    { frame: 1, url: null, context: null, allow: '', isSilent: false },
  ],
  'fence.report': [{ ...beacon, destinations: ['buyer', 'shared-storage-select-url'] }],
  'fence.automatic': [{ ...beacon, once: true }],
  'fence.leave': [{ url: 'u', newTab: true, isActive: false }],
  'fence.unload': [{ isActive: true }],
  'fence.disableNetwork': [{}],
  'fence.notify': [{}],
  'interest.join': [
    { group: { ...named, ...group }, base: ORIGIN },
    { group: { ...named, ...absent(group) }, base: ORIGIN },
    { group: { ...named, ...absent(group), userBiddingSignals: null }, base: ORIGIN },
    { group: { ...named, ...absent(group), privateAggregationConfig: { aggregationCoordinatorOrigin: undefined } }, base: ORIGIN },
  ],
  'interest.leave': [named],
  'interest.clear': [{ owner: ORIGIN, keep: ['n'] }],
  'database.addHandler': [given],
  'database.removeHandler': [given],
};

const checked = { ...operation, config: { ...givenConfig } };
const called = { worklet, runId: 1, tabId: 1, dataOrigin: ORIGIN, isSettled: true };
const call = { urn: 'u', name: 'n', urls: ['u'], savedQuery: 's', ...checked };
const created = { worklet, tabId: 1, dataOrigin: ORIGIN, site: ORIGIN, moduleURL: 'u', mayContribute: true };

/** By method, what the service worker asks the offscreen document with. */
export const HOST_REQUESTS: ExamplesOf<'host'> = {
  'host.create': [
    { ...created, context: 'c' },
    { ...created, context: undefined },
  ],
  'host.abandon': [{ worklet }],
  'host.run': [
    { ...called, name: 'n', ...checked },
    { ...called, name: 'n', ...checked, data: null, config: noConfig },
  ],
  'host.select': [
    { ...called, call },
    { ...called, call: { ...call, data: null, config: noConfig } },
  ],
  'host.selected': [{ documentId: 'd', urn: 'u' }],
  'host.dataOrigin': [{ worklet }],
  'host.addHandler': [
    { ...handler, worklet, isModuleLoaded: true, dataOrigin: ORIGIN, document: handlerDocument, asked: 1 },
    ...otherFacts.map((facts) => ({
      ...{ ...handler, worklet, isModuleLoaded: true, dataOrigin: ORIGIN, asked: 1 },
      document: { ...handlerDocument, facts },
    })),
  ],
  'host.removeHandler': [{ ...handler, worklet }],
  'host.changed': [{}],
  'host.end': [{ worklet }],
  'host.alive': [{}],
};

const contribution = { bucket: 1n, value: 1, filteringId: 0n, errorEvent: null, count: 1 };

/** By call, what a worklet's realm asks with. */
export const CALLS: ExamplesOf<'calls'> = {
  update: (REQUESTS['database.update'] ?? []).flatMap((update) => [
    { ...(update as object), runId: null },
    { ...(update as object), runId: 1 },
  ]),
  'locks.request': [{ lockId: 1, name: 'l', mode: 'shared', ifAvailable: true, steal: false }],
  'crypto.subtle': [
    { method: 'digest', args: [{ key: 1 }, data, { value: { name: ANYTHING, [ANY_NAME]: ANYTHING }, member: { name: 'public', key: 1 } }] },
  ],
  console: [{ lines: [{ operation: 'n', method: 'log', args: [ANYTHING] }] }],
};

/** What a worklet's realm says, besides its calls. */
export const REALM_MESSAGES = [
  { type: 'loaded', error: null, operations: ['o'] },
  {
    type: 'reads',
    reads: [
      { method: 'get', key: 'k', times: 1 },
      { method: 'length', key: null, times: 2 },
    ],
  },
  { type: 'loaded', error: 'e', operations: [] },
  { type: 'finished', runId: 1, result: null, isUncaught: true },
  { type: 'finished', runId: 1, result: { index: 1 }, isUncaught: false },
  { type: 'finished', runId: 1, result: { error: 'e' }, isUncaught: true },
  { type: 'contributions', runId: 1, contributions: [contribution, { ...contribution, errorEvent: 'uncaught-error' }], dropped: 0 },
  { type: 'debugMode', runId: 1, key: null },
  { type: 'debugMode', runId: 1, key: 1n },
];

const contributed = {
  id: 'document 1 2',
  worklet,
  tabId: 1,
  moduleURL: 'u',
  operationName: 'n',
  reportingOrigin: ORIGIN,
  contributions: [contribution, { ...contribution, errorEvent: 'report-success' }],
  dropped: 0,
  debugMode: { enabled: true, key: 1n },
  config: givenConfig,
  startTime: 1,
  end: 'finished',
};

/** What operations contributed. */
export const CONTRIBUTIONS = [
  { contributions: contributed },
  { contributions: { ...contributed, debugMode: { enabled: false, key: null }, config: noConfig } },
];

const container = { allow: '', src: '', hasSrcdoc: true, isSandboxed: false };
const document = { origin: ORIGIN, url: `${ORIGIN}/`, marks: ['shared-storage none'], container };

/** What a document's isolated world tells of it. */
export const FACTS = [
  { documents: [document, { ...document, container: null }], position: -1 },
  { documents: [document], position: null },
];
export const FACTS_WITH_FRAMES = FACTS.map((facts) => ({ ...facts, frames: [container] }));

const sighting = (report: object) => ({ params: { report, originKeyed: true, crossOriginIsolated: false } });

/** What the message guard saw. */
export const SIGHTINGS = [
  sighting({ kind: 'stopped', channel: 'window', from: ORIGIN, found: [{ type: 'WebAssembly.Module', path: 'data' }] }),
  sighting({ kind: 'dropped', channel: 'port', from: '' }),
  sighting({ kind: 'document.domain', value: 'a.example' }),
];

export const ENVELOPES = [
  { ok: true, value: ANYTHING },
  { ok: false, error: { name: 'n', message: 'm' } },
];

/** One in the other, as deep as they may be. */
const REASON = Array.from({ length: 5 }).reduce<object>((inner) => ({ text: 't', values: ['v', 0.5, inner], count: 0.5 }), {
  ...{ text: 't', values: ['v', 0.5], count: 0.5 },
});
export const CONSOLE_REQUESTS = [undefined, 'said', REASON].map((reason) => ({
  params: { id: 'i', lines: [['log', ANYTHING]], reason, tabId: 1, documentId: 'd' },
}));
export const FRAME_MESSAGES = [{ type: 'alive' }, { type: 'failed', id: 1 }];
export const URN_REQUESTS = [{ params: { urn: `urn:uuid:${TOKEN}`, isOwn: true, isSent: false } }];
export const GIVEN_MODULES = [{ workletId: 1, source: 's', keepAlive: true }];

export const PASSAGES = [{ params: { token: TOKEN } }];
