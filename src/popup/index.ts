/** What the toolbar button opens: what is stored, which reports there are, and what happened. Also works in a tab of its own. */

import { browser } from '../extension/browser';
import { databaseEnvironment } from '../extension/database-environment';
import { LiveSettings } from '../extension/live-settings';
import { schedulingEnvironment } from '../extension/scheduling-environment';
import { watchSettings } from '../extension/watch-settings';
import { announceChange } from '../store/announce-change';
import { IndexedDatabase } from '../store/entries/indexed-database';
import { connectToEvents, EventLog } from '../store/events/event-log';
import { ReportStore } from '../store/private-aggregation/report-store';
import { connectToReports } from '../store/private-aggregation/schema';
import { Serial } from '../store/serial';
import { AggregationSection } from './aggregation';
import { byId } from './elements';
import { showEvents } from './events';
import { ReportsSection } from './reports';
import { StorageSection } from './storage';

/** How often what is shown is brought up to date, in milliseconds. */
const PERIOD = 1000;

const settings = new LiveSettings();
watchSettings((decoded) => settings.set(decoded.settings));
const database = new IndexedDatabase(async () => databaseEnvironment(await settings.get()));
const events = connectToEvents();
const log = new EventLog(async () => (await settings.get()).eventLogSize, announceChange, events);
const storage = new StorageSection(database, log, () => void refresh());
const connection = connectToReports();
const reportStore = new ReportStore(async () => schedulingEnvironment(await settings.get()), connection);
const reports = new ReportsSection(connection, reportStore, () => void refresh());
const aggregation = new AggregationSection(connection);

/** The page in view; none where this is a tab itself. */
async function pageInView(): Promise<{ tabId: number | null; origin: string | null }> {
  if (await browser.tabs.getCurrent()) return { tabId: null, origin: null };
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  return { tabId: tab?.id ?? null, origin: URL.parse(tab?.url ?? '')?.origin ?? null };
}

function showPanelLink(tabId: number | null): void {
  const link = byId('open-panel', 'a');
  link.hidden = tabId === null;
  link.search = `?tab=${tabId}`;
}

async function show(): Promise<void> {
  const problem = byId('problem', 'p');
  try {
    const { tabId, origin } = await pageInView();
    showPanelLink(tabId);
    await log.flush();
    await Promise.all([storage.show(origin), reports.show(), aggregation.show(), showEvents(events, tabId)]);
    problem.hidden = true;
  } catch (error) {
    problem.textContent = error instanceof Error ? error.message : String(error);
    problem.hidden = false;
  }
}

const showings = new Serial();
const refresh = (): Promise<void> => showings.runNewest(show);

for (const id of ['only-this-tab', 'only-refusals']) byId(id, 'input').addEventListener('change', () => void refresh());
void browser.tabs.getCurrent().then((tab) => {
  byId('in-a-tab', 'a').hidden = tab !== undefined;
});
void refresh();
setInterval(() => {
  if (!document.hidden) void refresh();
}, PERIOD);
