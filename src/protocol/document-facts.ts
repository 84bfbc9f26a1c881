/**
 * What the isolated world can tell about a document's permissions policy: the marks that declarative rules left on its
 * response, and how it is embedded. Page scripts can neither see this being read nor change what is read.
 */

import type { ContainerAttributes } from '../spec/permissions-policy/parse-allow-attribute';

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

export interface Facts {
  /** The document and its ancestors, innermost first, up to the first whose parent has another origin. */
  readonly documents: readonly DocumentFacts[];
  /** Where that last one's frame is among its parent's `frames`; -1 in a shadow tree, null where it has no parent. */
  readonly position: number | null;
}

export interface FactsWithFrames extends Facts {
  /** The elements that the frame asked for may be in; see injected/permissions-policy/containers.ts. */
  readonly frames: readonly ContainerAttributes[];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const areAll = <T>(value: unknown, is: (one: unknown) => one is T): value is readonly T[] => Array.isArray(value) && value.every(is);
const isString = (value: unknown): value is string => typeof value === 'string';

function isContainer(value: unknown): value is ContainerAttributes {
  if (!isRecord(value)) return false;
  const { allow, src, hasSrcdoc, isSandboxed } = value;
  return isString(allow) && isString(src) && typeof hasSrcdoc === 'boolean' && typeof isSandboxed === 'boolean';
}

function isDocument(value: unknown): value is DocumentFacts {
  if (!isRecord(value)) return false;
  const { origin, url, marks, container } = value;
  return isString(origin) && isString(url) && areAll(marks, isString) && (container === null || isContainer(container));
}

export function decodeFacts(value: unknown): Facts | null {
  if (!isRecord(value)) return null;
  const { documents, position } = value;
  if (!areAll(documents, isDocument) || documents.length === 0) return null;
  return position === null || Number.isSafeInteger(position) ? { documents, position: position as number | null } : null;
}

export function decodeFactsWithFrames(value: unknown): FactsWithFrames | null {
  const facts = decodeFacts(value);
  const { frames } = (value ?? {}) as { frames?: unknown };
  return facts && areAll(frames, isContainer) ? { ...facts, frames } : null;
}
