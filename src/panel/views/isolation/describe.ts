/** Why a document is keyed as it is, in words. */

import { type TextName, text } from '../../../components/text';
import type { Difference, Keying, Row, Source } from '../../../protocol/agent-cluster-map';
import { formatKey } from '../../../spec/agent-cluster';

const ASKED: Readonly<Record<Source, Readonly<Record<Keying, TextName>>>> = {
  setting: { origin: 'keyedBySetting', site: 'keyedBySettingSite' },
  'origin-policy': { origin: 'keyedByPolicy', site: 'keyedByPolicySite' },
  server: { origin: 'keyedByServer', site: 'keyedByServerSite' },
  browser: { origin: 'keyedByBrowser', site: 'keyedByBrowser' },
};

export function describeKey({ reason, key, source, asksForOrigin, origin }: Row): string {
  const asked = asksForOrigin ? 'origin' : 'site';
  switch (reason) {
    case 'opaque-origin':
      return text('keyedOpaque');
    case 'no-registrable-domain':
      return text('keyedWithoutDomain');
    case 'cross-origin-isolated':
      return text('keyedIsolated');
    case 'first-seen':
      return asked === key.kind ? `${text(ASKED[source][asked])} ${text('keyedFirstAlike', origin)}` : text('keyedFirst', origin);
    default:
      return text(ASKED[source][asked]);
  }
}

const KEYINGS: Readonly<Record<Keying, TextName>> = { origin: 'keyingByOrigin', site: 'keyingBySite' };

export function describeDifference(difference: Difference, { key, origin }: Row): string {
  switch (difference.type) {
    case 'insecure':
      return text('keyedInsecure');
    case 'keyed-before':
      return text('keyedBefore', text(KEYINGS[difference.by]), formatKey(key), origin);
    case 'changed':
      return text('keyedChanged', text(KEYINGS[difference.by]));
  }
}
