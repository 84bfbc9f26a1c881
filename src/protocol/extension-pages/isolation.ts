/** What documents are keyed by, why, and what was stopped at the borders, as the extension's own pages show it. */

import type { AgentClusterMap } from '../agent-cluster-map';
import type { ReadEvent } from '../logged-event';
import { count, object, oneOf, string } from '../schema';
import type { DecodersOf } from './feature';

export const KEYINGS = ['respect', 'origin-keyed', 'site-keyed'] as const;

export interface IsolationRequests {
  /** Of the tab's browsing context group. `chosen`: the setting `isolation`, by origin. */
  'isolation.read': { params: { tabId: number }; result: AgentClusterMap & { chosen: Readonly<Record<string, (typeof KEYINGS)[number]>> } };
  /** Messages and settings of `document.domain` that were stopped in the tab, after an event; the newest first. */
  'isolation.stopped': { params: { tabId: number; after: number }; result: { events: readonly ReadEvent[]; newest: number } };
  /** "respect" takes the origin off the list. It counts for documents that are loaded from then on. */
  'isolation.choose': { params: { origin: string; keying: (typeof KEYINGS)[number] }; result: null };
}

export const isolationDecoders: DecodersOf<IsolationRequests> = {
  'isolation.read': object({ tabId: count }),
  'isolation.stopped': object({ tabId: count, after: count }),
  'isolation.choose': object({ origin: string, keying: oneOf(KEYINGS) }),
};
