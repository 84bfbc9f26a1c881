/** What sandboxes a document that has an opaque origin. */

import { placeInParent, readSandbox } from '../../../../injected/sandbox';
import { type EmbedderHeaders, readHeaders } from '../../../../injected/select-url/embedder-policies';
import { tokensOfSandbox } from '../../../../spec/content-security-policy';
import { BoundedMap } from '../../../../store/bounded-map';
import { runIn } from '../../../browser/run-in';
import { A_DOCUMENT, withinTime } from '../../../browser/within-time';
import type { Caller } from '../../../requests/caller';

export interface Sandbox {
  readonly in: 'attribute' | 'header';
  /** All of the attribute, or of the policy. */
  readonly text: string;
}

/** How long documents and a server have for saying so, in milliseconds. */
const LONGEST_ANSWER = 2000;

const isOpaqueBy = (tokens: string): boolean => !tokens.toLowerCase().split(/\s+/).includes('allow-same-origin');

/** The attribute of the innermost element that does, from the frame upwards. */
async function findAttribute(tabId: number, innermost: number): Promise<Sandbox | null> {
  for (let frameId = innermost; frameId > 0; ) {
    const frame = await chrome.webNavigation.getFrame({ tabId, frameId });
    if (!frame?.parentDocumentId) return null;
    const place = (await runIn({ tabId, documentIds: [frame.documentId] }, placeInParent)) ?? null;
    const text = place === null ? null : await runIn({ tabId, documentIds: [frame.parentDocumentId] }, readSandbox, place);
    if (typeof text === 'string' && isOpaqueBy(text)) return { in: 'attribute', text };
    frameId = frame.parentFrameId;
  }
  return null;
}

/** How many documents' answers are remembered. */
const MAXIMUM_KNOWN = 1000;

export class Sandboxes {
  /** By documentId: the view asks again with each change, and the server is asked once. */
  readonly #headers = new BoundedMap<string, Promise<EmbedderHeaders>>(MAXIMUM_KNOWN);

  /** What sandboxes the document; null where nobody can tell: an element in a shadow tree, a document that stands still. */
  of(caller: Caller): Promise<Sandbox | null> {
    const find = async () => (await findAttribute(caller.tabId, caller.frameId)) ?? (await this.#findPolicy(caller));
    return withinTime(find(), LONGEST_ANSWER, A_DOCUMENT).catch(() => null);
  }

  /** The policy of the document's own response, as the server says it now, or the cache; read here, for the document may read nothing of its own server. */
  async #findPolicy({ tabId, frameId, documentId }: Caller): Promise<Sandbox | null> {
    const { url = '' } = (await chrome.webNavigation.getFrame({ tabId, frameId })) ?? {};
    if (!/^https?:/.test(url)) return null;
    const { enforced } = await this.#headers.getOrAsk(documentId, () => readHeaders(url));
    const text = enforced
      .split(',')
      .map((policy) => policy.trim())
      .find((policy) => isOpaqueBy(tokensOfSandbox(policy)?.join(' ') ?? 'allow-same-origin'));
    return text === undefined ? null : { in: 'header', text };
  }
}
