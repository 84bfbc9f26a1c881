/** URLs as the page's document parses them, through primordials. */

import { uncurryGetter } from '../../webidl/primordials';
import { baseURI } from './document-state';

const { prototype } = URL;
const NativeURL = URL;

export const urlHref = uncurryGetter(prototype, 'href');
export const urlOrigin = uncurryGetter(prototype, 'origin');
export const urlProtocol = uncurryGetter(prototype, 'protocol');

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
