/**
 * Whose data a worklet works on, and who has to agree to it.
 * https://wicg.github.io/shared-storage/#worklet and https://wicg.github.io/shared-storage/#add-module-monkey-patch
 *
 * Origins are serialized; an opaque one is `"null"`, and is the same origin as nothing.
 */

import { isOriginPotentiallyTrustworthy } from './secure-contexts';

/** What the data origin has to say before a worklet of another origin's document may work on its data. */
export type RequiredPermission =
  /** The data origin is the document's own. */
  | 'none'
  /** `Shared-Storage-Cross-Origin-Worklet-Allowed` on the module script, which the data origin serves. */
  | 'allowed header'
  /** `/.well-known/shared-storage/trusted-origins`, which names the script's and the document's origin together. */
  | 'trusted origins';

/** "Allowed", under a condition that is still to be checked. */
export interface AllowedDataOrigin {
  readonly result: 'Allowed';
  readonly dataOrigin: string;
  readonly scriptOrigin: string;
  readonly permission: RequiredPermission;
}

/** "DisallowedDueToNonPreferenceError", with the exception that Chromium makes of it. */
export interface DisallowedDataOrigin {
  readonly result: 'DisallowedDueToNonPreferenceError';
  readonly name: string;
  readonly message: string;
}

const disallowed = (name: string, message: string): DisallowedDataOrigin => ({
  result: 'DisallowedDueToNonPreferenceError',
  name,
  message,
});

const OPAQUE = 'null';

/** https://html.spec.whatwg.org/multipage/browsers.html#same-origin, of which a serialized opaque origin is never a case. */
const sameOrigin = (a: string, b: string): boolean => a !== OPAQUE && a === b;

/**
 * The steps of "check if addModule is allowed and update state" that are about origins. "addModule initiated" is the page's
 * state, the permissions policy and the preferences come afterwards.
 * https://wicg.github.io/shared-storage/#check-if-addmodule-is-allowed-and-update-state
 */
export function checkIfAddModuleIsAllowed(
  dataOrigin: string,
  moduleURL: string,
  contextOrigin: string,
): AllowedDataOrigin | DisallowedDataOrigin {
  const moduleURLRecord = URL.parse(moduleURL);
  if (!moduleURLRecord) return disallowed('DataError', 'The module script url is invalid.');
  const scriptOrigin = moduleURLRecord.origin;
  // Let workletDataOrigin be the current settings object's origin.
  let workletDataOrigin = contextOrigin;
  if (dataOrigin === 'script-origin') {
    // If worklet's data origin is "script-origin", set workletDataOrigin to moduleURLRecord's origin.
    workletDataOrigin = scriptOrigin;
  } else if (dataOrigin !== 'context-origin') {
    // Let customOriginUrl be the result of running a URL parser on worklet's data origin.
    const customOriginUrl = URL.parse(dataOrigin);
    // If customOriginUrl is not a valid URL, return "DisallowedDueToNonPreferenceError".
    if (!customOriginUrl) return disallowed('TypeError', 'The "dataOrigin" parameter is not a valid keyword or URL.');
    // Set workletDataOrigin to customOriginUrl's origin.
    workletDataOrigin = customOriginUrl.origin;
  }
  // Determine whether shared storage is allowed by context: if origin is an opaque origin, then return false.
  if (workletDataOrigin === OPAQUE)
    return disallowed('InvalidAccessError', 'The shared storage method is not allowed to have an opaque data origin');
  // Such an origin has no secure context that could ever have stored anything; enrolment, which we do not know, refused it natively.
  if (!isOriginPotentiallyTrustworthy(workletDataOrigin))
    return disallowed('InvalidAccessError', 'The shared storage method is not allowed to have an insecure data origin');
  // If workletDataOrigin and the current settings object's origin are not same origin, then set hasCrossOriginDataOrigin to true.
  // Let allowedInOpaqueOriginContext be hasCrossOriginDataOrigin: an opaque context gets this far with nothing else.
  let permission: RequiredPermission = 'none';
  if (!sameOrigin(workletDataOrigin, contextOrigin))
    permission = sameOrigin(workletDataOrigin, scriptOrigin) ? 'allowed header' : 'trusted origins';
  return { result: 'Allowed', dataOrigin: workletDataOrigin, scriptOrigin, permission };
}

/** The path of the file in which a data origin names whom it trusts. */
export const TRUSTED_ORIGINS_PATH = '/.well-known/shared-storage/trusted-origins';

/** https://wicg.github.io/shared-storage/#trusted-origin-type */
type TrustedOriginType = string | readonly string[];

/** https://wicg.github.io/shared-storage/#check-for-trusted-origin-match-on-a-string */
export function checkForTrustedOriginMatchOnAString(itemOrigin: string, actualOrigin: string): boolean {
  // If itemOrigin is "*", return true.
  if (itemOrigin === '*') return true;
  // Let itemOriginUrl be the result of running a URL parser on itemOrigin. If itemOriginUrl is not a valid URL, then return false.
  const itemOriginUrl = URL.parse(itemOrigin);
  if (!itemOriginUrl) return false;
  // If itemOriginUrl's origin and actualOrigin are same origin, return true. Otherwise, return false.
  return sameOrigin(itemOriginUrl.origin, actualOrigin);
}

/** https://wicg.github.io/shared-storage/#check-for-trusted-origin-match */
export function checkForTrustedOriginMatch(itemOrigin: TrustedOriginType, actualOrigin: string): boolean {
  // If itemOrigin is a string, return the result of running check for trusted origin match on a string.
  if (typeof itemOrigin === 'string') return checkForTrustedOriginMatchOnAString(itemOrigin, actualOrigin);
  // Otherwise, for each originString in itemOrigin: if the result of check for trusted origin match on a string is true, return true.
  for (const originString of itemOrigin) if (checkForTrustedOriginMatchOnAString(originString, actualOrigin)) return true;
  return false;
}

/** https://wicg.github.io/shared-storage/#check-for-script-and-context-origin-match */
export function checkForScriptAndContextOriginMatch(
  itemScriptOrigin: TrustedOriginType,
  actualScriptOrigin: string,
  itemContextOrigin: TrustedOriginType,
  actualContextOrigin: string,
): boolean {
  // If the result of running check for trusted origin match, given itemScriptOrigin and actualScriptOrigin is false, return false.
  if (!checkForTrustedOriginMatch(itemScriptOrigin, actualScriptOrigin)) return false;
  // Return the result of running check for trusted origin match, given itemContextOrigin and actualContextOrigin.
  return checkForTrustedOriginMatch(itemContextOrigin, actualContextOrigin);
}

/** A string, or what is a string in a list that is not empty (so Chromium, where an empty list makes the file invalid). */
function trustedOriginOf(item: object, name: string): TrustedOriginType | null {
  const value = Object.hasOwn(item, name) ? (item as Record<string, unknown>)[name] : undefined;
  if (typeof value === 'string') return value;
  if (!Array.isArray(value) || value.length === 0) return null;
  return value.filter((one) => typeof one === 'string');
}

/**
 * What addModule() does with the parsed trusted-origins file: null where the file allows it, or the reason why not.
 * https://wicg.github.io/shared-storage/#add-module-monkey-patch
 */
export function refusalByTrustedOrigins(
  parsed: unknown,
  dataOrigin: string,
  moduleURL: string,
  scriptOrigin: string,
  contextOrigin: string,
): string | null {
  const invalid = (reason: string) => `Unable to parse the ${TRUSTED_ORIGINS_PATH} file for ${dataOrigin} because ${reason}`;
  // If parsed is not a list or if parsed is empty, then: reject promise.
  if (!Array.isArray(parsed)) return invalid('there was no parse result or the result was not a list.');
  if (parsed.length === 0) return `The ${TRUSTED_ORIGINS_PATH} file for ${dataOrigin} is an empty list.`;
  for (const item of parsed as unknown[]) {
    // If item is not an ordered map, or if item does not contain scriptOrigin, or if item does not contain contextOrigin: reject promise.
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return invalid('a non-dictionary item was encountered.');
    const itemScriptOrigin = trustedOriginOf(item, 'scriptOrigin');
    const itemContextOrigin = trustedOriginOf(item, 'contextOrigin');
    const missing = itemScriptOrigin === null ? 'scriptOrigin' : 'contextOrigin';
    if (itemScriptOrigin === null || itemContextOrigin === null)
      return invalid(`a dictionary item's \`${missing}\` key was not found, or its value was an empty list.`);
    // Let doesMatch be the result of running check for script and context origin match. If doesMatch is true: break.
    if (checkForScriptAndContextOriginMatch(itemScriptOrigin, scriptOrigin, itemContextOrigin, contextOrigin)) return null;
  }
  // If doesMatch is false, then: reject promise.
  return `Access of data from ${dataOrigin} by a worklet script at ${moduleURL} invoked by ${contextOrigin} has not been allowed.`;
}
