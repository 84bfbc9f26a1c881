/** The Content Security Policies of a document that embeds a frame with an opaque URL: from its header, read once more, and its elements. */

import type { EmbedderPolicies } from '../../spec/content-security-policy';

async function read(): Promise<{ texts: string[]; reporting: string; url: string }> {
  let view: Window = self;
  // A document without a URL of its own has its creator's policies.
  while (/^about:/.test(view.document.URL) && view.parent !== view) view = view.parent;
  const elements = view.document.querySelectorAll<HTMLMetaElement>('meta[http-equiv="content-security-policy" i]');
  const texts = [...elements].map(({ content }) => content);
  const url = view.document.URL;
  let reporting = '';
  try {
    const response = await fetch(url, { cache: 'force-cache', credentials: 'include' });
    await response.body?.cancel();
    texts.push(response.headers.get('Content-Security-Policy') ?? '');
    reporting = response.headers.get('Content-Security-Policy-Report-Only') ?? '';
  } catch {
    // What cannot be read once more is taken for no policy.
  }
  return { texts, reporting, url };
}

/** By documentId: the server is asked at most once for each. */
const known = new Map<string, Promise<EmbedderPolicies>>();
const MAXIMUM_KNOWN = 200;

async function readIn(tabId: number, documentId: string): Promise<EmbedderPolicies> {
  const [answer] = await chrome.scripting.executeScript({
    target: { tabId, documentIds: [documentId] },
    injectImmediately: true,
    func: read,
  });
  const result = answer?.result;
  // "Parse a serialized CSP list": policies are separated by commas.
  const split = (texts: readonly string[] = []) => texts.flatMap((text) => text.split(','));
  return { policies: split(result?.texts), reporting: split(result && [result.reporting]), self: result?.url ?? '' };
}

export function readEmbedderPolicies(tabId: number, documentId: string): Promise<EmbedderPolicies> {
  const existing = known.get(documentId);
  if (existing) return existing;
  const policies = readIn(tabId, documentId);
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= MAXIMUM_KNOWN) known.delete(oldest);
  known.set(documentId, policies);
  return policies;
}
