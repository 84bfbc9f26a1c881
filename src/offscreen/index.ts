/** The offscreen document: holds the worklets and reads the database for them. */

import type { Runtime } from 'webextension-polyfill';
import { browser } from '../extension/browser';
import { databaseEnvironment } from '../extension/database-environment';
import { decodeSettings } from '../extension/decode-settings';
import { LiveSettings } from '../extension/live-settings';
import { selectionEnvironment } from '../extension/selection-environment';
import { DEFAULT_SETTINGS } from '../extension/settings';
import { simulationOf } from '../extension/simulations';
import { type DecodedHostRequest, decodeGivenModule, decodeHostRequest } from '../protocol/decoders';
import { windowUpdatesAnswer } from '../protocol/entries-ahead';
import { type Envelope, fail, succeed } from '../protocol/envelope';
import { decodeHandlerAnswer, type HandlerCall } from '../protocol/key-handlers';
import { CHANGES_PORT, DOCUMENT_PORT, type HostRequests, type LoadedModule } from '../protocol/messages';
import { hear, type Listeners, type Message, QUESTIONS_PORT } from '../protocol/recipients';
import { toStorageInterestGroup } from '../spec/interest-groups/storage-interest-group';
import { because, said } from '../spec/reason';
import { Announcements } from '../store/announce-change';
import { AheadDatabase } from '../store/entries/ahead';
import { EntriesCache } from '../store/entries/entries-cache';
import { IndexedDatabase } from '../store/entries/indexed-database';
import { connectToEntries } from '../store/entries/schema';
import { EventLog, shorten } from '../store/events/event-log';
import { LoggedDatabase } from '../store/events/logged-database';
import { InterestGroups } from '../store/interest-groups';
import { describeSelection } from '../store/select-url/describe';
import { connectToSelections } from '../store/select-url/schema';
import { Selections } from '../store/select-url/selections';
import { SettingsCopy } from '../store/settings-copy';
import { WorkletRecords } from '../store/worklets/worklet-records';
import { ServiceWorkerQuestions } from './ask-service-worker';
import { describeCall, whyNotCalled } from './event-handlers/describe-call';
import { KeyHandlers } from './event-handlers/key-handlers';
import { HandOvers } from './hand-over';
import { keyOf, Registry } from './registry';
import { Selecting } from './select-url/operation-selections';
import { PageConsole } from './worklets/page-console';
import { readyForOperations } from './worklets/ready-for-operations';
import { SandboxedWorkers } from './worklets/sandboxed-workers';
import { SlowStart } from './worklets/slow-start';
import { WorkletHistory } from './worklets/worklet-history';

const settings = new LiveSettings();
const serviceWorker = new ServiceWorkerQuestions();
const connection = connectToEntries();
const { announce } = new Announcements();
new SettingsCopy(connection).watch(
  (copy) => settings.set(decodeSettings(copy).settings),
  // The operations that need the settings say so themselves, once the database can be opened or not.
  () => settings.set(DEFAULT_SETTINGS),
  () => settings.renew(),
);

/** How much of what worklets read is kept in memory, about, in bytes. */
const CACHE_SIZE = 2 ** 24;

const log = new EventLog(async () => (await settings.get()).eventLogSize, announce);
const askForCall = async (call: HandlerCall) => {
  const answer = await serviceWorker.answerOf({ to: 'key-handlers', ...call }, decodeHandlerAnswer);
  return answer ? answer.refusal : because('reasonNoAnswer');
};
const pageConsole = new PageConsole((params) => serviceWorker.ask({ to: 'console-relay', params }));
const keyHandlers = new KeyHandlers(connection, askForCall, (report) => {
  log.log(describeCall(report));
  if (report.refusal !== null) pageConsole.explain(report.document, whyNotCalled(report, report.refusal));
});
const environment = async () => ({ ...databaseEnvironment(await settings.get()), watched: keyHandlers.watched });
const database = new IndexedDatabase(environment, connection, new EntriesCache(CACHE_SIZE));
database.onNotedChanges(() => void keyHandlers.take());
const aheadDatabase = new AheadDatabase(database, environment, async (dataOrigin, mayBeAhead) => {
  const answer = await serviceWorker.answerOf({ to: 'window-updates', dataOrigin, mayBeAhead }, windowUpdatesAnswer);
  // Where nobody answers, all goes by what is stored.
  return answer ?? true;
});
const selections = new Selections(async () => selectionEnvironment(await settings.get()), connectToSelections(), announce);
const selecting = new Selecting(selections, async (selection) => {
  const { notice, page, documentId } = selection;
  if (notice) pageConsole.notice({ tabId: page.tabId, documentId }, notice);
  log.log(describeSelection(selection, (await settings.get()).selectUrl.reveal));
});
const interestGroups = new InterestGroups(async () => Date.now() + (await settings.get()).clockOffsetMs);
const workers = new SandboxedWorkers();
const handOvers = new HandOvers(serviceWorker);
const registry = new Registry(
  (message) => (message.to === 'contributions' ? handOvers.handOver(message) : serviceWorker.ask(message)),
  (context) => new LoggedDatabase(aheadDatabase, log, { scope: 'worklet', ...context }),
  selecting,
  (dataOrigin) => ({
    interestGroups: async () => {
      const { groups, now } = await interestGroups.of(dataOrigin);
      return groups.map((membership) => toStorageInterestGroup(membership, now));
    },
    slowStart: new SlowStart(async () => simulationOf((await settings.get()).simulations, dataOrigin).slowWorkletMs ?? 0),
    workers,
  }),
  ({ tabId, documentId, dataOrigin, name, text }) => {
    // The page hears itself of what becomes of addModule().
    if (name !== null) pageConsole.notice({ tabId, documentId }, { level: 'error', text });
    const called =
      name === null
        ? ({ scope: 'window', method: 'addModule', parameters: null } as const)
        : ({ scope: 'worklet', method: 'run', parameters: { name: shorten(name) } } as const);
    const event = { ...called, result: null, refusal: said(shorten(text)) };
    log.log({ ...event, tabId, documentId, dataOrigin, time: Date.now(), duration: 0 });
  },
  new WorkletHistory(new WorkletRecords(), announce, async () => (await settings.get()).eventLogSize > 0),
  {
    forget: (worklet) => keyHandlers.forget(worklet),
    forgetDocument: (documentId) => {
      keyHandlers.forgetDocument(documentId);
      pageConsole.pause(documentId, false);
    },
    pause: (documentId, isPaused) => {
      keyHandlers.pause(documentId, isPaused);
      pageConsole.pause(documentId, isPaused);
    },
  },
  (document, lines) => pageConsole.show(document, lines),
);

async function addHandler(params: HostRequests['host.addHandler']['params']): Promise<Envelope> {
  const ready = readyForOperations(registry.find(params.worklet), params.isModuleLoaded);
  return typeof ready === 'string' ? fail('OperationError', ready) : keyHandlers.add(keyOf(params.worklet), ready, params);
}

async function answer(request: DecodedHostRequest): Promise<Envelope> {
  switch (request.method) {
    case 'host.create':
      return registry.create(request.params);
    case 'host.abandon':
      return registry.abandon(request.params.worklet);
    case 'host.run':
      return registry.run(request.params);
    case 'host.select':
      return registry.select(request.params);
    case 'host.selected':
      return registry.selected(request.params);
    case 'host.dataOrigin':
      return succeed(registry.find(request.params.worklet)?.dataOrigin ?? null);
    case 'host.end':
      registry.find(request.params.worklet)?.end();
      return succeed(undefined);
    case 'host.addHandler':
      return addHandler(request.params);
    case 'host.removeHandler':
      keyHandlers.remove(keyOf(request.params.worklet), request.params);
      return succeed(undefined);
    case 'host.changed':
      void keyHandlers.take();
      return succeed([...keyHandlers.watched.keys()]);
    case 'host.alive':
      return succeed(registry.alive());
  }
}

/** Every part of the extension hears every message; only our own service worker, which is no document, gives orders here. */
function isServiceWorker(sender: Runtime.MessageSender & { documentId?: string }): boolean {
  return sender.id === browser.runtime.id && sender.documentId === undefined && sender.tab === undefined;
}

/** For our own service worker alone. */
function answerRequest(message: unknown): Promise<Envelope> {
  const request = decodeHostRequest(message);
  return request ? answer(request) : Promise.resolve(fail('NotSupportedError', 'The worklet host does not understand this request.'));
}

const listeners: Listeners<'offscreen', Runtime.MessageSender> = {
  offscreen: (message, sender) => (isServiceWorker(sender) ? answerRequest(message) : undefined),
};

browser.runtime.onMessage.addListener((message: unknown, sender: Runtime.MessageSender) => hear(listeners, message, sender));

navigator.serviceWorker.addEventListener('message', (event) => serviceWorker.offered(event));
navigator.serviceWorker.startMessages();

browser.runtime.onConnect.addListener((port) => {
  if (port.name.startsWith(QUESTIONS_PORT)) {
    if (isServiceWorker(port.sender ?? {})) serviceWorker.connected(port, answerRequest);
    return;
  }
  if (port.name === CHANGES_PORT) {
    // With the port goes the service worker, which may not have told of what it has changed last.
    if (isServiceWorker(port.sender ?? {})) port.onDisconnect.addListener(() => void keyHandlers.take());
    return;
  }
  const { documentId, tab } = (port.sender ?? {}) as Runtime.MessageSender & { documentId?: string };
  const tabId = tab?.id;
  if (port.name !== DOCUMENT_PORT || !documentId || tabId === undefined) return;
  let isOpen = true;
  registry.documentOpened(documentId);
  port.onMessage.addListener((message: unknown) => {
    const given = decodeGivenModule(message);
    if (!given) return;
    void registry.load({ documentId, tabId }, given).then((loaded) => {
      // A document that has gone waits for nothing; one that is back from the back/forward cache asks again.
      if (isOpen) port.postMessage([given.workletId, loaded] satisfies LoadedModule);
    });
  });
  port.onDisconnect.addListener(() => {
    isOpen = false;
    // "The page keeping the extension port is moved into back/forward cache, so the message channel is closed."
    const isCached = chrome.runtime.lastError?.message?.includes('back/forward cache');
    if (isCached) registry.documentCached(documentId);
    else void registry.documentClosed(documentId);
  });
});

void workers.prepare();
void browser.runtime.sendMessage({ to: 'worklet-host' } satisfies Message).catch(() => undefined);
