/** The documents whose functions may put a URN into a frame: the own one, and those in its frames that have its origin. */

import { INSERTION, MARKUP, REALM, SOURCE, TRAP, type Trap } from '../../protocol/selected-frames';

const TRAPS: readonly [Trap['kind'], owner: string, Trap['member'], ...names: string[]][] = [
  [SOURCE, 'HTMLIFrameElement', 'set', 'src'],
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

/** The documents that are in frames already, and those that come: an empty one has its load event while its frame is being inserted. */
export function coverDocuments(view: Window, port: EventTarget): void {
  for (const one of documentsOf(view)) {
    if (covered.has(one)) continue;
    covered.add(one);
    trapRealm(one.defaultView as Window, port);
    const onLoad = ({ target }: Event) => {
      const { contentWindow } = target as Partial<HTMLIFrameElement>;
      if (contentWindow) coverDocuments(contentWindow, port);
    };
    one.addEventListener('load', onLoad, true);
  }
}
