/**
 * Permissions policy of fenced frames, whose documents have a handful of features and no others.
 * https://wicg.github.io/fenced-frame/#default-fenced-frame-permissions-policy
 */

/** What the frame of a config with a URL may have, as far as its embedder has it. */
export const FEATURES_OF_URL = ['shared-storage-select-url', 'shared-storage', 'private-aggregation'];

/** What the frame of a config of selectURL() has; it is not shown where its embedder has not all of them. */
export const FEATURES_OF_OPAQUE_URL = ['shared-storage-select-url', 'shared-storage', 'attribution-reporting'];

export const FENCED_FRAME_FEATURES = ['shared-storage-select-url', 'shared-storage', 'private-aggregation', 'attribution-reporting'];

/**
 * A feature that Chromium still knows, and that does nothing any more. Documents of fenced frames have it where the config is of selectURL():
 * so the documents in their iframes, which inherit it, know that as well, and that they are in a fenced frame at all.
 */
export const MARK_OF_OPAQUE_URL = 'browsing-topics';
