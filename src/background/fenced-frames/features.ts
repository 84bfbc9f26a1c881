/** Which of their features the documents of a fenced frame do without, because of what embeds it. */

import { parseDictionary, Token } from 'structured-headers';
import type { EmbedderHeaders } from '../../injected/select-url/embedder-policies';
import { FEATURES_OF_OPAQUE_URL, FEATURES_OF_URL } from '../../spec/fenced-frame-features';
import { isFeature } from '../../spec/permissions-policy/allowlist';
import type { PermissionsPolicies } from '../permissions-policy/permissions-policy';
import type { Caller } from '../requests/caller';

/** Members of an allowlist, as in `Feature-Policy` and in the `allow` attribute; undefined where it does not name the feature. */
function allowlistIn(policy: string, feature: string): string[] | undefined {
  for (const declaration of policy.split(/[;,]/)) {
    const [name, ...members] = declaration.trim().split(/[\t\n\f\r ]+/);
    if (name === feature) return members;
  }
  return undefined;
}

/** The same of `Permissions-Policy`, in the words of the others. */
function allowlistOfHeader(header: string, feature: string): string[] | undefined {
  try {
    const [value] = parseDictionary(header).get(feature) ?? [];
    if (value === undefined) return undefined;
    const items = Array.isArray(value) ? value.map(([item]) => item) : [value];
    return items.map((item) => (item instanceof Token && item.toString() === 'self' ? "'self'" : String(item)));
  } catch {
    // A header that does not parse declares nothing.
    return undefined;
  }
}

/** `origin`: of what the frame shows; null where nobody may know that, so that it takes a feature that everybody has. */
function isListed(members: readonly string[] | undefined, self: string, origin: string | null): boolean {
  if (!members || members.includes('*')) return true;
  const isMeant = (member: string) => member === "'src'" || (member === "'self'" ? origin === self : URL.parse(member)?.origin === origin);
  return origin !== null && members.some(isMeant);
}

/** Whether the attribute may give the feature to what selectURL() chose, for it names an origin: which one that is, is known later. */
const namesOrigin = (members: readonly string[]): boolean => members.some((member) => member === "'self'" || URL.canParse(member));

/** The first feature of a config of selectURL() that the attribute does not give to the origin of what is shown: a URN, which `'src'` means, has none. */
export function featureNotGiven(allow: string, self: string, origin: string): string | undefined {
  const isGiven = (feature: string) => {
    const members = allowlistIn(allow, feature);
    return isListed(
      members?.filter((member) => member !== "'src'"),
      self,
      origin,
    );
  };
  return FEATURES_OF_OPAQUE_URL.find((feature) => !isGiven(feature));
}

interface Framing {
  readonly caller: Caller;
  readonly headers: EmbedderHeaders;
  /** The attribute of the fenced frame. */
  readonly allow: string;
  /** Of the config's URL; null for one of selectURL(). */
  readonly origin: string | null;
}

export async function deniedFeatures({ caller, headers, allow, origin }: Framing, policies: PermissionsPolicies): Promise<string[]> {
  const features = origin === null ? FEATURES_OF_OPAQUE_URL : FEATURES_OF_URL;
  const judge = async (feature: string) => {
    const declared = allowlistOfHeader(headers.permissionsPolicy, feature) ?? allowlistIn(headers.featurePolicy, feature);
    const attribute = allowlistIn(allow, feature);
    const isEnabled = !isFeature(feature) || (await policies.isEnabled(caller, feature, caller.origin).catch(() => false));
    // Without a member, the attribute means what the page has put into the frame: a URN has no origin that anything could have.
    const isGiven =
      attribute?.length === 0
        ? origin !== null
        : isListed(attribute, caller.origin, origin) || (origin === null && namesOrigin(attribute ?? []));
    return isEnabled && isListed(declared, caller.origin, origin) && isGiven;
  };
  const allowed = await Promise.all(features.map(judge));
  return features.filter((_feature, index) => !allowed[index]);
}
