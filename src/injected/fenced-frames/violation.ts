import type { Violation } from '../../spec/content-security-policy';

/** Reports to the document that it runs in a fenced frame that its policy is against. https://w3c.github.io/webappsec-csp/#report-violation */
export function reportViolation(blockedURI: string, { policy, disposition }: Violation, text: string): void {
  console.error(text);
  const { URL: documentURI, referrer } = document;
  // Which directive of the policy it was by fallback, the event does not say.
  const effectiveDirective = 'fenced-frame-src';
  const details = { documentURI, referrer, blockedURI, violatedDirective: effectiveDirective, effectiveDirective, originalPolicy: policy };
  const event = new SecurityPolicyViolationEvent('securitypolicyviolation', {
    ...details,
    disposition,
    statusCode: 200,
    bubbles: true,
    composed: true,
  });
  document.dispatchEvent(event);
}
