/** Asks a document's ancestors, in their isolated worlds, how they embed it. Nothing runs in them unless someone asks. */

import { readContainers } from '../../injected/permissions-policy/containers';
import { readFacts } from '../../injected/permissions-policy/facts';
import { fetchPolicyHeaders } from '../../injected/permissions-policy/header';
import { nameOutermost, takeName } from '../../injected/permissions-policy/outermost';
import { type DocumentFacts, decodeFactsWithFrames, type Facts, type FactsWithFrames } from '../../protocol/document-facts';
import type { ContainerAttributes } from '../../spec/permissions-policy/parse-allow-attribute';
import type { PolicyHeaders } from '../../spec/permissions-policy/parse-feature-policy';
import { framesIn } from '../browser/frames';
import { runIn } from '../browser/run-in';
import type { Caller } from '../requests/caller';

/** A document among its ancestors. */
export interface Level {
  readonly document: DocumentFacts;
  /** The documentId of one that has the same origin and can be asked. */
  readonly reader: string;
  /** The elements that it may be contained in; more than one only in a shadow tree, empty where there is no container policy. */
  containers: readonly ContainerAttributes[];
}

export interface Embedding {
  /** Innermost first. */
  readonly levels: readonly Level[];
  /** False where the way to the top broke off. */
  readonly isComplete: boolean;
}

/** A frame may move among its siblings while its parent is being asked; it can only move so often. */
const MAXIMUM_MOVES = 10;

async function read(tabId: number, documentId: string, position: number | null): Promise<FactsWithFrames | null> {
  const target = { tabId, documentIds: [documentId] };
  try {
    const [facts, frames] = await Promise.all([runIn(target, readFacts), position === null ? [] : runIn(target, readContainers, position)]);
    return decodeFactsWithFrames({ ...facts, frames });
  } catch {
    // The document has gone, or is one that no extension may look into; to the caller both are the same.
    return null;
  }
}

/** The frame `steps` levels above another; null where it has gone, or where webNavigation does not show it. */
async function frameAbove(tabId: number, frameId: number, steps: number) {
  let frame = await chrome.webNavigation.getFrame({ tabId, frameId });
  for (let step = 0; frame && step < steps; step++) frame = await chrome.webNavigation.getFrame({ tabId, frameId: frame.parentFrameId });
  return frame;
}

/**
 * The frame of the outermost of a document's same-origin ancestors, where the way up to it leads through frames with `blob:` documents,
 * which webNavigation does not show; null where it does not show that one either.
 */
async function outermostFrame(tabId: number, documentId: string, documents: readonly DocumentFacts[]) {
  const origin = documents.at(-1)?.origin ?? 'null';
  if (documents.length === 1 || origin === 'null') return null;
  const name = crypto.randomUUID();
  try {
    await runIn({ tabId, documentIds: [documentId] }, nameOutermost, name);
    const frames = await framesIn(tabId);
    const isOutermost = async (frame: (typeof frames)[0]) => {
      if (!(await runIn({ tabId, documentIds: [frame.documentId] }, takeName, name))) throw new Error('It is another frame.');
      return frame;
    };
    return await Promise.any(frames.filter(({ url }) => URL.parse(url)?.origin === origin).map(isOutermost));
  } catch {
    // The document has gone, or nobody has the name.
    return null;
  }
}

export function levelsOf({ documents }: Facts, reader: string): Level[] {
  return documents.map((document) => ({ document, reader, containers: document.container ? [document.container] : [] }));
}

export async function readEmbedding({ tabId, frameId, documentId }: Caller, facts: Facts): Promise<Embedding> {
  const levels = levelsOf(facts, documentId);
  let { position, documents } = facts;
  let from = frameId;
  let reader = documentId;
  let moves = 0;
  while (position !== null) {
    const outermost = (await frameAbove(tabId, from, documents.length - 1)) ?? (await outermostFrame(tabId, reader, documents));
    const parentId = outermost?.parentDocumentId;
    const parent = outermost && parentId ? await read(tabId, parentId, position) : null;
    if (!outermost || !parentId || !parent) return { levels, isComplete: false };
    if (parent.frames.length > 0) {
      const now = await read(tabId, outermost.documentId, null);
      if (now && now.position !== position && moves++ < MAXIMUM_MOVES) {
        position = now.position;
        continue;
      }
    }
    const contained = levels.at(-1);
    if (contained) contained.containers = parent.frames;
    levels.push(...levelsOf(parent, parentId));
    ({ position, documents } = parent);
    from = outermost.parentFrameId;
    reader = parentId;
  }
  return { levels, isComplete: true };
}

/** The exact policy headers of a document, from the HTTP cache or from its server; null where they cannot be had. */
export async function readHeaders(tabId: number, { document: { origin, url }, reader }: Level): Promise<PolicyHeaders | null> {
  if (!/^https?:/.test(url)) return null;
  const target = { tabId, documentIds: [reader] };
  // The document itself has the response in its part of the cache; an opaque origin may not read it.
  const headers = origin === 'null' ? null : await runIn(target, fetchPolicyHeaders, url).catch(() => null);
  return headers ?? fetchPolicyHeaders(url);
}
