/** What decides on the features that documents in a fenced frame have, and on when they are there. */
export interface FrameFeatures {
  /** The attribute of the element. */
  readonly allow: string;
  /** Whether the page does not know what the frame shows. */
  readonly isOpaque: boolean;
  /** Whether what the frame has shown goes before there is anything else. */
  readonly replacesAtOnce: boolean;
}

/** Puts an empty frame of the name into the element that the page handed over as the `frame`th; null: nothing but its box. */
export const showFencedFrame = (frame: number, name: string | null, features: FrameFeatures): void =>
  self.sharedStorageLabShow?.(frame, name, features);

/** A line in the console of the document that it runs in. */
export const warn = (text: string): void => console.warn(text);
