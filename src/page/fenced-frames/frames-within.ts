/**
 * Iframes that a script in a fenced frame gives a URL are asked for as the fenced frame was: their documents have to agree to be in one.
 * DEVIATION: those in markup are asked for as any iframe.
 */

import { FENCED_FRAME, markedURL } from '../../protocol/url-marks';
import { toDOMString, toUSVString } from '../../webidl/conversions';
import { nativeFunction } from '../../webidl/native-function';
import {
  apply,
  bag,
  defineProperty,
  getOwnPropertyDescriptor,
  isInstance,
  stringIndexOf,
  uncurryMethod,
  WeakMap,
  weakMapGet,
  weakMapSet,
} from '../../webidl/primordials';
import { parseURL, urlHref, urlProtocol } from '../bridge/page-url';
import { type Native, wrapMember } from './replace-member';

const { prototype } = HTMLIFrameElement;
export const toLowerCase = uncurryMethod(String, 'toLowerCase');

interface Source {
  readonly given: string;
  readonly href: string;
  readonly marked: string;
}

/** What scripts have given the iframes, and what those have got. */
const sources = new WeakMap<object, Source>();

function mark(iframe: object, given: string): string {
  const url = parseURL(given);
  if (!url || (urlProtocol(url) !== 'https:' && urlProtocol(url) !== 'http:')) return given;
  const href = urlHref(url);
  const marked = markedURL(href, FENCED_FRAME, stringIndexOf);
  weakMapSet(sources, iframe, bag({ given, href, marked }));
  return marked;
}

/** What the script is told of a value that it has given. */
function told(iframe: unknown, value: unknown, member: 'given' | 'href'): unknown {
  const source = isInstance(prototype, iframe) ? weakMapGet(sources, iframe as object) : undefined;
  return source?.marked === value ? source?.[member] : value;
}

export function markFramesWithin(): void {
  const { set: nativeSet, ...others } = getOwnPropertyDescriptor(prototype, 'src') as PropertyDescriptor & { set: Native };
  const set = nativeFunction('set src', 1, (iframe, args) => {
    const url = toUSVString(args[0]);
    apply(nativeSet, iframe, [isInstance(prototype, iframe) ? mark(iframe as object, url) : url]);
  });
  defineProperty(prototype, 'src', bag({ ...others, set }) as PropertyDescriptor);
  wrapMember(prototype, 'src', (native, iframe) => told(iframe, apply(native, iframe, []), 'href'));
  const elementPrototype = Element.prototype;
  wrapMember(elementPrototype, 'setAttribute', (native, element, args) => {
    if (args.length < 2 || !isInstance(prototype, element)) return apply(native, element, args);
    const name = toDOMString(args[0]);
    const value = toDOMString(args[1]);
    return apply(native, element, [name, toLowerCase(name) === 'src' ? mark(element as object, value) : value]);
  });
  wrapMember(elementPrototype, 'getAttribute', (native, element, args) => told(element, apply(native, element, args), 'given'));
}
