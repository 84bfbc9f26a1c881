/** The documents whose functions may put a URN into a frame: the own one, and those in its frames that have its origin. */

import { INSERTION, LEAD, MARKUP, NAVIGATE, REALM, SOURCE, TRAP, type Trap } from '../../protocol/selected-frames';
import { hideLoad } from './silent-load';

const TRAPS: readonly [Trap['kind'], owner: string, Trap['member'], ...names: string[]][] = [
  [SOURCE, 'HTMLIFrameElement', 'set', 'src'],
  [SOURCE, 'HTMLFrameElement', 'set', 'src'],
  [SOURCE, 'Element', 'value', 'setAttribute', 'setAttributeNS'],
  [INSERTION, 'Node', 'value', 'appendChild', 'insertBefore', 'replaceChild'],
  [INSERTION, 'Element', 'value', 'append', 'prepend', 'replaceChildren', 'before', 'after', 'replaceWith', 'insertAdjacentElement'],
  [INSERTION, 'CharacterData', 'value', 'before', 'after', 'replaceWith'],
  [INSERTION, 'DocumentFragment', 'value', 'append', 'prepend', 'replaceChildren'],
  [INSERTION, 'Range', 'value', 'insertNode', 'surroundContents'],
  [MARKUP, 'Element', 'set', 'innerHTML', 'outerHTML'],
  [MARKUP, 'Element', 'value', 'insertAdjacentHTML', 'setHTMLUnsafe'],
  [MARKUP, 'ShadowRoot', 'set', 'innerHTML'],
  [MARKUP, 'ShadowRoot', 'value', 'setHTMLUnsafe'],
  [MARKUP, 'Document', 'value', 'write', 'writeln'],
  [LEAD, 'HTMLElement', 'value', 'click'],
  [LEAD, 'HTMLFormElement', 'value', 'submit'],
  [LEAD, '', 'value', 'open'],
  [NAVIGATE, 'Navigation', 'value', 'navigate'],
];

function trapRealm(view: Window, port: EventTarget): void {
  // The document has made a worklet of its own, or has got the window of one that is covered.
  if (view.sharedStorageLabHearsOfFrames) return;
  view.sharedStorageLabHearsOfFrames = true;
  port.dispatchEvent(new UIEvent(REALM, { view }));
  for (const [kind, owner, member, ...names] of TRAPS)
    for (const name of names) port.dispatchEvent(new CustomEvent(TRAP, { detail: { owner, name, member, kind } satisfies Trap }));
}

/** Undefined where the document has another origin. */
function documentIn(view: Window): Document | undefined {
  try {
    return view.document;
  } catch {
    return undefined;
  }
}

/** The window's document, and those in its frames that have its origin. */
export function documentsOf(view: Window): Document[] {
  const own = documentIn(view);
  if (!own) return [];
  return [own, ...Array.from({ length: view.length }, (_, index) => documentsOf(view[index] as Window)).flat()];
}

/** A window may get another document, and that another realm or the same one. */
const covered = new WeakSet<Document>();

type HideEvent = (event: Event) => boolean;

/** `cover`: called once for each of the documents that are in frames already, and those that come. */
function eachDocument(view: Window, hideStop: HideEvent, cover: (one: Document, view: Window) => void): void {
  for (const one of documentsOf(view)) {
    if (covered.has(one) || !one.defaultView) continue;
    covered.add(one);
    cover(one, one.defaultView);
    // An empty one has its load event while its frame is being inserted.
    const onLoad = (event: Event) => {
      const { contentWindow } = event.target as Partial<HTMLIFrameElement>;
      if (hideLoad(event) || hideStop(event)) return;
      if (contentWindow) eachDocument(contentWindow, hideStop, cover);
    };
    one.addEventListener('load', onLoad, true);
  }
}

/** `port`: of the page's realm. `hideStop`: keeps a load event that is ours from the page. `onDocument`: what else is to be done with each document. */
export function coverDocuments(port: EventTarget, hideStop: HideEvent, onDocument: (one: Document, view: Window) => void): void {
  eachDocument(window, hideStop, (one, view) => {
    trapRealm(view, port);
    onDocument(one, view);
  });
}
