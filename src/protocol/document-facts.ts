/**
 * What the isolated world can tell about a document's permissions policy: the marks that declarative rules left on its
 * response, and how it is embedded. Page scripts can neither see this being read nor change what is read.
 */

import type { ContainerAttributes } from '../spec/permissions-policy/parse-allow-attribute';
import { array, boolean, decode, integer, nullable, object, string } from './schema';

/** One document. */
export interface DocumentFacts {
  /** As `origin` has it: `"null"` for an opaque one. */
  readonly origin: string;
  /** Where the document came from, to ask for its header once more. */
  readonly url: string;
  /** One for each declarative rule that matched: a feature's name, a space, a form (src/rules/permissions-policy.ts). */
  readonly marks: readonly string[];
  /** The element that contains the document, where its parent has the same origin; null for one that is no iframe. */
  readonly container: ContainerAttributes | null;
}

/** Of a document and those around it, as far as its isolated world sees them. */
export interface Facts {
  /** The document and its ancestors, innermost first, up to the first whose parent has another origin. */
  readonly documents: readonly DocumentFacts[];
  /** Where that last one's frame is among its parent's `frames`; -1 in a shadow tree, null where it has no parent. */
  readonly position: number | null;
}

/** What the isolated world of an embedder tells of a frame. */
export interface FactsWithFrames extends Facts {
  /** The elements that the frame asked for may be in; see injected/permissions-policy/containers.ts. */
  readonly frames: readonly ContainerAttributes[];
}

const container = object({ allow: string, src: string, hasSrcdoc: boolean, isSandboxed: boolean });

const members = {
  documents: array(
    object({ origin: string, url: string, marks: array(string), container: nullable(container) }),
    Number.POSITIVE_INFINITY,
    1,
  ),
  position: nullable(integer),
};

/** Takes what an isolated world says of its own document. */
export const facts = object(members);
const factsWithFrames = object({ ...members, frames: array(container) });

/** Null on anything unexpected. */
export const decodeFacts = (value: unknown): Facts | null => decode(facts, value);

/** Null on anything unexpected. */
export const decodeFactsWithFrames = (value: unknown): FactsWithFrames | null => decode(factsWithFrames, value);
