/** Gives the outermost of the document's same-origin ancestors a name, or the document itself where its parent has another origin. */
export function nameOutermost(name: string): void {
  let view: Window = self;
  while (view.frameElement) view = view.parent;
  view.sharedStorageLabOutermost = name;
}

export const isNamed = (name: string): boolean => self.sharedStorageLabOutermost === name;
