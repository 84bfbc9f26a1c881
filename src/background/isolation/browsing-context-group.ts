/** Which tabs are in one browsing context group, and what their documents say about themselves. Asked when somebody looks, never before. */

import { describeDocument, tabOfOpener } from '../../injected/isolation/document';
import type { MappedDocument } from '../../protocol/agent-cluster-map';
import { ISOLATION_MARK } from '../../protocol/isolation';
import { runIn, runInAll } from '../browser/run-in';
import { THE_TAB, withinTime } from '../browser/within-time';

interface Tab {
  readonly id: number;
  readonly documents: readonly MappedDocument[];
  /** By the browser's word or by the opener's mark; null where there is none, or nobody can tell. */
  readonly opener: number | null;
  readonly hasUnknownOpener: boolean;
}

/** A frozen tab never answers. */
const LONGEST_ANSWER = 2000;

/** Null for a tab that the extension may not look into. */
async function read(tabId: number): Promise<{ documents: MappedDocument[]; hasOpener: boolean } | null> {
  try {
    const target = { tabId, allFrames: true };
    const [frames, results] = await withinTime(
      Promise.all([chrome.webNavigation.getAllFrames({ tabId }), runInAll(target, describeDocument, ISOLATION_MARK, tabId)]),
      LONGEST_ANSWER,
      THE_TAB,
    );
    const documents = results.flatMap(({ frameId, result }): MappedDocument[] => {
      const frame = frames?.find((one) => one.frameId === frameId);
      if (!frame || !result) return [];
      const { hasOpener: _, ...told } = result;
      return [{ ...told, tabId, frameId, parentFrameId: frame.parentFrameId, url: frame.url }];
    });
    return { documents, hasOpener: results.some(({ frameId, result }) => frameId === 0 && result?.hasOpener) };
  } catch {
    return null;
  }
}

async function openerOf(tabId: number): Promise<number | null> {
  try {
    return (await withinTime(runIn({ tabId }, tabOfOpener), LONGEST_ANSWER, THE_TAB)) ?? null;
  } catch {
    return null;
  }
}

async function readTabs(): Promise<Tab[]> {
  const tabs = await chrome.tabs.query({ discarded: false });
  const told = await Promise.all(tabs.map(async ({ id = -1, openerTabId = null }) => ({ id, openerTabId, tab: await read(id) })));
  // Only now every document has its mark.
  const withOpeners = told.map(async ({ id, openerTabId, tab }): Promise<Tab[]> => {
    if (!tab) return [];
    const opener = tab.hasOpener ? ((await openerOf(id)) ?? openerTabId) : null;
    return [{ id, documents: tab.documents, opener, hasUnknownOpener: tab.hasOpener && opener === null }];
  });
  return (await Promise.all(withOpeners)).flat();
}

export interface Group {
  readonly documents: readonly MappedDocument[];
  /** A tab was opened by a page of another origin, and the browser does not say in which tab: the group may be larger. */
  readonly isUncertain: boolean;
}

/** The documents of every tab in the same browsing context group as this one. */
export async function documentsOfGroup(tabId: number): Promise<Group> {
  const tabs = await readTabs();
  const members = new Set([tabId]);
  for (const member of members)
    for (const { id, opener } of tabs) {
      if (opener === member) members.add(id);
      if (id === member && opener !== null) members.add(opener);
    }
  const group = tabs.filter(({ id }) => members.has(id));
  return { documents: group.flatMap(({ documents }) => documents), isUncertain: group.some((tab) => tab.hasUnknownOpener) };
}
