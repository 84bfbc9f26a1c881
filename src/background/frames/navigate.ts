/** Takes a frame to a URL without a word to its embedder. Runs in the frame's isolated world; refers to nothing outside itself. */

/** The frame stands on the initial empty document, which it shares with nobody: no `navigate` event, no entry in any timeline. */
export function navigateFromInitialDocument(url: string): void {
  // An opaque URL's request has no referrer.
  const policy = document.createElement('meta');
  policy.name = 'referrer';
  policy.content = 'no-referrer';
  (document.head ?? document.documentElement)?.append(policy);
  location.replace(url);
  policy.remove();
}

/** The end of the URL's fragment that no document sees, `:~:…`, marks the request for the extension's rules. */
export function markedURL(url: string, mark: string): string {
  const separator = url.includes(':~:') ? '&' : url.includes('#') ? ':~:' : '#:~:';
  return `${url}${separator}${mark}`;
}
