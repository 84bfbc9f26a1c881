/** What would be refused to the documents of a tab, for the extension's own pages. */

import type { LiveSettings } from '../../../../extension/live-settings';
import type { Settings } from '../../../../extension/settings';
import type { WhyNot, WhyNotRequests } from '../../../../protocol/extension-pages/why-not';
import type { Feature } from '../../../../spec/permissions-policy/allowlist';
import { isOriginPotentiallyTrustworthy } from '../../../../spec/secure-contexts';
import type { ReportsConnection } from '../../../../store/private-aggregation/schema';
import { readURLCounts, usualURLCount } from '../../../../store/select-url/read-selections';
import type { SelectionsConnection } from '../../../../store/select-url/schema';
import type { Pages } from '../../../browser/pages';
import type { Fence } from '../../../fenced-frames/fence';
import type { PermissionsPolicies } from '../../../permissions-policy/permissions-policy';
import type { Caller } from '../../../requests/caller';
import { documentsOf, type InspectedDocument } from '../documents';
import type { ExtensionPageHandlersOf } from '../table';
import { securedAddress } from './changes';
import {
  type Found,
  refusalsByBudget,
  refusalsByContributionBudget,
  refusalsByDepth,
  refusalsByOrigin,
  refusalsByPolicy,
  refusalsBySettings,
} from './refusals';
import { Sandboxes } from './sandbox';

interface Services {
  readonly settings: LiveSettings;
  readonly fence: Fence;
  readonly pages: Pages;
  readonly policies: PermissionsPolicies;
  readonly selectionsConnection: SelectionsConnection;
  readonly reportsConnection: ReportsConnection;
}

/** The document that makes the context insecure: itself, or the outermost one around it that is not trustworthy. */
function insecureDocument({ frame }: InspectedDocument, documents: readonly InspectedDocument[]): InspectedDocument['frame'] {
  const parent = documents.find((other) => other.frame.frameId === frame.parentFrameId);
  const outer = parent && insecureDocument(parent, documents);
  return outer && !isOriginPotentiallyTrustworthy(outer.origin) ? outer : frame;
}

function unanswered(document: InspectedDocument, documents: readonly InspectedDocument[]): Found {
  if (document.caller === 'unreachable') return { what: 'everything', reason: { type: 'unreachable' }, change: null };
  const { url } = insecureDocument(document, documents);
  return { what: 'everything', reason: { type: 'insecure', url }, change: securedAddress(url) };
}

const FEATURES: readonly Feature[] = ['shared-storage', 'shared-storage-select-url', 'private-aggregation'];

/** The features that pages can use as the settings are. */
const featuresOf = ({ interestGroups }: Settings): readonly Feature[] =>
  interestGroups ? [...FEATURES, 'join-ad-interest-group'] : FEATURES;

export function whyNotHandlers(services: Services): ExtensionPageHandlersOf<keyof WhyNotRequests> {
  const { fence, pages, policies, selectionsConnection, reportsConnection } = services;
  const sandboxes = new Sandboxes();

  /** What keeps the data of an origin from everybody on the page. */
  const ofDataOrigin = async (settings: Settings, caller: Caller, urlCounts: ReadonlyMap<string, number>): Promise<Found[]> => {
    const { origin } = caller;
    const page = await pages.of(caller);
    if (origin === 'null' || !page) return [];
    const ofBudgets = [
      refusalsByBudget(selectionsConnection, settings, page, origin, usualURLCount(urlCounts, origin)),
      refusalsByContributionBudget(reportsConnection, settings, origin),
    ];
    return [...refusalsBySettings(settings, origin), ...(await Promise.all(ofBudgets)).flat()];
  };

  return {
    'why-not.read': async ({ tabId }) => {
      const [documents, settings] = await Promise.all([documentsOf(tabId), services.settings.get()]);
      const documentIds = documents.map(({ frame }) => frame.documentId);
      const urlCounts = await readURLCounts(selectionsConnection, documentIds);
      const byOrigin = new Map<string, Promise<Found[]>>();
      const ofOrigin = (caller: Caller): Promise<Found[]> => {
        const found = byOrigin.get(caller.origin) ?? ofDataOrigin(settings, caller, urlCounts);
        byOrigin.set(caller.origin, found);
        return found;
      };
      const ofDocument = async (document: InspectedDocument): Promise<WhyNot[]> => {
        const { caller, frame } = document;
        const found =
          typeof caller === 'string'
            ? [unanswered(document, documents)]
            : await Promise.all([
                refusalsByOrigin(sandboxes, caller),
                refusalsByPolicy(policies, caller, featuresOf(settings)),
                refusalsByDepth(fence, caller),
                ofOrigin(caller),
              ]);
        return found.flat().map((one) => ({ frameId: frame.frameId, ...one }));
      };
      const refusals = await Promise.all(documents.map(ofDocument));
      return { frames: documents.map(({ frame }) => frame), refusals: refusals.flat() };
    },
  };
}
