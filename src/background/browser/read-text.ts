/** The body of a response, from a server that may send as much as it likes. */

/** Null where it has more than `maximum` bytes: no more than that is read. */
export async function readText(response: Response, maximum: number): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maximum) return null;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
