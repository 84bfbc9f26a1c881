/** Computes what each document of a browsing context group should be keyed by, and says where the browser did otherwise. */

import type { MappedDocument, Row, Source } from '../../protocol/agent-cluster-map';
import { requestedKeying } from '../../protocol/isolation';
import { createBrowsingContextGroup, type Decision, formatKey, getAgentClusterKey } from '../../spec/agent-cluster';
import { siteOf } from '../../store/site';

export interface Request {
  readonly source: Source;
  readonly originKeyed: boolean;
}

/** What the document's response asked for. Where nobody asked, Chromium keys by origin since version 106. */
export const requestOf = ({ marks, isSecureContext }: Pick<MappedDocument, 'marks' | 'isSecureContext'>): Request =>
  (isSecureContext && requestedKeying(marks)) || { source: 'browser', originKeyed: true };

const ASKED: Record<Source, readonly [byOrigin: string, bySite: string]> = {
  setting: ['The setting keys it by its origin.', 'The setting keys it by its site.'],
  'origin-policy': ['The Origin-Policy of its origin asks for isolation.', 'The Origin-Policy of its origin asks for none.'],
  server: ['Its server sent Origin-Agent-Cluster: ?1.', 'Its server sent Origin-Agent-Cluster: ?0.'],
  browser: ['Nobody asked for anything: this browser keys by origin then.', ''],
};

function whyOf({ reason, key }: Decision, { source, originKeyed }: Request, { origin }: MappedDocument): string {
  switch (reason) {
    case 'opaque-origin':
      return 'An opaque origin shares its agent cluster with nobody.';
    case 'no-registrable-domain':
      return 'Its host has no registrable domain: origin and site are the same.';
    case 'cross-origin-isolated':
      return 'Cross-origin isolated documents are keyed by their origin.';
    case 'first-seen':
      return originKeyed === (key.kind === 'origin')
        ? `${ASKED[source][originKeyed ? 0 : 1]} So did the first document of ${origin} in this group.`
        : `The first document of ${origin} in this group was keyed so, and stays the measure, whatever this one asked for.`;
    default:
      return ASKED[source][originKeyed ? 0 : 1];
  }
}

const NEW_TAB = 'Open it in a new tab, which is a group of its own.';

function differenceOf(row: Pick<Row, 'key' | 'reason'>, document: MappedDocument, wanted: boolean | null): string | null {
  const { origin, originKeyed, isSecureContext } = document;
  const { key, reason } = row;
  if ((key.kind === 'origin') !== originKeyed && reason !== 'no-registrable-domain') {
    if (!isSecureContext) return 'The context is not secure: the header has no effect in it.';
    const first = originKeyed ? 'origin' : 'site';
    return `The browser keyed it by ${first}, not as ${formatKey(key)}: this group keyed ${origin} first by ${first}. ${NEW_TAB}`;
  }
  if (wanted === null || wanted === originKeyed || reason === 'cross-origin-isolated' || reason === 'opaque-origin') return null;
  return `The setting or the policy says otherwise by now (${wanted ? 'origin' : 'site'}-keyed). ${NEW_TAB}`;
}

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
      const why = whyOf(decision, request, document);
      return { ...document, ...decision, source: request.source, why, difference: differenceOf(decision, document, wantedNow(origin)) };
    });
}
