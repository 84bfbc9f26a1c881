/** The Content Security Policies of a document that embeds a frame with an opaque URL: from its header, read once more, and its elements. */

import type { EmbedderPolicies } from '../../spec/content-security-policy';

/** The document that they are of: one without a URL of its own has its creator's. */
interface OfDocument {
  readonly elements: readonly string[];
  readonly url: string;
}

/** Runs in the embedder's isolated world. */
function readElements(): OfDocument {
  let view: Window = self;
  while (/^about:/.test(view.document.URL) && view.parent !== view) view = view.parent;
  const elements = view.document.querySelectorAll<HTMLMetaElement>('meta[http-equiv="content-security-policy" i]');
  return { elements: [...elements].map(({ content }) => content), url: view.document.URL };
}

/** Runs in the embedder's isolated world. */
async function readHeaders(url: string): Promise<{ enforced: string; reporting: string }> {
  try {
    const response = await fetch(url, { cache: 'force-cache', credentials: 'include' });
    await response.body?.cancel();
    const header = (name: string) => response.headers.get(name) ?? '';
    return { enforced: header('Content-Security-Policy'), reporting: header('Content-Security-Policy-Report-Only') };
  } catch {
    // What cannot be read once more is taken for no policy.
    return { enforced: '', reporting: '' };
  }
}

type Headers = Awaited<ReturnType<typeof readHeaders>>;

/** By documentId: the server is asked at most once for each. Elements may be added at any time. */
const known = new Map<string, Promise<Headers | undefined>>();
const MAXIMUM_KNOWN = 200;

function headersOf(target: chrome.scripting.InjectionTarget, documentId: string, url: string): Promise<Headers | undefined> {
  const existing = known.get(documentId);
  if (existing) return existing;
  const injection = { target, injectImmediately: true, func: readHeaders, args: [url] as [string] };
  const headers = chrome.scripting.executeScript(injection).then(([answer]) => answer?.result);
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= MAXIMUM_KNOWN) known.delete(oldest);
  known.set(documentId, headers);
  return headers;
}

export async function readEmbedderPolicies(tabId: number, documentId: string): Promise<EmbedderPolicies> {
  const target = { tabId, documentIds: [documentId] };
  const [answer] = await chrome.scripting.executeScript({ target, injectImmediately: true, func: readElements });
  const { elements = [], url = '' } = answer?.result ?? {};
  const { enforced, reporting } = (await headersOf(target, documentId, url)) ?? { enforced: '', reporting: '' };
  // "Parse a serialized CSP list": policies are separated by commas.
  const split = (texts: readonly string[]) => texts.flatMap((text) => text.split(','));
  return { policies: split([...elements, enforced]), reporting: split([reporting]), self: url };
}
