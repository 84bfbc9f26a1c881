/**
 * Repeats a request in the document that made it: the document's cookies and connections are used, while its service worker and its
 * Content Security Policy, which have had their say about the first request, are not asked again.
 */
export async function fetchForItsHeader(url: string, mode: RequestMode, credentials: RequestCredentials): Promise<void> {
  const response = await fetch(url, { mode, credentials, cache: 'reload' }).catch(() => null);
  // What cannot be fetched may have written on the way, in a redirect.
  await response?.body?.cancel();
}
