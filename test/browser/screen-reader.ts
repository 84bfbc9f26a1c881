/** What a screen reader gets of a page: the tree that the browser hands to it. */

import type { Session } from '../../scripts/browser/launch.mjs';

export interface AXNode {
  readonly ignored: boolean;
  readonly backendDOMNodeId?: number;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value?: unknown } }[];
}

/** What a screen reader stops at, and has to name. */
const NAMED =
  /^(?:button|checkbox|combobox|DisclosureTriangle|grid|heading|image|link|navigation|option|region|searchbox|spinbutton|switch|tab|tablist|tabpanel|textbox|tree|treeitem)$/;

export async function readAloud(session: Session): Promise<AXNode[]> {
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: AXNode[] };
  return nodes.filter(({ ignored }) => !ignored);
}

export const roleOf = ({ role }: AXNode): string => role?.value ?? '';

/** Whether it tells of changes by itself. */
export const isLive = (node: AXNode): boolean =>
  ['status', 'alert'].includes(roleOf(node)) ||
  (node.properties?.some(({ name, value }) => name === 'live' && value.value !== 'off') ?? false);

async function markupOf(session: Session, { backendDOMNodeId }: AXNode): Promise<string> {
  const { outerHTML } = (await session.send('DOM.getOuterHTML', { backendNodeId: backendDOMNodeId })) as { outerHTML: string };
  return outerHTML.slice(0, 200);
}

/** What has a role that is used, and no name; and what can have the keyboard, and no role. */
export async function unnamed(session: Session): Promise<string[]> {
  const nodes = await readAloud(session);
  const isFocusable = ({ properties }: AXNode) => properties?.some(({ name, value }) => name === 'focusable' && value.value === true);
  const isNameless = (node: AXNode) => NAMED.test(roleOf(node)) && !node.name?.value;
  const isRoleless = (node: AXNode) => isFocusable(node) && /^(?:generic|none|unknown|)$/i.test(roleOf(node));
  const wrong = nodes.filter((node) => isNameless(node) || isRoleless(node));
  // A tree with next to nothing in it is none.
  if (nodes.filter((node) => NAMED.test(roleOf(node))).length < 6) return ['there is nothing to be read'];
  return Promise.all(wrong.map(async (node) => `${roleOf(node)}: ${await markupOf(session, node)}`));
}
