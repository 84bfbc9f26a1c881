/**
 * Limits that both ends of a channel go by: one end keeps to them, and the other refuses what is more. The specification's own, such as the
 * length of a key, are in src/spec, and what one side alone has to know stays there.
 */

/** How many requests a bridge may put into one message to the service worker. */
export const MAXIMUM_REQUESTS = 100;

/** `eventData` of a beacon, in UTF-16 code units: "64KB", as native says. */
export const MAXIMUM_BEACON_LENGTH = 64_000;

/** What an embedder tells the worklets of a fenced frame, in UTF-16 code units; natively what is more is cut off. */
export const MAXIMUM_CONTEXT_LENGTH = 2048;

/** How many calls of one worklet may wait for an answer of the offscreen document; the realm queues what is more. */
export const MAXIMUM_CALLS_IN_FLIGHT = 64;

/** How many different reads a worklet tells of in one message. */
export const MAXIMUM_READS = 100;

/**
 * What a batch of a worklet may weigh, in bytes: 64 for each method, and its key and value in UTF-16. No more than about what a window's can,
 * which is sent in a message of the extension: those have 64 MiB at most.
 */
export const MAXIMUM_BATCH_WEIGHT = 60 * 2 ** 20;

/** What one call of SubtleCrypto may carry in a worklet, in bytes: the work is done in a process that all share. An origin's data is not much more. */
export const MAXIMUM_CRYPTO_BYTES = 2 ** 23;

/** What one message of a worklet to the console may hold: UTF-16 code units in all its strings, and values, those in objects included. */
export const MAXIMUM_LOGGED_CHARACTERS = 2 ** 23;
export const MAXIMUM_LOGGED_VALUES = 1000;

/** What a report of the message guard may have of the page's own texts, in UTF-16 code units: paths in messages, and values of `document.domain`. */
export const MAXIMUM_QUOTED = 200;

/** How many things that are bound to their agent cluster are reported of one message; more would only make a longer line. */
export const MAXIMUM_FOUND = 5;

/** How long after its last answer the service worker is sure to listen for responses to a page's requests, in milliseconds. */
export const LISTENS = 1000;

/** How many lines of a worklet's console one message may carry. */
export const MAXIMUM_LINES = 100;

/** Of how many registered operations a realm tells, and how much of their names, in UTF-16 code units. */
export const MAXIMUM_TOLD = 100;
export const MAXIMUM_TOLD_LENGTH = 200;

/** The numbers of operations that handlers run, in their worklets, are from here up: no document asks for so much. */
export const FIRST_HANDLER_RUN = 2 ** 40;

/** How many handlers the worklets of a document may have, and how large their names and keys may be together, in UTF-16 code units. */
export const MAXIMUM_HANDLERS = 1000;
export const MAXIMUM_HANDLERS_SIZE = 2 ** 20;
