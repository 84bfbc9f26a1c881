/**
 * What a Content Security Policy says about the URLs of frames. The browser checks them itself, but not the ones that it never sees, and
 * its reports would tell the page the URL. https://w3c.github.io/webappsec-csp/#match-url-to-source-list
 */

/** What a document that embeds a frame has declared. */
export interface EmbedderPolicies {
  /** Serialized policies. */
  readonly policies: readonly string[];
  /** Those that only report. */
  readonly reporting: readonly string[];
  /** The document's URL. */
  readonly self: string;
}

/** Directives that apply, the first that a policy has. */
export const FRAME_SRC = ['frame-src', 'child-src', 'default-src'];
/** https://w3c.github.io/webappsec-csp/#directive-img-src */
export const IMG_SRC = ['img-src', 'default-src'];
/** https://w3c.github.io/webappsec-csp/#directive-form-action */
export const FORM_ACTION = ['form-action'];
/** https://wicg.github.io/fenced-frame/#new-csp-directive */
export const FENCED_FRAME_SRC = ['fenced-frame-src', ...FRAME_SRC];

const DEFAULT_PORTS: Record<string, string> = { http: '80', https: '443', ws: '80', wss: '443' };

interface Directive {
  readonly name: string;
  readonly sources: readonly string[];
}

/** "Parse a serialized CSP": the first of equal names counts. */
function parse(policy: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const token of policy.split(';')) {
    const [name = '', ...sources] = token.trim().split(/[\t\n\f\r ]+/);
    if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), sources);
  }
  return found;
}

/** What the policy's sandbox allows; null where it has none. https://w3c.github.io/webappsec-csp/#directive-sandbox */
export const tokensOfSandbox = (policy: string): readonly string[] | null => parse(policy).get('sandbox') ?? null;

/** The directive that applies, or null where the policy says nothing. */
function directiveOf(policy: string, directives: readonly string[]): Directive | null {
  const found = parse(policy);
  const name = directives.find((directive) => found.has(directive));
  return name === undefined ? null : { name, sources: found.get(name) ?? [] };
}

const schemeOf = ({ protocol }: URL): string => protocol.slice(0, -1);
const portOf = (url: URL): string => url.port || (DEFAULT_PORTS[schemeOf(url)] ?? '');

/** https://w3c.github.io/webappsec-csp/#scheme-part-match */
const doesSchemeMatch = (a: string, b: string): boolean => a === b || (a === 'http' && b === 'https');

/** https://w3c.github.io/webappsec-csp/#host-part-match */
const doesHostMatch = (pattern: string, host: string): boolean =>
  pattern === '*' || (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : pattern === host);

/** https://w3c.github.io/webappsec-csp/#port-part-matches */
function doesPortMatch(input: string, scheme: string, url: URL): boolean {
  const port = portOf(url);
  if (input === '*' || input === port) return true;
  if (input === '') return port === DEFAULT_PORTS[schemeOf(url)];
  return input === DEFAULT_PORTS[scheme] && port === DEFAULT_PORTS[schemeOf(url)];
}

/** https://w3c.github.io/webappsec-csp/#path-part-match */
function doesPathMatch(pattern: string, path: string): boolean {
  if (pattern === '' || (pattern === '/' && path === '')) return true;
  const decode = (text: string) => text.split('/').map(decodeURIComponent).join('/');
  try {
    return pattern.endsWith('/') ? decode(path).startsWith(decode(pattern)) : decode(pattern) === decode(path);
  } catch {
    return pattern === path;
  }
}

const HOST_SOURCE =
  /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::([0-9]+|\*))?(\/[^?#]*)?$/i;
const SCHEME_SOURCE = /^([a-z][a-z0-9+.-]*):$/i;

/** https://w3c.github.io/webappsec-csp/#match-url-to-source-expression */
function doesSourceMatch(source: string, url: URL, self: URL | null): boolean {
  const scheme = schemeOf(url);
  const selfScheme = self ? schemeOf(self) : '';
  if (source === '*') return /^(?:https?|wss?)$/.test(scheme) || scheme === selfScheme;
  const schemeSource = SCHEME_SOURCE.exec(source)?.[1]?.toLowerCase();
  if (schemeSource) return doesSchemeMatch(schemeSource, scheme);
  if (source.toLowerCase() === "'self'") {
    if (!self) return false;
    if (self.origin === url.origin) return true;
    const bothDefault = portOf(self) === DEFAULT_PORTS[selfScheme] && portOf(url) === DEFAULT_PORTS[scheme];
    return self.hostname === url.hostname && doesSchemeMatch(selfScheme, scheme) && (portOf(self) === portOf(url) || bothDefault);
  }
  const [, schemePart, hostPart = '', portPart = '', pathPart = ''] = HOST_SOURCE.exec(source) ?? [];
  if (hostPart === '' || url.host === '') return false;
  const wanted = (schemePart ?? selfScheme).toLowerCase();
  if (!doesSchemeMatch(wanted, scheme)) return false;
  if (!doesHostMatch(hostPart.toLowerCase(), url.hostname)) return false;
  return doesPortMatch(portPart, wanted, url) && doesPathMatch(pathPart, url.pathname);
}

/** What allows URLs that the page does not know: it may not hang on which one it is. */
const ALLOWING_ANYTHING = ['*', 'https:', 'https://*:*'];

/** The directive by which a policy forbids the URL in a frame, null for one that the page does not know. */
function forbidding(policy: string, self: string, directives: readonly string[], target: string | null): Directive | null {
  const directive = directiveOf(policy, directives);
  if (!directive) return null;
  const url = target === null ? null : new URL(target);
  const own = URL.canParse(self) ? new URL(self) : null;
  const isAllowed = (source: string) => (url ? doesSourceMatch(source, url, own) : ALLOWING_ANYTHING.includes(source.toLowerCase()));
  return directive.sources.some(isAllowed) ? null : directive;
}

/** Whether all policies let the document show the URL in a frame. */
export function doPoliciesAllow(
  { policies, self }: Pick<EmbedderPolicies, 'policies' | 'self'>,
  directives: readonly string[],
  target: string,
): boolean {
  return policies.every((policy) => !forbidding(policy, self, directives, target));
}

/** A policy that a frame violates. https://w3c.github.io/webappsec-csp/#violation */
export interface Violation extends Directive {
  readonly policy: string;
  readonly disposition: SecurityPolicyViolationEventDisposition;
}

/** Those that a fenced frame with the URL violates, null for one that the page does not know. */
export function violationsOfFencedFrame({ policies, reporting, self }: EmbedderPolicies, target: string | null): Violation[] {
  const find = (among: readonly string[], disposition: Violation['disposition']) =>
    among.flatMap((text) => {
      const directive = forbidding(text, self, FENCED_FRAME_SRC, target);
      return directive ? [{ ...directive, policy: text.trim(), disposition }] : [];
    });
  return [...find(policies, 'enforce'), ...find(reporting, 'report')];
}

/** What a sandboxed document must be allowed to have fenced frames. https://wicg.github.io/fenced-frame/#fenced-frame-mandatory-unsandboxed-sandbox-flags */
const MANDATORY_FLAGS = [
  'allow-same-origin',
  'allow-forms',
  'allow-scripts',
  'allow-popups',
  'allow-popups-to-escape-sandbox',
  'allow-top-navigation-by-user-activation',
];

/** Whether a document with these keywords of `sandbox` may have fenced frames. */
export const haveMandatoryFlags = (keywords: readonly string[]): boolean =>
  MANDATORY_FLAGS.every((flag) => keywords.some((given) => given.toLowerCase() === flag));

/** Whether no policy of a header takes from the document what fenced frames need. */
export function doPoliciesAllowFencedFrames(headers: readonly string[]): boolean {
  return headers.every((policy) => {
    const flags = parse(policy).get('sandbox');
    return !flags || haveMandatoryFlags(flags);
  });
}
