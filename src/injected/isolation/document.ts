import type { MappedDocument } from '../../protocol/agent-cluster-map';

interface Told extends Omit<MappedDocument, 'tabId' | 'frameId' | 'parentFrameId' | 'url'> {
  readonly hasOpener: boolean;
}

/** What a document says about itself. Leaves the id of its tab for the documents that it opens. */
export function describeDocument(markName: string, tabId: number): Told {
  const { origin, isSecureContext, crossOriginIsolated, originAgentCluster, opener } = self;
  self.sharedStorageLabTab = tabId;
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return {
    origin,
    isSecureContext,
    crossOriginIsolated,
    originKeyed: originAgentCluster === true,
    begun: performance.timeOrigin,
    marks: (navigation?.serverTiming ?? []).filter(({ name }) => name === markName).map(({ description }) => description),
    // COOP and noopener cut the reference, and with it the group.
    hasOpener: opener !== null && !(opener as Window).closed,
  };
}

/** The tab of a document's opener, where that has the same origin; null for others. */
export function tabOfOpener(): number | null {
  try {
    return (self.opener as Window | null)?.sharedStorageLabTab ?? null;
  } catch {
    return null;
  }
}
