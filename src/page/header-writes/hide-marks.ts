/** What a page reads of the marks at the end of the URLs that it has asked for: nothing. */

import { STORAGE_WRITE, TOKEN_LENGTH } from '../../protocol/url-marks';
import { once } from '../../webidl/interface';
import { stringIndexOf } from '../../webidl/primordials';
import { renameEntries, renameValue } from '../fenced-frames/entry-names';
import { unmarked } from '../fenced-frames/own-url';

/** Where the mark of a marked request begins at most, from its end: between the two is the key of a list of origins. */
const LONGEST_MARK = 120;

function rename(url: string): string {
  const begin = stringIndexOf(url, STORAGE_WRITE, url.length - LONGEST_MARK);
  return begin > 0 && begin < url.length - TOKEN_LENGTH ? unmarked(url) : url;
}

const { prototype: imagePrototype } = HTMLImageElement;

/** Call before the first request: a page that makes none is spared this. */
export const hideMarks = once(() => {
  renameEntries(rename);
  renameValue(imagePrototype, 'currentSrc', rename);
});
