/** Each tab's documents as a tree. */

import type { Row } from '../../../protocol/agent-cluster-map';

export interface FrameTree {
  readonly row: Row;
  readonly children: readonly FrameTree[];
}

/** The trees of the tabs, in the order in which their documents joined the group; a frame whose parent is not known stands alone. */
export function treesOf(rows: readonly Row[]): FrameTree[] {
  const isParent = (parent: Row, { tabId, parentFrameId }: Row) => parent.tabId === tabId && parent.frameId === parentFrameId;
  const below = (parent: Row): FrameTree => ({
    row: parent,
    children: rows.filter((row) => isParent(parent, row)).map(below),
  });
  return rows.filter((row) => !rows.some((other) => isParent(other, row))).map(below);
}
