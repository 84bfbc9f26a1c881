/** How documents are keyed, as tests see it. */

export interface KeyedDocument {
  readonly url: string;
  readonly origin: string;
  /** `window.originAgentCluster`: what the browser did. */
  readonly originKeyed: boolean;
  readonly crossOriginIsolated: boolean;
  /** Who asked for the keying; `browser` where nobody did. */
  readonly source: 'setting' | 'origin-policy' | 'server' | 'browser';
  /** Why it is keyed so; `first-seen`: the first document of its origin in the group was, and that counts. */
  readonly reason: 'opaque-origin' | 'no-registrable-domain' | 'cross-origin-isolated' | 'first-seen' | 'requested' | 'not-requested';
}

export interface TabIsolation {
  /** What the tab shows. */
  readonly url: string;
  /** Of the tab's browsing context group, in the order in which they joined it. */
  readonly documents: readonly KeyedDocument[];
}

/** Of a row of the extension's map, which says more. */
export const readIsolation = ({ url, origin, originKeyed, crossOriginIsolated, source, reason }: KeyedDocument): KeyedDocument => ({
  ...{ url, origin, originKeyed, crossOriginIsolated, source, reason },
});
