/**
 * Marks: what the extension puts at the end of a URL's fragment to know a single request by. Its declarative rules (src/rules, and the session
 * rules of background/browser/request-marks.ts) and webRequest see a fragment, and no server ever does. After `:~:` it is a fragment directive
 * (https://wicg.github.io/scroll-to-text-fragment/#the-fragment-directive), which does not show in a document's own URL either.
 *
 *     URL   = whatever was asked for, with "#" added where it has no fragment, ":~:" where that has no directive, "&" where it has one, MARK
 *     MARK  = DESTINATION "~ssw=" ORIGINS "~" TOKEN   its response may write to shared storage
 *           | "~ssl=" TOKEN                           never goes out: wakes the service worker of a window that is being closed
 *           | "~ssm=" [TOKEN]                         a worklet's module; with a token, one for another origin's data
 *           | "~sst=" TOKEN                           the file in which a data origin says whom it trusts
 *           | "~ssb=" TOKEN                           an automatic beacon
 *           | [ISOLATION] "ssfence"                   the document of a fenced frame
 *           | "ssurn"                                 the document of an iframe with an opaque URL
 *     ORIGINS = "any", or the key of a list of those that the page's permissions policy lets write: at each redirect the rules look again
 *     ISOLATION = "coep-" ["site-" | "cross-"]    its embedder has a Cross-Origin-Embedder-Policy, and the same site, or another one
 *     TOKEN = a random UUID: who knows it has made the request, or has been told of it
 */

/** Begins a fragment directive. */
export const DIRECTIVE = ':~:';

export const STORAGE_WRITE = '~ssw=';
export const WORKLET_MODULE = '~ssm=';
export const TRUSTED_ORIGINS = '~sst=';
export const BEACON = '~ssb=';
export const FENCED_FRAME = 'ssfence';
export const ISOLATED = 'coep-';
export const SAME_SITE = 'site-';
export const CROSS_SITE = 'cross-';
export const URN_IFRAME = 'ssurn';

/** What the server is told that a marked request is for (RequestDestination of the Fetch standard); the empty string for fetch(). */
export type Destination = '' | 'image' | 'iframe';

/** Where the policy denies nobody. */
export const ANY_ORIGIN = 'any';

/** How such a mark begins, after its destination. `origins` is ANY_ORIGIN or a key (src/background/header-writes/policy-marks.ts). */
export const storageWritePrefix = (origins: string): string => `${STORAGE_WRITE}${origins}~`;

/** The mark of a request whose response may write. */
export const storageWriteMark = (token: string, destination: Destination, origins: string): string =>
  `${destination}${storageWritePrefix(origins)}${token}`;

/** Of a UUID. */
export const TOKEN_LENGTH = 36;

/** Where a token can be nothing else. */
export const isToken = (text: string): boolean => /^[0-9a-f-]{36}$/.test(text);

/** The token of a URL whose request's response may write; undefined where it is not marked so. */
export const storageWriteTokenOf = (url: string): string | undefined => /~ssw=\w+~([0-9a-f-]{36})$/.exec(url)?.[1];

/** The mark of what never goes out, and the rule of storage-writable that matches it. */
export const LEAVING = '~ssl=';
export const WAKING = 6;

type IndexOf = (text: string, search: string, position?: number) => number;

/** Whether the fragment of the marked URL is empty, and was given an empty directive before the mark. */
export const isBareMarked = (url: string, indexOf: IndexOf): boolean => indexOf(url, `#${DIRECTIVE}&`) >= 0;

/** The URL with the mark. `indexOf` is String.prototype.indexOf as the caller's realm may call it. */
export const markedURL = (url: string, mark: string, indexOf: IndexOf): string =>
  url + (indexOf(url, '#') < 0 ? `#${DIRECTIVE}` : indexOf(url, DIRECTIVE, indexOf(url, '#')) < 0 ? DIRECTIVE : '&') + mark;

/** String.prototype.indexOf where nobody can have replaced it. */
export const indexOf: IndexOf = (text, search, position) => text.indexOf(search, position);

/** The `urlFilter` of rules for URLs with a mark that ends in this. */
export const filterOf = (mark: string): string => `#*${DIRECTIVE}*${mark}|`;
