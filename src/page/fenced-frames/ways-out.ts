/**
 * Ways out of a fenced frame: windows that its documents open, and the tab itself by `_unfencedTop`. The sandbox of the frame allows none, so
 * that none is left once the network is cut; the service worker goes where they lead.
 * https://wicg.github.io/fenced-frame/#unfenced-top-navigation-target
 */

import { AUTOMATIC_BEACONS } from '../../protocol/fence-marks';
import type { FormBody, Place } from '../../protocol/fence-requests';
import { toDOMString, toUSVString } from '../../webidl/conversions';
import { domException } from '../../webidl/exceptions';
import { nativeFunction } from '../../webidl/interface';
import { apply, defineProperty, react, reflectGet, uncurryThis } from '../../webidl/primordials';
import { request } from '../bridge/bridge-channel';
import { parseURL, urlHref } from '../bridge/page-url';
import { consumeActivation, isActive } from './activation';
import { agreesTo } from './agreements';

const { self } = globalThis;
const nativeOpen = self.open;
const toLowerCase = uncurryThis(String.prototype.toLowerCase);
const ignore = () => undefined;

/** Whether the document is what the fenced frame shows: that one is its own parent and top. */
let isRoot = false;

/** The service worker sees to it, and asks whether the user is really active. */
export function leave(url: string, place: Place, body: FormBody | null = null): void {
  const params = { url, place, body, isActive: isActive(), areBeaconsAllowed: agreesTo(AUTOMATIC_BEACONS) };
  consumeActivation();
  react(request('fence.leave', params), ignore, ignore);
}

/** What is asked of a window whose origin may be another one. */
interface Frames {
  readonly length: number;
  readonly name: string;
  readonly [index: number]: Frames;
}

/** The frame of that name in the document, or in a frame of it: names are known on this side of the border alone. */
function findFrame(view: Frames, name: string): Frames | null {
  for (let index = 0; index < view.length; index++) {
    const child = view[index];
    if (!child) break;
    try {
      // A window of another origin shows its frames by their names, but no name of its own.
      if (reflectGet(view, name) === child || child.name === name) return child;
    } catch {
      // It has no frame of that name.
    }
    const found = findFrame(child, name);
    if (found) return found;
  }
  return null;
}

/** What a target stands for: a keyword that the browser understands, the name of a frame within, or a place beyond the border. */
export function placeOf(target: string): { readonly within: string } | Place {
  const lower = toLowerCase(target);
  if (lower === '_unfencedtop') return 'tab';
  if (lower === '' || lower === '_self' || (isRoot && (lower === '_top' || lower === '_parent' || target === (self as Frames).name)))
    return { within: '_self' };
  if (lower === '_top' || lower === '_parent') return { within: lower };
  return lower !== '_blank' && findFrame(self, target) ? { within: target } : 'new tab';
}

export const openWithin = (url: string, target: string): Window | null => apply(nativeOpen, self, [url, target]);

/** `window.open()`, which gives nobody a window beyond the border, and none there an opener. */
function open(url: string, target: string): Window | null {
  const parsed = parseURL(url);
  if (!parsed)
    throw domException('SyntaxError', `Failed to execute 'open' on 'Window': Unable to open a window with invalid URL '${url}'.`);
  const place = placeOf(target || '_blank');
  if (typeof place === 'object') return openWithin(url, place.within);
  leave(url === '' ? 'about:blank' : urlHref(parsed), place);
  return null;
}

export function replaceOpen(isFencedFrameRoot: boolean): void {
  isRoot = isFencedFrameRoot;
  const value = nativeFunction('open', 0, (_self, args) => {
    const url = args.length > 0 && args[0] !== undefined ? toUSVString(args[0]) : '';
    return open(url, args.length > 1 && args[1] !== undefined ? toDOMString(args[1]) : '_blank');
  });
  defineProperty(self, 'open', { __proto__: null, value } as PropertyDescriptor);
}
