/** What the embedder of a fenced frame says against it, before anything is asked for. */

import { reportViolation } from '../../injected/fenced-frames/violation';
import {
  doPoliciesAllowFencedFrames,
  type EmbedderPolicies,
  type Violation,
  violationsOfFencedFrame,
} from '../../spec/content-security-policy';
import { isUrnUuid } from '../../spec/fenced-frame-config';
import { runIn } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import { readEmbedderPolicies } from '../select-url/embedder-policies';

/** "Strip URL for use in reports": of another origin, the page hears the origin alone; of a URL that it does not know, nothing. */
function blockedURI(url: string, self: string): string {
  if (isUrnUuid(url)) return '';
  const { origin, href, hash } = new URL(url);
  return URL.parse(self)?.origin === origin ? href.slice(0, href.length - hash.length) : origin;
}

/** Native Chromium's words. */
function describe(blocked: string, { name, sources, disposition }: Violation): string {
  const isReport = disposition === 'report';
  const directive = [name, ...sources.filter((source) => !/^'(?:unsafe-|nonce-|sha\d+-)/i.test(source))].join(' ');
  const what = `Framing '${blocked && new URL(blocked).href}' as a fenced frame violates the following ${isReport ? 'report-only ' : ''}Content Security Policy directive: "${directive}".`;
  const outcome = isReport ? 'The violation has been logged, but no further action has been taken.' : 'The request has been blocked.';
  const fallback = `Note that 'fenced-frame-src' was not explicitly set, so '${name}' is used as a fallback.`;
  return [what, outcome, ...(name === 'fenced-frame-src' ? [] : [fallback])].join(' ');
}

function violations(policies: EmbedderPolicies, url: string): Violation[] {
  return violationsOfFencedFrame(policies, isUrnUuid(url) ? null : url);
}

/** Resolves to whether the document may show the URL in a fenced frame, when it has been told of what it violates. */
export async function isAllowedByEmbedder({ tabId, documentId }: Caller, url: string): Promise<boolean> {
  const policies = await readEmbedderPolicies(tabId, documentId);
  // The browser itself says so in the console.
  if (!doPoliciesAllowFencedFrames(policies.policies)) return false;
  const found = violations(policies, url);
  const blocked = blockedURI(url, policies.self);
  const target = { tabId, documentIds: [documentId] };
  for (const violation of found) await runIn(target, reportViolation, blocked, violation, describe(blocked, violation));
  return found.every(({ disposition }) => disposition === 'report');
}
