/** Which of its parent's frames the document is in; null where it is at the top. */
export function placeInParent(): number | null {
  if (self.parent === self) return null;
  for (let index = 0; index < self.parent.length; index++) if (self.parent[index] === self) return index;
  // In a shadow tree.
  return -1;
}

/** The `sandbox` attribute of the document's frame of that place; null where it has none, or is not found. */
export function readSandbox(place: number): string | null {
  const view = self[place];
  const element = view && [...document.querySelectorAll('iframe')].find(({ contentWindow }) => contentWindow === view);
  return element?.getAttribute('sandbox') ?? null;
}
