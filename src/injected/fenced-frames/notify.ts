/** The name of the frame's iframe, without what its documents have named their window. */
export const nameOfFrame = (): string => self.name.slice(0, 45);

export const isUserActive = (): boolean => navigator.userActivation.isActive;

/** Fires the event at the fenced frame whose iframe has the name. */
export function tellEmbedder(name: string): void {
  for (const iframe of self.sharedStorageLabFrames ?? []) {
    if (iframe.name !== name) continue;
    const root = iframe.getRootNode();
    if (root instanceof ShadowRoot)
      root.host.parentElement?.dispatchEvent(new Event('fencedtreeclick', { bubbles: true, cancelable: true }));
  }
}
