/** Puts an empty frame of the name into the element that the page handed over as the `frame`th; null: nothing but its box. */
export const showFencedFrame = (frame: number, name: string | null): void => self.sharedStorageLabShow?.(frame, name);

/** A line in the console of the document that it runs in. */
export const warn = (text: string): void => console.warn(text);
