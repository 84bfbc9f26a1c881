/**
 * Repeats a request in the document that made it: the document's cookies and connections are used, while its service worker and its
 * Content Security Policy, which have had their say about the first request, are not asked again. Resolves to false, and asks for nothing, where
 * `imageURL` is an image that the document does not show: a policy may have forbidden it.
 */
export async function fetchForItsHeader(
  url: string,
  mode: RequestMode,
  credentials: RequestCredentials,
  imageURL: string | null,
): Promise<boolean> {
  const isShown = ({ currentSrc, naturalWidth }: HTMLImageElement) => currentSrc === imageURL && naturalWidth > 0;
  if (imageURL !== null && ![...document.images].some(isShown)) return false;
  const response = await fetch(url, { mode, credentials, cache: 'reload' }).catch(() => null);
  // What cannot be fetched may have written on the way, in a redirect.
  await response?.body?.cancel();
  return true;
}
