/**
 * Gives the outermost of the document's same-origin ancestors a name, or the document itself where its parent has another origin. Several
 * documents below it may be sought at once: each has a name of its own.
 */
export function nameOutermost(name: string): void {
  let view: Window = self;
  while (view.frameElement) view = view.parent;
  view.sharedStorageLabOutermost ??= new Set();
  view.sharedStorageLabOutermost.add(name);
}

/** Whether the document has the name, which it is asked for once. */
export const takeName = (name: string): boolean => self.sharedStorageLabOutermost?.delete(name) ?? false;
