/** Shows what is behind the URN in the fenced frame that the page handed over as the `frame`th; an empty one shows nothing, null but its box. */
export const showFencedFrame = (frame: number, urn: string | null): void => self.sharedStorageLabShow?.(frame, urn);

/** A line in the console of the document that it runs in. */
export const warn = (text: string): void => console.warn(text);
