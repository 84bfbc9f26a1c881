/** Computes what each document of a browsing context group should be keyed by, and says where the browser did otherwise. */

import type { Difference, Keying, MappedDocument, Row, Source } from '../../protocol/agent-cluster-map';
import { requestedKeying } from '../../protocol/isolation';
import { createBrowsingContextGroup, type Decision, getAgentClusterKey } from '../../spec/agent-cluster';
import { siteOf } from '../../store/site';

export interface Request {
  readonly source: Source;
  readonly originKeyed: boolean;
}

/** What the document's response asked for. Where nobody asked, Chromium keys by origin since version 106. */
export const requestOf = ({ marks, isSecureContext }: Pick<MappedDocument, 'marks' | 'isSecureContext'>): Request =>
  (isSecureContext && requestedKeying(marks)) || { source: 'browser', originKeyed: true };

function differenceOf({ key, reason }: Decision, document: MappedDocument, wanted: boolean | null): Difference | null {
  const { originKeyed, isSecureContext } = document;
  if ((key.kind === 'origin') !== originKeyed && reason !== 'no-registrable-domain')
    return isSecureContext ? { type: 'keyed-before', by: keyingOf(originKeyed) } : { type: 'insecure' };
  if (wanted === null || wanted === originKeyed || reason === 'cross-origin-isolated' || reason === 'opaque-origin') return null;
  return { type: 'changed', by: keyingOf(wanted) };
}

const keyingOf = (originKeyed: boolean): Keying => (originKeyed ? 'origin' : 'site');

/** `wantedNow`: what a new document of an origin would be given by the settings and policies; null where they say nothing. */
export function mapAgentClusters(
  documents: readonly MappedDocument[],
  wantedNow: (origin: string) => boolean | null,
): Omit<Row, 'policy'>[] {
  // A frame may be denied the capability; the group it is in is isolated all the same.
  const group = createBrowsingContextGroup(documents.some(({ crossOriginIsolated }) => crossOriginIsolated));
  return documents
    .toSorted((a, b) => a.begun - b.begun || a.frameId - b.frameId)
    .map((document) => {
      const request = requestOf(document);
      const { origin } = document;
      const newDocument = { origin, site: siteOf(origin), requestsIsolation: request.originKeyed };
      const decision = getAgentClusterKey(newDocument, group);
      const { source, originKeyed: asksForOrigin } = request;
      return { ...document, ...decision, source, asksForOrigin, difference: differenceOf(decision, document, wantedNow(origin)) };
    });
}
