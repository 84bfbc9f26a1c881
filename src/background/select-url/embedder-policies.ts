/** The Content Security Policies of a document that embeds a frame with an opaque URL: from its header, read once more, and its elements. */

import { type EmbedderHeaders, readElements, readHeaders } from '../../injected/select-url/embedder-policies';
import type { EmbedderPolicies } from '../../spec/content-security-policy';
import { BoundedMap } from '../../store/bounded-map';
import { runIn } from '../browser/run-in';

const NO_HEADERS: EmbedderHeaders = { enforced: '', reporting: '', permissionsPolicy: '', featurePolicy: '', embedderPolicy: '' };

const MAXIMUM_KNOWN = 200;

/** What a document that embeds frames says of them. */
export interface Embedder extends EmbedderPolicies {
  readonly headers: EmbedderHeaders;
}

export class Embedders {
  /** By documentId: the server is asked at most once for each that answers. Elements may be added at any time. */
  readonly #known = new BoundedMap<string, Promise<EmbedderHeaders | undefined>>(MAXIMUM_KNOWN);

  async readPolicies(tabId: number, documentId: string): Promise<Embedder> {
    const target = { tabId, documentIds: [documentId] };
    const { elements, url } = (await runIn(target, readElements)) ?? { elements: [], url: '' };
    const headers = (await this.#headersOf(target, documentId, url)) ?? NO_HEADERS;
    const { enforced, reporting } = headers;
    // "Parse a serialized CSP list": policies are separated by commas.
    const split = (texts: readonly string[]) => texts.flatMap((text) => text.split(','));
    return { policies: split([...elements, enforced]), reporting: split([reporting]), self: url, headers };
  }

  #headersOf(target: chrome.scripting.InjectionTarget, documentId: string, url: string): Promise<EmbedderHeaders | undefined> {
    return this.#known.getOrAsk(documentId, () => runIn(target, readHeaders, url));
  }
}
