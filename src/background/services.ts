/** The parts of the service worker, each made once, with what they need of one another. */

import { databaseEnvironment } from '../extension/database-environment';
import { LiveSettings } from '../extension/live-settings';
import { selectionEnvironment } from '../extension/selection-environment';
import { said } from '../spec/reason';
import { type AnnounceChange, Announcements } from '../store/announce-change';
import { EntriesCache } from '../store/entries/entries-cache';
import { EntryLists } from '../store/entries/entry-lists';
import { IndexedDatabase } from '../store/entries/indexed-database';
import { connectToEntries, type EntriesConnection } from '../store/entries/schema';
import { connectToEvents, EventLog } from '../store/events/event-log';
import { InterestGroups } from '../store/interest-groups';
import { connectToReports } from '../store/private-aggregation/schema';
import { describeSelection } from '../store/select-url/describe';
import { connectToSelections } from '../store/select-url/schema';
import { Selections } from '../store/select-url/selections';
import { SettingsCopy } from '../store/settings-copy';
import { WorkletRecords } from '../store/worklets/worklet-records';
import { Badge } from './browser/badge';
import { Documents } from './browser/documents';
import { KeepAlive } from './browser/keep-alive';
import { MatchedRules } from './browser/matched-rules';
import { OptionalScripts } from './browser/optional-scripts';
import { Pages } from './browser/pages';
import { MarkedRequests } from './browser/request-marks';
import { NotedChanges } from './event-handlers/noted-changes';
import { WatchedKeys } from './event-handlers/watched-keys';
import { Fence } from './fenced-frames/fence';
import { FenceScripts } from './fenced-frames/fence-script';
import { NetworkCuts } from './fenced-frames/network-cut';
import { Reporting } from './fenced-frames/reporting';
import { FencedFrames } from './fenced-frames/show';
import { HeaderWriter } from './header-writes/header-writer';
import { HeaderWrites } from './header-writes/header-writes';
import { PolicyMarks } from './header-writes/policy-marks';
import { Isolation } from './isolation/isolation';
import { PermissionsPolicies } from './permissions-policy/permissions-policy';
import { PrivateAggregation } from './private-aggregation/private-aggregation';
import { ArrivalOrder } from './requests/arrival-order';
import { Gate } from './requests/gate';
import { Embedders } from './select-url/embedder-policies';
import { ExpectedFrames } from './select-url/expected-frames';
import { FrameRecords } from './select-url/frame-records';
import { FrameNavigations } from './select-url/navigate';
import { SelectedFrames } from './select-url/selected-frames';
import { SelectedURLs } from './select-url/selected-urls';
import { URNNavigations } from './select-url/urn-navigations';
import { WindowUpdates } from './updates/window-updates';
import { WorkletDataOrigins } from './worklets/worklet-data-origins';
import { type CallHost, WorkletHost } from './worklets/worklet-host';

/**
 * How much of what the test kit reads is kept in memory, about, in bytes: a test that waits for an entry reads all of them again and again. The database is asked
 * each time whether they are still these.
 */
const CACHE_SIZE = 2 ** 22;

/** The entries, and who is told of their changes. */
function createStore(settings: LiveSettings, connection: EntriesConnection, callHost: CallHost) {
  const watchedKeys = new WatchedKeys(connection);
  const notedChanges = new NotedChanges(watchedKeys, callHost);
  const environment = async () => {
    const current = await settings.get();
    const known = databaseEnvironment(current);
    return current.possibilities.eventHandlers ? { ...known, watched: await notedChanges.expect() } : known;
  };
  const database = new IndexedDatabase(environment, connection, new EntriesCache(CACHE_SIZE, undefined, 0));
  database.onNotedChanges(() => void notedChanges.tell());
  return { watchedKeys, notedChanges, environment, database };
}

/** To the databases, each of which is opened when it is first used. */
const connect = () => ({
  connection: connectToEntries(),
  events: connectToEvents(),
  reportsConnection: connectToReports(),
  selectionsConnection: connectToSelections(),
});

interface FramesServices {
  readonly announce: AnnounceChange;
  readonly keepAlive: KeepAlive;
  readonly marks: MarkedRequests;
  readonly pages: Pages;
  readonly policies: PermissionsPolicies;
  readonly selectedURLs: SelectedURLs;
}

/** What fills frames with opaque URLs, and what their documents have. */
function createFrames(services: FramesServices) {
  const { announce, keepAlive } = services;
  const documents = new Documents();
  const frameRecords = new FrameRecords(documents, announce);
  const embedders = new Embedders();
  const networkCuts = new NetworkCuts(frameRecords);
  const fenceScripts = new FenceScripts(frameRecords, networkCuts);
  const known = { ...services, documents, embedders, frameRecords, networkCuts, fenceScripts, beforeFilling: fenceScripts.prepare };
  const frameNavigations = new FrameNavigations(documents, frameRecords, embedders);
  const expectedFrames = new ExpectedFrames(documents, frameRecords, keepAlive);
  const reporting = new Reporting(known);
  return {
    ...known,
    expectedFrames,
    fence: new Fence({ ...known, reporting }),
    fencedFrames: new FencedFrames({ ...known, expectedFrames }),
    frameNavigations,
    reporting,
    selectedFrames: new SelectedFrames(),
    urnNavigations: new URNNavigations({ ...known, frameNavigations }),
  };
}

export function createServices() {
  const { announce } = new Announcements();
  const keepAlive = new KeepAlive();
  const matchedRules = new MatchedRules();
  const pages = new Pages();
  const workletHost = new WorkletHost();
  const settings = new LiveSettings();
  const connections = connect();
  const { connection, events, reportsConnection, selectionsConnection } = connections;
  const store = createStore(settings, connection, workletHost.call);
  const log = new EventLog(async () => (await settings.get()).eventLogSize, announce, events);
  const order = new ArrivalOrder();
  const badge = new Badge();
  const gate = new Gate(settings, log, order, badge);
  const policies = new PermissionsPolicies();
  const isolation = new Isolation((method, event) => gate.note(method, event), badge, keepAlive, matchedRules);
  const updates = new WindowUpdates(store.database, navigator.locks, gate.noteUpdate, keepAlive);
  // One for both who mark requests: the numbers of its rules must not meet.
  const marks = new MarkedRequests();
  const headerWriter = new HeaderWriter(gate, updates);
  const headerWrites = new HeaderWrites(headerWriter, policies, marks, order, keepAlive);
  const selections = new Selections(async () => selectionEnvironment(await settings.get()), selectionsConnection, announce);
  const selectedURLs = new SelectedURLs(selections, pages, workletHost.call, async (selection) =>
    log.log(describeSelection(selection, (await settings.get()).selectUrl.reveal)),
  );
  return {
    ...connections,
    ...store,
    ...createFrames({ announce, keepAlive, marks, pages, policies, selectedURLs }),
    badge,
    coordinators: async () => Object.keys((await settings.get()).privateAggregation.keys),
    dataOrigins: new WorkletDataOrigins(workletHost.call, keepAlive, marks),
    entryLists: new EntryLists(connection),
    gate,
    headerWriter,
    headerWrites,
    interestGroups: new InterestGroups(async () => Date.now() + (await settings.get()).clockOffsetMs),
    isolation,
    log,
    matchedRules,
    optionalScripts: new OptionalScripts((setting, error) => gate.note(setting, { refusal: said(String(error)) })),
    order,
    policyMarks: new PolicyMarks(marks),
    privateAggregation: new PrivateAggregation(settings, gate, reportsConnection, keepAlive, announce),
    selections,
    settings,
    settingsCopy: new SettingsCopy(connection),
    updates,
    workletHost,
    workletRecords: new WorkletRecords(),
  };
}

export type Services = ReturnType<typeof createServices>;
