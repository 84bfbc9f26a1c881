/** The frames in which workers are sandboxed, as elements of the offscreen document. */

const FRAME_PAGE = '/src/worklet/frame.html';

/** A frame that is there, or is about to be. */
export interface SandboxFrame {
  readonly element: HTMLIFrameElement;
  readonly loaded: Promise<unknown>;
}

/** The one in the document's markup: the browser starts its renderer while it reads our scripts. */
export function findFrame(): SandboxFrame | null {
  const element = document.querySelector('iframe');
  // It may have been loaded before this script, but the document has not.
  return element && { element, loaded: new Promise((resolve) => addEventListener('load', resolve, { once: true })) };
}

export function addFrame(): SandboxFrame {
  const element = document.createElement('iframe');
  const loaded = new Promise((resolve) => element.addEventListener('load', resolve, { once: true }));
  element.src = FRAME_PAGE;
  document.body.append(element);
  return { element, loaded };
}
