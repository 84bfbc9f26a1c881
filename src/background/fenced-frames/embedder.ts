/** What the embedder of a fenced frame says against it, before anything is asked for. */

import { reportViolation } from '../../injected/fenced-frames/violation';
import { sayInConsole } from '../../injected/say-in-console';
import {
  doPoliciesAllowFencedFrames,
  type EmbedderPolicies,
  type Violation,
  violationsOfFencedFrame,
} from '../../spec/content-security-policy';
import { isUrnUuid } from '../../spec/fenced-frame-config';
import { runIn } from '../browser/run-in';
import { DOCUMENTS_AROUND, withinTime } from '../browser/within-time';
import type { PermissionsPolicies } from '../permissions-policy/permissions-policy';
import type { Caller } from '../requests/caller';
import type { Embedder, Embedders } from '../select-url/embedder-policies';
import type { FrameRecords } from '../select-url/frame-records';
import { deniedFeatures } from './features';
import { surroundingsOf } from './surroundings';

/** How long the documents around the embedder have for saying how they embed it, in milliseconds. */
const LONGEST_READING = 10_000;

/** "Strip URL for use in reports": of another origin, the page hears the origin alone; of a URL that it does not know, nothing. */
function blockedURI(url: string, self: string): string {
  if (isUrnUuid(url)) return '';
  const { origin, href, hash } = new URL(url);
  return URL.parse(self)?.origin === origin ? href.slice(0, href.length - hash.length) : origin;
}

/** Native Chromium's words. */
function describe(blocked: string, { name, sources, disposition }: Violation): string {
  const isReport = disposition === 'report';
  const shown = sources.filter((source) => !/^'(?:unsafe-|nonce-|sha\d+-|none')/i.test(source));
  const directive = [name, ...(shown.length > 0 ? shown : ["'none'"])].join(' ');
  const what = `Framing '${blocked && new URL(blocked).href}' as a fenced frame violates the following ${isReport ? 'report-only ' : ''}Content Security Policy directive: "${directive}".`;
  const outcome = isReport ? 'The violation has been logged, but no further action has been taken.' : 'The request has been blocked.';
  const fallback = `Note that 'fenced-frame-src' was not explicitly set, so '${name}' is used as a fallback.`;
  return [what, outcome, ...(name === 'fenced-frame-src' ? [] : [fallback])].join(' ');
}

function violations(policies: EmbedderPolicies, url: string): Violation[] {
  return violationsOfFencedFrame(policies, isUrnUuid(url) ? null : url);
}

/** What comes of a fenced frame's embedder. */
export interface Admission {
  /** Features of the config that its documents do without. */
  readonly denied: readonly string[];
  /** Whether its documents need a `Cross-Origin-Embedder-Policy` and a `Cross-Origin-Resource-Policy`. */
  readonly isolated: boolean;
}

/** Native Chromium's words. */
const REFUSED = (url: string, reason: string) => `Refused to frame '${url}' as a fenced frame because ${reason}`;
export const refusedForFeature = (url: string, feature: string): string =>
  REFUSED(url, `permissions policy '${feature}' is not allowed for the frame's origin.`);

/** Who knows what is around a fenced frame. */
export interface AdmissionServices {
  readonly embedders: Embedders;
  readonly frameRecords: FrameRecords;
  readonly policies: PermissionsPolicies;
}

type Around = Awaited<ReturnType<typeof surroundingsOf>>;

/** What there is in the way, whatever the policies say of the URL; undefined for what the browser itself has words for, null for nothing. */
function obstacleOf(around: Around, url: string, policies: Embedder, denied: readonly string[]): string | null | undefined {
  const { areFlagsThere, isPolicyRequired } = around;
  if (!areFlagsThere || !doPoliciesAllowFencedFrames(policies.policies)) return undefined;
  const shown = blockedURI(url, policies.self);
  if (isPolicyRequired) return REFUSED(shown, 'CSP Embedded Enforcement is specified by the embedder');
  return isUrnUuid(url) && denied[0] !== undefined ? refusedForFeature(shown, denied[0]) : null;
}

/** Resolves to null where the document may not show the URL in a fenced frame, when it has been told why. */
export async function admitFencedFrame(
  caller: Caller,
  { url, allow }: { readonly url: string; readonly allow: string },
  services: AdmissionServices,
): Promise<Admission | null> {
  const { tabId, documentId } = caller;
  const target = { tabId, documentIds: [documentId] };
  const policies = await services.embedders.readPolicies(tabId, documentId);
  const { headers } = policies;
  const origin = isUrnUuid(url) ? null : new URL(url).origin;
  const denied = await deniedFeatures({ caller, headers, allow, origin }, services.policies);
  const around = await withinTime(surroundingsOf(caller, services.frameRecords), LONGEST_READING, DOCUMENTS_AROUND);
  const obstacle = obstacleOf(around, url, policies, denied);
  if (obstacle) await runIn(target, sayInConsole, obstacle);
  if (obstacle !== null) return null;
  const blocked = blockedURI(url, policies.self);
  const report = async (violation: Violation) => runIn(target, reportViolation, blocked, violation, describe(blocked, violation));
  const found = violations(policies, url);
  const reported = found.filter(({ disposition }) => disposition === 'report');
  const enforced = found.filter(({ disposition }) => disposition !== 'report');
  // Natively, policies are looked at before the request is made and when it is, so that what only reports does so twice.
  for (const violation of [...reported, ...(enforced.length > 0 ? enforced : reported)]) await report(violation);
  if (enforced.length > 0) return null;
  return { denied, isolated: /^\s*(?:require-corp|credentialless)\b/.test(headers.embedderPolicy) };
}
