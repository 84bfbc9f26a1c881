/** The service worker: listeners, registered before anything waits, so that the browser wakes us for each of them. */

import { browser } from '../extension/browser';
import { watchSettings } from '../extension/settings';
import { decodeConsoleRequest, decodeRequest, recipientOf } from '../protocol/decoders';
import { fail } from '../protocol/envelope';
import type { ConsoleMessage, Message } from '../protocol/messages';
import { IndexedDatabase } from '../store/indexed-database';
import { markTab } from './badge';
import { callerOf, isOwnContext, type Sender } from './caller';
import { answer, createHandlers } from './handlers';
import { HeaderWrites } from './header-writes';
import { LockedUpdates } from './locked-updates';
import { PermissionsPolicies } from './permissions-policy';
import { applyPreferPolyfill } from './prefer-polyfill';
import { WorkletDataOrigins } from './worklet-data-origins';

const database = new IndexedDatabase();
const policies = new PermissionsPolicies();
const lockedUpdates = new LockedUpdates(database);
const headerWrites = new HeaderWrites(database, policies);
const handlers = createHandlers({ database, lockedUpdates, policies, headerWrites, dataOrigins: new WorkletDataOrigins() });

/** Passes what a worklet logged on to the bridge of its document. */
function relayConsole(message: unknown): void {
  const request = decodeConsoleRequest(message);
  if (!request) return;
  const { tabId, documentId, operation, level, args } = request;
  const params: ConsoleMessage = { operation, level, args };
  const relayed: Message = { to: 'bridge', params };
  // The document may be gone: then nobody is left to read it.
  chrome.tabs.sendMessage(tabId, relayed, { documentId }).catch(() => undefined);
}

browser.runtime.onMessage.addListener((message: unknown, sender: Sender) => {
  const recipient = recipientOf(message);
  if (recipient === 'console-relay' && isOwnContext(sender, browser.runtime.id, self.origin)) relayConsole(message);
  if (recipient !== 'service-worker') return undefined;
  const request = decodeRequest(message);
  const caller = request && callerOf(sender, browser.runtime.id, request.facts);
  if (!caller) return Promise.resolve(fail('NotSupportedError', 'Shared Storage Lab does not understand this request.'));
  markTab(caller);
  return answer(handlers, request.method, request.params, caller, { sequence: request.sequence, after: request.after });
});

watchSettings(({ settings, warnings }) => {
  for (const warning of warnings) console.warn(warning);
  void applyPreferPolyfill(settings);
});

// What an earlier worker was stopped in the middle of.
void lockedUpdates.resume();

browser.runtime.onStartup.addListener(() => void database.forgetOldWrites());
