/**
 * Markup that is about to be parsed: iframes with a URN get an empty `srcdoc` in the text already, since a parser leads them there at once.
 */

import { ANSWER } from '../../protocol/selected-frames';

/** The attributes of a tag up to the one that follows. */
const ATTRIBUTES = `(?:[^>"']|"[^"]*"|'[^']*')*?[\\s/"']`;

/** The name in the tag of an iframe that has a URN for its `src`, and no `srcdoc`. */
const NAME = new RegExp(`<iframe(?=[\\s/])(?!${ATTRIBUTES}srcdoc[\\s=/>])(?=${ATTRIBUTES}src\\s*=\\s*["']?\\s*urn:uuid:)`, 'gi');

/** `element`: what it is parsed into or beside, null for a shadow root or a document. */
export function answerMarkup(port: EventTarget, element: HTMLElement | null, markup: string): boolean {
  // What is in a template is in no document, and is looked at when a copy of it gets into one.
  if (element?.localName === 'template') return false;
  port.dispatchEvent(new CustomEvent(ANSWER, { detail: markup.replaceAll(NAME, '$& srcdoc') }));
  return true;
}

/** The iframes that came with such markup. */
export function findParsed(documents: readonly Document[]): HTMLIFrameElement[] {
  return documents.flatMap((one) => [...one.querySelectorAll<HTMLIFrameElement>('iframe[src^="urn:uuid:" i][srcdoc=""]')]);
}
