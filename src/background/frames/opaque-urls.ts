/** What the frames need to know of selectURL(): what is behind the URN that a page was given. */

/** The outermost document of a tab: "traversable navigable", with the URNs that are its own. */
export interface Page {
  readonly tabId: number;
  /** Of the document at the top. */
  readonly documentId: string;
}

export interface SelectedURL {
  readonly url: string;
  /** The URL to report to, by event type. */
  readonly reportingMetadata: Readonly<Record<string, string>>;
}

export interface OpaqueURLs {
  /** Waits for the operation to finish; null for a URN that the page was never given. */
  resolve(urn: string, page: Page): Promise<SelectedURL | null>;
  /** "Charge shared storage navigation budget": a frame that shows the URN's URL has navigated the top. */
  charge(urn: string, page: Page): Promise<void>;
}
