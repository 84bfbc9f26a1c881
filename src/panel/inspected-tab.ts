/** The tab that the panel is about. In the developer tools there is no `chrome.tabs`; what both know of the tab comes from here. */

/** The tab that the address names, or null. */
export function namedTab(search: string): number | null {
  const named = new URLSearchParams(search).get('tab') ?? '';
  return /^\d+$/.test(named) ? Number(named) : null;
}

/** Calls back whenever another document is at the top of the tab, and when the tab is closed, until the function that it returns is called. */
export function watchNavigations(tabId: number, listener: () => void): () => void {
  if (chrome.devtools) {
    const { onNavigated } = chrome.devtools.network;
    onNavigated.addListener(listener);
    return () => onNavigated.removeListener(listener);
  }
  const { onCommitted } = chrome.webNavigation;
  const hear = (details: { tabId: number; frameId: number }) => {
    if (details.tabId === tabId && details.frameId === 0) listener();
  };
  const { onRemoved } = chrome.tabs;
  const hearRemoved = (removed: number) => {
    if (removed === tabId) listener();
  };
  onCommitted.addListener(hear);
  onRemoved.addListener(hearRemoved);
  return () => {
    onCommitted.removeListener(hear);
    onRemoved.removeListener(hearRemoved);
  };
}
