/** Resolves when this worker has been told of all that the browser had to tell it at the time of the call: that comes before the answer to what it is asked now. */
export async function untilBrowserAnswers(): Promise<void> {
  await chrome.runtime.getPlatformInfo();
  // What came with the answer has its turn first.
  await new Promise((resolve) => setTimeout(resolve));
}
