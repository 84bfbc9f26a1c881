/** How long worklets, and this document, live without those that they are there for. */

/** "After a document dies, the worklet will continue to be kept alive for a maximum of two seconds." */
export const GRACE_PERIOD = 2000;

/** How long a worklet may exist before its document's port must have been seen: a document may go away just as it makes one. */
export const PORT_DEADLINE = 10_000;

/** How long Chromium keeps a document in the back/forward cache, in milliseconds. */
export const LONGEST_IN_CACHE = 600_000;

/** How long the offscreen document stays when there is no worklet, in milliseconds. */
export const IDLE_LIFETIME = 60_000;
