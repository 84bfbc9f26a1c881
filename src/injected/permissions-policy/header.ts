/** The document's `Permissions-Policy` header, from the HTTP cache where it is there; null where it cannot be read. */
export async function fetchHeader(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { cache: 'force-cache', credentials: 'include' });
    await response.body?.cancel();
    return response.headers.get('Permissions-Policy');
  } catch {
    // No answer is an answer: null.
    return null;
  }
}
