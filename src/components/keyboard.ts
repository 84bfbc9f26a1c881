/** Where the keyboard goes when what had it has gone, or cannot be used any more: the browser would leave it nowhere, and a screen reader silent. */

const CONTROLS = 'button, input, select, textarea, summary, a[href], [tabindex]';

const canHaveKeyboard = (element: HTMLElement): boolean =>
  element.tabIndex >= 0 && !element.matches(':disabled') && element.checkVisibility();

/** Whether the element, which had the keyboard, loses it by what was rendered. */
export const losesKeyboard = (element: Element): boolean => !element.isConnected || element.matches(':disabled');

const isBefore = (element: Element, other: Element): boolean =>
  (element.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;

/** The control before the one that had it, for the next one may delete something; the first of all where there is none, or it has gone. */
export function nextToHaveKeyboard(root: ParentNode, element: Element): HTMLElement | null {
  const controls = [...root.querySelectorAll<HTMLElement>(CONTROLS)].filter(canHaveKeyboard);
  const before = element.isConnected ? controls.filter((control) => isBefore(control, element)) : [];
  return before.at(-1) ?? controls[0] ?? null;
}
