/** The Content Security Policies of a document that embeds a frame with an opaque URL: from its header, read once more, and its elements. */

import { readElements, readHeaders } from '../../injected/select-url/embedder-policies';
import type { EmbedderPolicies } from '../../spec/content-security-policy';
import { BoundedMap } from '../../store/bounded-map';
import { runIn } from '../browser/run-in';

type Headers = Awaited<ReturnType<typeof readHeaders>>;

const MAXIMUM_KNOWN = 200;
/** By documentId: the server is asked at most once for each that answers. Elements may be added at any time. */
const known = new BoundedMap<string, Promise<Headers | undefined>>(MAXIMUM_KNOWN);

function headersOf(target: chrome.scripting.InjectionTarget, documentId: string, url: string): Promise<Headers | undefined> {
  return known.getOrAsk(documentId, () => runIn(target, readHeaders, url));
}

export async function readEmbedderPolicies(tabId: number, documentId: string): Promise<EmbedderPolicies> {
  const target = { tabId, documentIds: [documentId] };
  const { elements, url } = (await runIn(target, readElements)) ?? { elements: [], url: '' };
  const { enforced, reporting } = (await headersOf(target, documentId, url)) ?? { enforced: '', reporting: '' };
  // "Parse a serialized CSP list": policies are separated by commas.
  const split = (texts: readonly string[]) => texts.flatMap((text) => text.split(','));
  return { policies: split([...elements, enforced]), reporting: split([reporting]), self: url };
}
