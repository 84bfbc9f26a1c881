/**
 * What the extension's own pages ask the service worker for: panel, options, popup. A feature is a file beside this one, with its requests and
 * their decoders, named in both tables here; its handlers are in src/background/handlers/extension-pages.
 */

import { decode, object, string, unknown } from '../schema';
import { type DataOriginRequests, dataOriginDecoders } from './data-origin';
import { type EntriesRequests, entriesDecoders } from './entries';
import { type EventsRequests, eventsDecoders } from './events';
import type { DecodersOf } from './feature';
import { type HeaderWritesRequests, headerWritesDecoders } from './header-writes';
import { type InspectedPageRequests, inspectedPageDecoders } from './inspected-page';
import { type IsolationRequests, isolationDecoders } from './isolation';
import { type ReplayRequests, replayDecoders } from './replay';
import { type ReportsRequests, reportsDecoders } from './reports';
import { type SelectURLRequests, selectURLDecoders } from './select-url';
import { type SettingsRequests, settingsDecoders } from './settings';
import { type StateRequests, stateDecoders } from './state';
import { type WhyNotRequests, whyNotDecoders } from './why-not';
import { type WorkletsRequests, workletsDecoders } from './worklets';

/** By method: its parameters and its result. */
export interface ExtensionPageRequests
  extends InspectedPageRequests,
    EntriesRequests,
    EventsRequests,
    WorkletsRequests,
    SelectURLRequests,
    ReportsRequests,
    HeaderWritesRequests,
    IsolationRequests,
    WhyNotRequests,
    DataOriginRequests,
    SettingsRequests,
    StateRequests,
    ReplayRequests {}

const decoders: DecodersOf<ExtensionPageRequests> = {
  ...inspectedPageDecoders,
  ...entriesDecoders,
  ...eventsDecoders,
  ...workletsDecoders,
  ...selectURLDecoders,
  ...reportsDecoders,
  ...headerWritesDecoders,
  ...isolationDecoders,
  ...whyNotDecoders,
  ...dataOriginDecoders,
  ...settingsDecoders,
  ...stateDecoders,
  ...replayDecoders,
};

export type ExtensionPageMethod = keyof ExtensionPageRequests;

/** A request with its decoded parameters. */
export type ExtensionPageRequest = {
  [Name in ExtensionPageMethod]: { readonly method: Name; readonly params: ExtensionPageRequests[Name]['params'] };
}[ExtensionPageMethod];

const request = object({ method: string, params: unknown });

/** Null on anything that none of our pages sends. */
export function decodeExtensionPageRequest(given: unknown): ExtensionPageRequest | null {
  const decoded = decode(request, given);
  if (!decoded || !Object.hasOwn(decoders, decoded.method)) return null;
  const params = decode<unknown>(decoders[decoded.method as ExtensionPageMethod], decoded.params);
  return params === null ? null : ({ method: decoded.method, params } as ExtensionPageRequest);
}
