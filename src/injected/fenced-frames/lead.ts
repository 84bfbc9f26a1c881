/**
 * Takes the fenced frame of the document whose iframe has the name to the URL; false where it has gone, `waits` where something else is shown until
 * it is there. No script of the page hears of it: an
 * initial empty document has no `navigate` events, and the link is in no document.
 */
export function leadFencedFrame(name: string, url: string): boolean | 'waits' {
  for (const iframe of self.sharedStorageLabFrames ?? []) {
    if (iframe.name !== name || iframe.contentWindow?.name !== name) continue;
    const link = document.createElement('a');
    link.href = url;
    // An opaque URL's request has no referrer.
    link.referrerPolicy = 'no-referrer';
    link.target = name;
    link.click();
    return iframe.hasAttribute('pending') ? 'waits' : true;
  }
  return false;
}

/** Whether there is a document to be shown in the frame that waits. */
export function settleWaitingFrame(name: string, isThere: boolean): void {
  for (const iframe of self.sharedStorageLabFrames ?? []) if (iframe.name === name) self.sharedStorageLabSettle?.(iframe, isThere);
}
