/** Documents of ours that are in a frame of the page's for a moment: the frame has one load event, and it is not theirs. */

const listeners = new WeakMap<EventTarget, () => void>();

/** Whether somebody else is told of the load event instead of the page. To be called before any listener of the page for the whole document. */
export function hideLoad(event: Event): boolean {
  const target = event.target as EventTarget;
  const onLoad = listeners.get(target);
  if (!onLoad) return false;
  listeners.delete(target);
  target.removeEventListener('load', hideLoad, true);
  event.stopImmediatePropagation();
  onLoad();
  return true;
}

/** Calls `onLoad` in place of the next load event of the iframe. */
export function insteadOfLoad(iframe: HTMLIFrameElement, onLoad: () => void): void {
  listeners.set(iframe, onLoad);
  // From a shadow tree, the event does not get to the document.
  iframe.addEventListener('load', hideLoad, true);
}
