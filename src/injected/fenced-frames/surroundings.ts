/** What a document's frame, and those around it that the document can look into, say against fenced frames in it. */
export interface Surroundings {
  /** The `sandbox` attributes. */
  readonly sandboxes: readonly string[];
  /** Whether an embedder enforces a policy: https://w3c.github.io/webappsec-cspee/ */
  readonly isPolicyRequired: boolean;
  /** Which frame of its parent the outermost of them is; null for the page itself, -1 for one in a shadow tree. */
  readonly position: number | null;
  /** How many frames that one is above the document. */
  readonly steps: number;
}

type Frame = HTMLIFrameElement & { readonly csp?: string };

/** Looks at the document it runs in; or, with a `position`, at the frame that is there. A fenced frame is the end of it. */
export function readSurroundings(position: number | null): Surroundings {
  const sandboxes: string[] = [];
  let isPolicyRequired = false;
  const look = (element: Frame) => {
    const sandbox = element.getAttribute('sandbox');
    if (sandbox !== null) sandboxes.push(sandbox);
    if (element.csp) isPolicyRequired = true;
  };
  const isFenced = (element: Element, parent: Window) => [...(parent.sharedStorageLabFrames ?? [])].some((frame) => frame === element);
  if (position !== null) {
    const frame = [...document.querySelectorAll('iframe')].find(({ contentWindow }) => contentWindow === self[position]);
    if (frame) look(frame);
  }
  let view: Window = self;
  let steps = 0;
  for (let element = view.frameElement; element; element = view.frameElement) {
    if (isFenced(element, view.parent)) return { sandboxes, isPolicyRequired, position: null, steps };
    if (element.localName === 'iframe') look(element as Frame);
    view = view.parent;
    steps++;
  }
  const { parent } = view;
  let found: number | null = parent === view ? null : -1;
  for (let index = 0; found === -1 && index < parent.length; index++) if (parent[index] === view) found = index;
  return { sandboxes, isPolicyRequired, position: found, steps };
}
