/**
 * What our scripts and injected functions leave for one another in the global object of a document's isolated world, where no script of
 * the page can see it. A document may get the window, and this world with it, of the initial empty document before it.
 */
interface Window {
  /** The URL of the document before any script of the page ran. Left by the bridge. */
  sharedStorageLabURL?: string;
  /** The names under which the document is sought, for documents in it that webNavigation does not show. Left by `nameOutermost()`. */
  sharedStorageLabOutermost?: Set<string>;
  /** Elements that the page handed over, in that order: to become fenced frames, or a port once more. Left by the bridge. */
  sharedStorageLabHosts?: HTMLElement[];
  /** Fills them. Left by src/content/fenced-frames.iife.ts. */
  sharedStorageLabShow?: (
    frame: number,
    name: string | null,
    features: { readonly allow: string; readonly isOpaque: boolean; readonly replacesAtOnce: boolean },
  ) => void;
  /** Shows the one that waits, or does without it. Left by src/content/fenced-frames.iife.ts. */
  sharedStorageLabSettle?: (iframe: HTMLIFrameElement, isThere: boolean) => void;
  /** The iframes in them. Left by src/content/fenced-frames. */
  sharedStorageLabFrames?: Iterable<HTMLIFrameElement>;
  /** Messages from fenced frames of other documents are stopped. Left by src/content/fenced-frame-messages.iife.ts. */
  sharedStorageLabHearsNoFencedFrame?: boolean;
  /**
   * Stops the messages that the document must not get. Left by src/content/fenced-frames and fenced-frame-messages.iife.ts, each of which calls what
   * the other has left; called by the bridge.
   */
  sharedStorageLabGuard?: (event: MessageEvent) => void;
  /** What the page's own script hears before it has a port. Left by the bridge. */
  sharedStorageLabHost?: HTMLElement;
  /** What the functions of the document's realm do with frames is heard of. Left by src/content/selected-frames.iife.ts. */
  sharedStorageLabHearsOfFrames?: boolean;
  /** A frame of the document was stopped on its way to the URN by a policy of ours, and is to show it. Left by src/content/select-url/policy.ts. */
  sharedStorageLabFill?: (urn: string) => void;
  /** Frames with opaque URLs that have been led through the passage. Left by `sendThroughPassage()`. */
  sharedStorageLabSent?: WeakSet<HTMLIFrameElement>;
  /** The names of the reports that have gone out. Left by `sendBeacon()`. */
  sharedStorageLabBeacons?: Set<string>;
  /** The document that is cut off from the network. Left by `cutDocument()`. */
  sharedStorageLabCut?: Document;
  /** The id of the document's tab, for the documents that it opens. Left by `describeDocument()`. */
  sharedStorageLabTab?: number;
}
