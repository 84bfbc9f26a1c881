/**
 * Cookies that a document in a fenced frame sets. Natively it is the first party of its frame; in an iframe of another site the browser takes no
 * others than these. Either way they are in a partition of the frame's own.
 */

import { toDOMString } from '../../webidl/conversions';
import { nativeFunction } from '../../webidl/native-function';
import { apply, bag, defineProperty, getOwnPropertyDescriptor } from '../../webidl/primordials';
import type { Native } from './replace-member';

export function keepCookies(): void {
  const { prototype } = Document;
  const descriptor = getOwnPropertyDescriptor(prototype, 'cookie');
  const native = descriptor?.set as Native | undefined;
  if (!native) return;
  // The last attribute of a name counts.
  const set = nativeFunction('set cookie', 1, (document, args) =>
    apply(native, document, [`${toDOMString(args[0])}; SameSite=None; Secure`]),
  );
  defineProperty(prototype, 'cookie', bag({ ...descriptor, set }) as PropertyDescriptor);
}
