/** What is stored on the disk and must not outlive the browser. */

/** Private windows have a database of their own, and may share this. */
const markOf = (): string => (chrome.extension.inIncognitoContext ? 'private session' : 'session');

/** Calls `clear` where no worker has done so since the browser was started, or the extension was loaded. */
export async function clearOncePerSession(clear: () => Promise<void>): Promise<void> {
  const mark = markOf();
  const { [mark]: isCleared } = await chrome.storage.session.get(mark);
  if (isCleared) return;
  await clear();
  await chrome.storage.session.set({ [mark]: true });
}
