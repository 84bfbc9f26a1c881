/** What the parts of the extension tell each other about origin isolation. */

/** The name of the `Server-Timing` entries that say which keying a document's response asked for: `desc` is `SOURCE ?1` or `SOURCE ?0`. */
export const ISOLATION_MARK = 'shared-storage-lab-isolation';
