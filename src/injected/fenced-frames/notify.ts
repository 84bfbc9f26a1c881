/** The name of the frame's iframe, without what its documents call themselves. */
export const nameOfFrame = (): string => self.name.split(' ')[0] as string;

export const isUserActive = (): boolean => navigator.userActivation.isActive;

/** A popup that nobody has clicked for: what the page's user has done does not count. */
export function openPopup(url: string): void {
  if (!navigator.userActivation.isActive) open(url, '_blank', 'noopener,noreferrer');
}

/** Fires the event at the fenced frame whose iframe has the name. */
export function tellEmbedder(name: string): void {
  for (const iframe of self.sharedStorageLabFrames ?? []) {
    if (iframe.name !== name) continue;
    const root = iframe.getRootNode();
    if (root instanceof ShadowRoot) root.host.parentElement?.dispatchEvent(new Event('fencedtreeclick', { bubbles: true }));
  }
}
