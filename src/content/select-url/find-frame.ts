/** The frame that a link, a form or open() names, as far as the isolated world can find it. */

import { documentsOf } from './realms';

/** Also one of a frameset: it has what we use of an iframe, but for `srcdoc`, `sandbox` and `referrerPolicy`. */
export const isFrame = (element: Element | null): element is HTMLIFrameElement => /^i?frame$/.test(element?.localName ?? '');

/** Null where the window is no frame's, or its parent has another origin. */
export const iframeOf = (view: Window): HTMLIFrameElement | null => (isFrame(view.frameElement) ? view.frameElement : null);

function nameOf(iframe: HTMLIFrameElement): string {
  // The window of a document of another origin does not tell its name: it may have changed since.
  return iframe.contentDocument ? (iframe.contentWindow?.name ?? '') : iframe.name;
}

/** The outermost window that can be looked into. */
function outermost(view: Window): Window {
  let found = view;
  for (let next = view; ; next = next.parent) {
    try {
      if (!next.document) return found;
    } catch {
      return found;
    }
    found = next;
    if (next.parent === next) return found;
  }
}

/** `name`: the target, as it is written. */
export function findFrame(view: Window, name: string): HTMLIFrameElement | null {
  const keyword = name.toLowerCase();
  if (keyword === '' || keyword === '_self') return iframeOf(view);
  if (keyword === '_parent' && view.parent !== view.top) return iframeOf(view.parent);
  if (keyword.startsWith('_')) return null;
  const documents = [...documentsOf(view), ...documentsOf(outermost(view))];
  const inDocument = (one: Document) => [
    // In shadow trees as well, where the document in the frame has this origin.
    ...Array.from({ length: one.defaultView?.length ?? 0 }, (_, index) => ownIframe(one.defaultView?.[index] as Window)),
    ...one.querySelectorAll<HTMLIFrameElement>('iframe, frame'),
  ];
  return documents.flatMap(inDocument).find((iframe) => iframe && nameOf(iframe) === name) ?? null;
}

function ownIframe(view: Window): HTMLIFrameElement | null {
  try {
    return iframeOf(view);
  } catch {
    return null;
  }
}
