/** URLs as the page's document parses them, through primordials. */

import { uncurryGetter } from '../../webidl/primordials';
import { baseURI } from './document-state';

const NativeURL = URL;

export const urlHref = uncurryGetter(URL, 'href');
export const urlOrigin = uncurryGetter(URL, 'origin');
export const urlProtocol = uncurryGetter(URL, 'protocol');

/**
 * Relative to the document; null for what is no URL.
 * https://wicg.github.io/shared-storage/#get-the-canonical-url-string-if-valid
 */
export function parseURL(url: string): URL | null {
  try {
    return new NativeURL(url, baseURI());
  } catch {
    return null;
  }
}
