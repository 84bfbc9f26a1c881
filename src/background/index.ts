/** The service worker: listeners, registered before anything waits, so that the browser wakes us for each of them. */

import { browser } from '../extension/browser';
import { databaseEnvironment } from '../extension/database-environment';
import { LiveSettings } from '../extension/live-settings';
import { selectionEnvironment } from '../extension/selection-environment';
import { watchSettings } from '../extension/settings';
import { decodeMapRequest } from '../protocol/agent-cluster-map';
import {
  type DecodedMessage,
  type DecodedRequest,
  decodeConsoleRequest,
  decodeDataOrigin,
  decodeDocumentId,
  decodeMessage,
  decodePassage,
} from '../protocol/decoders';
import { type Envelope, fail, succeed } from '../protocol/envelope';
import { decodeSighting } from '../protocol/isolation';
import { hear, type Listeners, type Message } from '../protocol/recipients';
import { IndexedDatabase } from '../store/entries/indexed-database';
import { connectToEntries } from '../store/entries/schema';
import { EventLog, shorten } from '../store/events/event-log';
import { describeSelection } from '../store/select-url/describe';
import { Selections } from '../store/select-url/selections';
import { SettingsCopy } from '../store/settings-copy';
import { purgeByAlarm } from './browser/alarms';
import { Badge } from './browser/badge';
import { listenToClearSiteData } from './browser/clear-site-data';
import { isGone } from './browser/pages';
import { PreferPolyfill } from './browser/prefer-polyfill';
import { MarkedRequests } from './browser/request-marks';
import { Fence } from './fenced-frames/fence';
import { registerFence, unregisterFenceByAlarm } from './fenced-frames/fence-script';
import { tidyNetworkCuts, tidyNetworkCutsByAlarm } from './fenced-frames/network-cut';
import { answer, createHandlers } from './handlers/table';
import { HeaderWriter } from './header-writes/header-writer';
import { HeaderWrites } from './header-writes/header-writes';
import { listenToUnmarkedResponses } from './header-writes/unmarked-responses';
import { Isolation } from './isolation/isolation';
import { PermissionsPolicies } from './permissions-policy/permissions-policy';
import { ArrivalOrder } from './requests/arrival-order';
import { type Caller, callerOf, documentOf, isOwnContext, type Sender } from './requests/caller';
import { Gate } from './requests/gate';
import { RequestPorts } from './requests/request-ports';
import { leadOutOfPassage } from './select-url/navigate';
import { SelectedURLs } from './select-url/selected-urls';
import { listenToURNNavigations } from './select-url/urn-navigations';
import { WindowUpdates } from './updates/window-updates';
import { WorkletDataOrigins } from './worklets/worklet-data-origins';
import { callWorkletHost } from './worklets/worklet-host';

const liveSettings = new LiveSettings();
const connection = connectToEntries();
const database = new IndexedDatabase(async () => databaseEnvironment(await liveSettings.get()), connection);
const log = new EventLog(async () => (await liveSettings.get()).eventLogSize);
/** One for all that documents ask for. */
const order = new ArrivalOrder();
const gate = new Gate(liveSettings, log, order);
const policies = new PermissionsPolicies();
const badge = new Badge();
const isolation = new Isolation((method, event) => gate.note(method, event), badge);
const updates = new WindowUpdates(database, navigator.locks, gate.noteUpdate);
/** One for both who mark requests: the numbers of its rules must not meet. */
const marks = new MarkedRequests();
const headerWriter = new HeaderWriter(gate, updates);
const headerWrites = new HeaderWrites(headerWriter, policies, marks, order);
const selections = new Selections(async () => selectionEnvironment(await liveSettings.get()));
const selectedURLs = new SelectedURLs(selections, callWorkletHost, async (selection) =>
  log.log(describeSelection(selection, (await liveSettings.get()).selectUrl.reveal)),
);
const handlers = createHandlers({
  fence: new Fence(selectedURLs),
  database,
  gate,
  order,
  updates,
  policies,
  headerWriter,
  headerWrites,
  dataOrigins: new WorkletDataOrigins(callWorkletHost, marks),
  selectedURLs,
  callHost: callWorkletHost,
});

const NOT_UNDERSTOOD = fail('NotSupportedError', 'Shared Storage Lab does not understand this request.');

/** Each begins before the next one does, so that what waits for nothing keeps its order. */
function answerAll({ requests }: DecodedMessage, caller: Caller): Promise<(Envelope | undefined)[]> {
  const answerOne = ({ method, params, ...delivery }: DecodedRequest) => answer(handlers, order, method, params, caller, delivery);
  return Promise.all(requests.map((request) => (request ? answerOne(request) : NOT_UNDERSTOOD)));
}

const requestPorts = new RequestPorts(
  (message, caller) => {
    const decoded = decodeMessage(message);
    return decoded ? answerAll(decoded, { ...caller, facts: decoded.facts }) : Promise.resolve([NOT_UNDERSTOOD]);
  },
  (documentId) => headerWrites.abandon(documentId),
);

/** The extension's own pages and workers. */
const isOwn = (sender: Sender): boolean => isOwnContext(sender, browser.runtime.id, self.origin);

/** Passes what a worklet logged on to the bridge of its document. */
function relayConsole(message: unknown, sender: Sender): undefined {
  const request = decodeConsoleRequest(message);
  if (!request || !isOwn(sender)) return;
  const { tabId, documentId, lines } = request;
  const relayed: Message = { to: 'bridge', lines };
  // The document may be gone: then nobody is left to read it.
  chrome.tabs.sendMessage(tabId, relayed, { documentId }).catch(() => undefined);
}

/** For our own content scripts: the message guard is in insecure documents as well. */
function reportIsolation(message: unknown, sender: Sender): Promise<string> | undefined {
  const sighting = decodeSighting(message);
  const document = documentOf(sender, browser.runtime.id);
  return sighting && document ? Promise.resolve(isolation.report(sighting, document)) : undefined;
}

/** For the extension's own pages; undefined where anybody else asks. */
function mapIsolation(message: unknown, sender: Sender): Promise<Envelope> | undefined {
  const request = decodeMapRequest(message);
  if (!request || !isOwn(sender)) return undefined;
  return isolation.mapOf(request.tabId).then(succeed, (error: unknown) => fail('UnknownError', String(error)));
}

/** For the extension's own page alone. */
function leadOut(message: unknown, sender: Sender): Promise<Envelope> | undefined {
  const request = decodePassage(message);
  if (!request || !isOwn(sender)) return undefined;
  // The frame may have gone meanwhile.
  return leadOutOfPassage(sender, request.token).then(succeed, (error: unknown) => fail('UnknownError', String(error)));
}

async function settledWrites(message: unknown): Promise<boolean> {
  if (decodeDataOrigin(message) === null) return false;
  await updates.settledUnlessBlocked();
  return true;
}

async function drainedRequests(message: unknown): Promise<boolean> {
  const documentId = decodeDocumentId(message);
  if (documentId === null) return false;
  await order.drained(documentId);
  return true;
}

/** For our own bridges. */
function answerRequests(message: unknown, sender: Sender): Promise<(Envelope | undefined)[]> {
  const decoded = decodeMessage(message);
  const caller = decoded && callerOf(sender, browser.runtime.id, decoded.facts);
  if (!caller) return Promise.resolve(decoded?.requests.map(() => NOT_UNDERSTOOD) ?? [NOT_UNDERSTOOD]);
  badge.mark(caller.tabId, caller.documentId);
  if (sender.documentLifecycle === 'active') requestPorts.open(caller);
  return answerAll(decoded, caller);
}

const listeners: Listeners<'background', Sender> = {
  'service-worker': answerRequests,
  'console-relay': relayConsole,
  'window-updates': (message, sender) => (isOwn(sender) ? settledWrites(message) : undefined),
  'arrival-order': (message, sender) => (isOwn(sender) ? drainedRequests(message) : undefined),
  isolation: reportIsolation,
  'agent-cluster-map': mapIsolation,
  passage: leadOut,
};

browser.runtime.onMessage.addListener((message: unknown, sender: Sender) => hear(listeners, message, sender));

const settingsCopy = new SettingsCopy(connection);
const preferPolyfill = new PreferPolyfill();

watchSettings(({ settings, warnings }) => {
  liveSettings.set(settings);
  for (const warning of warnings) {
    console.warn(warning);
    gate.note('settings', { refusal: warning });
  }
  settingsCopy.write(settings).catch((error: unknown) => console.error('settings', error));
  void log.flush();
  preferPolyfill.apply(settings).catch((error: unknown) => gate.note('preferPolyfill', { refusal: String(error) }));
  void isolation.setSettings(settings);
});

// What an earlier worker was stopped in the middle of.
void updates.resume();
purgeByAlarm(async () => {
  database.tidyJournal().catch((error: unknown) => console.error('journal', error));
  gate.note('purge', { result: await database.purgeExpired() });
  await selections.purgeExpiredBitDebits();
  await selections.forgetPages(isGone);
});

listenToURNNavigations(selectedURLs, () => Promise.all([registerFence(), tidyNetworkCuts()]));
unregisterFenceByAlarm();
tidyNetworkCutsByAlarm();

listenToClearSiteData((dataOrigin, { tabId, documentId = null, url }) => {
  const note = (refusal: string | null) =>
    gate.note('clear-site-data', { dataOrigin, tabId, documentId, parameters: { url: shorten(url) }, refusal });
  database.clearOrigin(dataOrigin).then(
    () => note(null),
    (error: unknown) => note(String(error)),
  );
});

listenToUnmarkedResponses(({ url, tabId, documentId = null }) => {
  // A request of a page with a service worker of its own is expected by its URL.
  if (!headerWrites.isExpected(url)) headerWriter.noteRefused(url, { tabId, documentId }, 'not opted in: the request had no mark');
});

browser.runtime.onStartup.addListener(() => {
  void database.forgetOldWrites();
  // Of documents of the last session there are none.
  void selections.forgetPages(isGone);
});
