/** The page that the popup is about: that of the tab in view, or, in a tab of the popup's own, the one that its address names (`?tab=ID`). */

export interface PageInView {
  readonly tabId: number;
  /** Null where extensions cannot look into the page. */
  readonly origin: string | null;
}

async function tabInView(): Promise<chrome.tabs.Tab | undefined> {
  const named = new URLSearchParams(location.search).get('tab');
  if (named !== null) return chrome.tabs.get(Number(named)).catch(() => undefined);
  if (await chrome.tabs.getCurrent()) return undefined;
  const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
  return tab;
}

export async function pageInView(): Promise<PageInView | null> {
  const tab = await tabInView();
  if (tab?.id === undefined) return null;
  const url = URL.parse(tab.url ?? '');
  const isWeb = url !== null && /^(?:https?|file):$/.test(url.protocol);
  return { tabId: tab.id, origin: isWeb ? (url.protocol === 'file:' ? 'file://' : url.origin) : null };
}
