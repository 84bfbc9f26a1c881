/** The service worker: listeners, registered before anything waits, so that the browser wakes us for each of them. */

import { browser } from '../extension/browser';
import { watchSettings } from '../extension/watch-settings';
import { wordsOf } from '../extension/words';
import { hear } from '../protocol/recipients';
import { TOKEN_LENGTH, WAKING } from '../protocol/url-marks';
import { because, type Reason, said } from '../spec/reason';
import { shorten } from '../store/events/event-log';
import { purgeByAlarm } from './browser/alarms';
import { listenToClearSiteData } from './browser/clear-site-data';
import { offerToDeveloperTools } from './handlers/extension-pages/developer-tools';
import { createExtensionPageAnswers } from './handlers/extension-pages/listener';
import { createListeners } from './handlers/recipients';
import { NO_TAB } from './header-writes/tab-responses';
import { listenToUnmarkedResponses } from './header-writes/unmarked-responses';
import type { Sender } from './requests/caller';
import { createServices } from './services';

const services = createServices();
const {
  badge,
  database,
  documents,
  expectedFrames,
  fenceScripts,
  frameRecords,
  gate,
  headerWriter,
  headerWrites,
  interestGroups,
  isolation,
  log,
  matchedRules,
  networkCuts,
  notedChanges,
  optionalScripts,
  privateAggregation,
  selections,
  settingsCopy,
  updates,
  urnNavigations,
} = services;

const answerExtensionPage = createExtensionPageAnswers(services);
offerToDeveloperTools(answerExtensionPage);

const listeners = createListeners({ ...services, answerExtensionPage });
browser.runtime.onMessage.addListener((message: unknown, sender: Sender) => hear(listeners, message, sender));
services.workletHost.channel.answerWith((message, sender) => hear(listeners, message, sender));

watchSettings(({ settings, warnings }, before) => {
  services.settings.set(settings);
  for (const warning of warnings) {
    console.warn(wordsOf(warning));
    gate.note('settings', { refusal: warning });
  }
  settingsCopy.write(settings).catch((error: unknown) => console.error('settings', error));
  // What is too much now goes. Most starts of this worker change nothing.
  if (before && before.eventLogSize !== settings.eventLogSize) void log.flush();
  void optionalScripts.apply(settings);
  const { eventHandlers } = settings.possibilities;
  // Once in the life of this worker, and whenever the setting is switched on.
  if (eventHandlers && !before?.possibilities.eventHandlers)
    notedChanges.resume().catch((error: unknown) => console.error('key handlers', error));
  void isolation.setSettings(settings, before);
  badge.setSimulations(settings.simulations, before?.simulations);
  privateAggregation.apply(settings, before).catch((error: unknown) => gate.note('privateAggregation', { refusal: said(String(error)) }));
});

// What an earlier worker was stopped in the middle of.
void updates.succeed();
purgeByAlarm(async () => {
  database.tidyJournal().catch((error: unknown) => console.error('journal', error));
  gate.note('purge', { result: await database.purgeExpired() });
  await selections.purgeExpiredBitDebits();
  await privateAggregation.purge();
  await interestGroups.purgeExpired();
  await selections.forgetPages(documents.isGone);
  await frameRecords.tidy();
});

urnNavigations.listen();
void expectedFrames.resume();
fenceScripts.unregisterByAlarm();
networkCuts.tidyByAlarm();

listenToClearSiteData(matchedRules, (dataOrigin, { tabId, documentId = null, url }) => {
  const note = (refusal: Reason | null) =>
    gate.note('clear-site-data', { dataOrigin, tabId, documentId, parameters: { url: shorten(url) }, refusal });
  Promise.all([
    database.clearOrigin(dataOrigin, { scope: 'header', tabId, documentId, by: null }),
    interestGroups.forget(dataOrigin),
    privateAggregation.originCleared(dataOrigin),
  ]).then(
    () => note(null),
    (error: unknown) => note(said(String(error))),
  );
});

// What a document asks for while its tab goes away, or has gone; nobody else knows its token.
matchedRules.onMatchAnywhere('storage-writable', ({ ruleId }, { url, tabId }) => {
  if (ruleId === WAKING) headerWrites.expectNoMessage(url.slice(-TOKEN_LENGTH));
  // To listen drops a page that is kept to go back to, and what it has not sent yet.
  if (tabId === NO_TAB) headerWrites.listenToAll();
});

listenToUnmarkedResponses(matchedRules, ({ url, tabId, documentId = null }) => {
  // A request of a page with a service worker of its own is expected by its URL.
  if (!headerWrites.isExpected(url)) headerWriter.noteRefused(url, { tabId, documentId }, because('reasonNotOptedIn'));
});

browser.runtime.onStartup.addListener(() => {
  void database.forgetOldWrites();
  // Of documents of the last session there are none.
  void selections.forgetPages(documents.isGone);
});
