/** Why there may be nothing at an origin, for the errors of whoever waited for something there. */

import { quoted } from './describe';
import type { SharedStorageLab } from './shared-storage-lab';

/** So many other origins, and so many refusals, are shown. */
const SHOWN = 10;

/** Whose origin a filter names. */
type OriginFilter = { readonly ownerOrigin?: string; readonly reportingOrigin?: string } | ((one: never) => boolean);

/** https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy, for the hosts of http: pages. */
const LOCAL_HOST = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/;

const isSecure = ({ protocol, hostname }: URL): boolean => protocol === 'https:' || LOCAL_HOST.test(hostname);

/** What belongs to an origin. */
type Owned = { readonly ownerOrigin: string } | { readonly reportingOrigin: string };

const originOf = (owned: Owned): string => ('ownerOrigin' in owned ? owned.ownerOrigin : owned.reportingOrigin);

/** Where the filter names an origin whose pages cannot have the API, and nothing that was seen is that origin's; otherwise empty. */
export function describeInsecurity(filter: OriginFilter, seen: readonly Owned[]): string {
  const origin = typeof filter === 'function' ? undefined : (filter.ownerOrigin ?? filter.reportingOrigin);
  if (origin === undefined || seen.some((one) => originOf(one) === origin) || isSecure(new URL(origin))) return '';
  return `\n${origin} is not a secure context, so there is no window.sharedStorage.`;
}

/** A test may have mistaken the port or the scheme of its origin, or what the page asked for was refused. */
export async function describeNothingAt(lab: SharedStorageLab, origin: string): Promise<string> {
  const [origins, accesses] = await Promise.all([lab.origins(), lab.accesses({ ownerOrigin: origin })]);
  const others = origins
    .filter(({ dataOrigin, count }) => dataOrigin !== origin && count > 0)
    .map(({ dataOrigin, count }) => `${dataOrigin} has ${count}`);
  const refused = accesses.flatMap(({ method, params, refusal }) => (refusal === null ? [] : `${method} ${quoted(params)}: ${refusal}`));
  const more = others.length > SHOWN ? `, and ${others.length - SHOWN} more origins` : '';
  return [
    others.length === 0 ? '' : `\nOf entries ${others.slice(0, SHOWN).join(', ')}${more}.`,
    refused.length === 0 ? '' : `\nRefused to ${origin}:\n  ${refused.slice(-SHOWN).join('\n  ')}`,
    describeInsecurity({ ownerOrigin: origin }, accesses),
  ].join('');
}
