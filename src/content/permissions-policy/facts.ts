/** What this document's requests say about its permissions policy: read when the first one is made. */

import { readFacts } from '../../injected/permissions-policy/facts';
import type { Facts } from '../../protocol/document-facts';

let read: { readonly document: Document; readonly facts: Facts | null } | null = null;

/** Null for a page at the top whose header says nothing: everything is allowed there, and nothing has to be resolved. */
export function ownFacts(): Facts | null {
  // A document may get the window, and this world with it, of the initial empty document before it.
  if (read?.document !== document) {
    const { documents, position } = readFacts();
    const [{ marks } = { marks: [] }] = documents;
    const isPlain = documents.length === 1 && position === null && marks.length === 0;
    read = { document, facts: isPlain ? null : { documents, position } };
  }
  return read.facts;
}
