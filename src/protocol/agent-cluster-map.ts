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

export type Keying = AgentClusterKey['kind'];

/**
 * Where the browser did otherwise. `insecure`: the header has no effect in such a context; `keyed-before`: the group keyed the origin so before
 * the document came; `changed`: the settings or the policy, which ask for this keying by now.
 */
export type Difference = { readonly type: 'insecure' } | { readonly type: 'keyed-before' | 'changed'; readonly by: Keying };

/** A document of the group, and by what it is keyed. */
export interface Row extends MappedDocument {
  /** By the explainer's algorithm. */
  readonly key: AgentClusterKey;
  readonly reason: Reason;
  readonly source: Source;
  /** Whether that asked for a keying by origin. */
  readonly asksForOrigin: boolean;
  /** Null where all agree. */
  readonly difference: Difference | null;
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
