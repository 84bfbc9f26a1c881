/**
 * The mark of a request whose response may write to shared storage: the end of its URL's fragment. Declarative rules see it
 * (public/rules/storage-writable.json) and servers never do. As a fragment directive it does not show in a document's own URL either.
 */

/** The token of a marked URL is the first group. */
export const MARK = /~ssw=([0-9a-f-]{36})$/;

export const DIRECTIVE = ':~:';

/** `hasFragment` and `hasDirective` say what the URL has already. */
export const markOf = (token: string, destination: string, hasFragment: boolean, hasDirective: boolean): string =>
  `${hasFragment ? '' : '#'}${hasDirective ? '&' : DIRECTIVE}${destination}~ssw=${token}`;
