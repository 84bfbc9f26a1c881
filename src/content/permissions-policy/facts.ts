/** What this document's requests say about its permissions policy: read when the first one is made. */

import { readFacts } from '../../injected/permissions-policy/facts';
import type { DocumentFacts, Facts } from '../../protocol/document-facts';

/** A name of one of our features in an `allow` attribute. */
const NAMES = /shared-st|private-ag|join-ad-i|fenced-un/i;

/** Neither the document's header nor the element that it is in says anything about our features. */
const saysNothing = ({ marks, container }: DocumentFacts): boolean =>
  marks.length === 0 && !(container && (container.isSandboxed || NAMES.test(container.allow)));

/** Null where everything is allowed and nothing has to be resolved: for a page at the top, and frames of its own origin, about which nobody says anything. */
export type OwnFacts = () => Facts | null;

export function createOwnFacts(): OwnFacts {
  let read: { readonly document: Document; readonly facts: Facts | null } | null = null;
  return () => {
    // A document may get the window, and this world with it, of the initial empty document before it.
    if (read?.document !== document) {
      const facts = readFacts();
      read = { document, facts: facts.position === null && facts.documents.every(saysNothing) ? null : facts };
    }
    return read.facts;
  };
}
