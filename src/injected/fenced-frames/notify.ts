/** The name of the frame's iframe. */
export const nameOfFrame = (): string => self.name;

export const isUserActive = (): boolean => navigator.userActivation.isActive;

/** Fires the event at the fenced frame whose iframe has the name. */
export function tellEmbedder(name: string): void {
  for (const iframe of self.sharedStorageLabFrames ?? []) {
    if (iframe.name !== name) continue;
    const root = iframe.getRootNode();
    if (root instanceof ShadowRoot) root.host.parentElement?.dispatchEvent(new Event('fencedtreeclick', { bubbles: true }));
  }
}
