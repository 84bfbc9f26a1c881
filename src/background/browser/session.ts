/** What is stored on the disk and must not outlive the browser, and what a service worker leaves word of for the next one. */

/** The key in the storage of the session: the service worker of private windows is another one, and may share that. */
export const sessionKey = (name: string): string => (chrome.extension.inIncognitoContext ? `private ${name}` : name);

/** Calls `clear` where no worker has done so since the browser was started, or the extension was loaded. */
export async function clearOncePerSession(clear: () => Promise<void>): Promise<void> {
  const mark = sessionKey('session');
  const { [mark]: isCleared } = await chrome.storage.session.get(mark);
  if (isCleared) return;
  await clear();
  await chrome.storage.session.set({ [mark]: true });
}
