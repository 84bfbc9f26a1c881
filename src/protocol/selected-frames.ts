/**
 * How the page's realm and the isolated world (src/content/selected-frames.iife.ts) talk of frames that are to show a selected URL: by events on
 * the port that the realm has handed over (protocol/page-channel.ts). No URL goes this way, in either direction: only the isolated world learns it.
 */

/** What the arguments of a function are looked through for: the last one is the `src` of the iframe that the function is called on. */
export const SOURCE = 'source';
/** They are nodes, among other things, which get into a tree. */
export const INSERTION = 'insertion';
/** The last one is markup. */
export const MARKUP = 'markup';

/** click(), submit() or open(): the first two arguments of the last are a URL and the name of a frame, or none. */
export const LEAD = 'lead';

/** navigate() of a Navigation. */
export const NAVIGATE = 'navigate';

type Kind = typeof SOURCE | typeof INSERTION | typeof MARKUP | typeof LEAD | typeof NAVIGATE;

/** Isolated world to page; a UIEvent: the next TRAPs are for the realm of the window, which is of the page's origin. */
export const REALM = 'realm';

/** Isolated world to page; the `detail` is a Trap: calls of the function are told of from now on. */
export const TRAP = 'trap';

/** A function of the realm. */
export interface Trap {
  /** The interface whose prototype has the member; empty for a member of the window. */
  readonly owner: string;
  readonly name: string;
  /** The function: a method, or the setter of an attribute. */
  readonly member: 'set' | 'value';
  readonly kind: Kind;
}

/** The iframes that are told of: with a URN for their `src`, which counts for nothing where the page has given them a `srcdoc`. */
export const URN_FRAMES = 'iframe[src^="urn:uuid:"i]:not([srcdoc]:not([srcdoc=""]))';

/** Page to isolated world; the `detail` is the text that the next event is about; of open(), the URL, a space, and the name. */
export const TEXT = 'text';

// Page to isolated world, before the function is called, of the type of the kind: a SubmitEvent for each iframe in question, its `submitter`, which
// unlike a `relatedTarget` may be in any shadow tree. Cancelled where the function need not be called (SOURCE), or where AFTER has to follow
// (INSERTION). NAVIGATE comes after the call, and is cancelled where the navigation went no further, for a URN. For MARKUP the `submitter` is the element, or null for a shadow root or a document; for LEAD the link or form, or null for open().

/** Isolated world to page, during MARKUP; the `detail` is what is to be parsed in place of the text. */
export const ANSWER = 'answer';

/** Page to isolated world; a SubmitEvent when the function has returned, whose `submitter` is an iframe that the isolated world cannot find, or null. */
export const AFTER = 'after';

const TEMPORARY = 'lab ';
/** Of the text that stands before the frame's own name. */
const LENGTH = TEMPORARY.length + 37;

/**
 * What a frame is called while a link leads it. Where that takes it into another process, the browser has made the frame there by the time that it has
 * its own name again: the document finds this one, and what gives it `fence` takes it away.
 */
export const temporaryName = (own: string): string => `${TEMPORARY}${crypto.randomUUID()} ${own}`;

/** The frame's own name. `indexOf` and `slice` are the functions of the realm. */
export const ownNameIn = (
  name: string,
  indexOf: (text: string, searched: string) => number,
  slice: (text: string, start: number) => string,
): string => (indexOf(name, TEMPORARY) === 0 ? slice(name, LENGTH) : name);
