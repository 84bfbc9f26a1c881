import type { PolicyHeaders } from '../../spec/permissions-policy/parse-feature-policy';

/** The document's policy headers, from the HTTP cache where they are there; null where they cannot be read. */
export async function fetchPolicyHeaders(url: string): Promise<PolicyHeaders | null> {
  try {
    const response = await fetch(url, { cache: 'force-cache', credentials: 'include' });
    await response.body?.cancel();
    return {
      permissionsPolicy: response.headers.get('Permissions-Policy') ?? '',
      featurePolicy: response.headers.get('Feature-Policy') ?? '',
    };
  } catch {
    // No answer is an answer: null.
    return null;
  }
}
