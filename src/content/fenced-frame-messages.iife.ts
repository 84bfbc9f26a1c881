/**
 * Registered while there are fenced frames, and injected into what is on their page already: no document outside a fenced frame hears what
 * documents in it say. That the frame's own embedder hears nothing is seen to elsewhere (fenced-frames/silence.ts).
 */

import { ARM } from '../protocol/page-channel';

/** A frame in a shadow tree, as fenced frames are, is in no list of frames. */
function isInShadowTree(view: Window): boolean {
  const { parent } = view;
  for (let index = 0; index < parent.length; index++) if (parent[index] === view) return false;
  return parent !== view;
}

function viewsUpFrom(view: Window): Window[] {
  const views = [view];
  for (let last = view; last !== last.parent; last = last.parent) views.push(last.parent);
  return views;
}

/**
 * Whether somebody outside of this document's own fenced frame, if it is in one, speaks from one. What is asked of windows here, those of other
 * origins answer as well.
 */
function isFromFencedFrame(source: MessageEventSource | null): boolean {
  if (!source || !('postMessage' in source) || !('closed' in source)) return false;
  const own = viewsUpFrom(window);
  return viewsUpFrom(source as Window).some((view) => !own.includes(view) && view.parent !== window && isInShadowTree(view));
}

function stop(event: MessageEvent): void {
  if (event.isTrusted && isFromFencedFrame(event.source)) event.stopImmediatePropagation();
}

if (!self.sharedStorageLabHearsNoFencedFrame) {
  self.sharedStorageLabHearsNoFencedFrame = true;
  const host = self.sharedStorageLabHost;
  if (host) {
    // A listener of the page's own script is there from the beginning, and a window's are called in the order of their addition.
    const guard = self.sharedStorageLabGuard;
    self.sharedStorageLabGuard = (event) => {
      guard?.(event);
      stop(event);
    };
    host.dispatchEvent(new Event(ARM));
  } else addEventListener('message', stop, true);
}
