/** The agent cluster map of a tab, as the service worker answers those pages of the extension that show it. */

import type { AgentClusterKey, Reason } from '../spec/agent-cluster';
import type { OriginPolicy } from '../spec/origin-policy';
import type { RequestedKeying } from './isolation';

/** Which source asked for a keying; `browser` where none did. */
export type Source = RequestedKeying['source'] | 'browser';

/** What a document's own frame tells about it. */
export interface MappedDocument {
  readonly tabId: number;
  readonly frameId: number;
  /** -1 for a tab's outermost frame. */
  readonly parentFrameId: number;
  readonly url: string;
  /** Serialized; `"null"` for an opaque origin. */
  readonly origin: string;
  readonly isSecureContext: boolean;
  readonly crossOriginIsolated: boolean;
  /** `originAgentCluster`: what the browser did. */
  readonly originKeyed: boolean;
  /** When its navigation began, in milliseconds since the Unix epoch: the order in which documents joined the group. */
  readonly begun: number;
  /** The `desc` of its marks (protocol/isolation.ts). */
  readonly marks: readonly string[];
}

/** What is known of an origin's policy; `applies` is false where its last response did not allow it. */
export interface MappedPolicy extends OriginPolicy {
  readonly applies: boolean;
}

/** A document of the group, and by what it is keyed. */
export interface Row extends MappedDocument {
  /** By the explainer's algorithm. */
  readonly key: AgentClusterKey;
  readonly reason: Reason;
  readonly source: Source;
  /** Why it is this key, in a sentence. */
  readonly why: string;
  /** What to know where the browser keyed otherwise, or where the settings have changed since; null where all agree. */
  readonly difference: string | null;
  /** Null where the origin has none, or none was seen yet. */
  readonly policy: MappedPolicy | null;
}

/** What the panel's view of the map shows. */
export interface AgentClusterMap {
  /** The tab's browsing context group: the tab, and those that hold references to it. Rows are in the order of joining. */
  readonly rows: readonly Row[];
  readonly tabIds: readonly number[];
  /** One of the tabs was opened by a page of another origin, and the browser does not say in which tab: the group may be larger. */
  readonly isUncertain: boolean;
}
