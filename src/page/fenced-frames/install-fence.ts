/** What documents of frames with opaque URLs have, and what those of fenced frames must do without. */

import { URN_IFRAME } from '../../protocol/url-marks';
import { toDOMString, toUSVString } from '../../webidl/conversions';
import { defineAttribute, exposeInterface, nativeFunction } from '../../webidl/interface';
import {
  apply,
  bag,
  defineProperty,
  getOwnPropertyDescriptor,
  react,
  stringIndexOf,
  stringSlice,
  uncurryGetter,
  uncurryThis,
} from '../../webidl/primordials';
import { connect, request } from '../bridge/bridge-channel';
import { isSecureContext } from '../bridge/document-state';
import { parseURL, urlHref } from '../bridge/page-url';
import { fence, takeAutomaticBeacons } from './fence-interface';
import { closeConnectionsOn } from './open-connections';

const addEventListener = uncurryThis(EventTarget.prototype.addEventListener);
const preventDefault = uncurryThis(Event.prototype.preventDefault);
const defaultPrevented = uncurryGetter(Event.prototype, 'defaultPrevented');
const composedPath = uncurryThis(Event.prototype.composedPath);
const getAttribute = uncurryThis(Element.prototype.getAttribute);
const nodeParent = uncurryGetter(Node.prototype, 'parentNode');
const userActivation = uncurryGetter(Navigator.prototype, 'userActivation')(navigator);
const isActive = typeof UserActivation === 'function' ? uncurryGetter(UserActivation.prototype, 'isActive') : () => false;
const hasBeenActive = typeof UserActivation === 'function' ? uncurryGetter(UserActivation.prototype, 'hasBeenActive') : () => false;
const { credentialless, open: nativeOpen, performance, self } = globalThis;
const getEntriesByType = uncurryThis(Performance.prototype.getEntriesByType);
const entryName = uncurryGetter(PerformanceEntry.prototype, 'name');
const toLowerCase = uncurryThis(String.prototype.toLowerCase);
const isPrototypeOf = uncurryThis(Object.prototype.isPrototypeOf);
const anchorPrototype = HTMLAnchorElement.prototype;
const areaPrototype = HTMLAreaElement.prototype;

const ignore = () => undefined;

type Kind = 'fenced' | 'iframe' | 'nested' | 'none';

/** By what only the extension can have left in the frame: its name, or the end of its URL that no document sees. */
function kindOfFrame(): Kind {
  if (credentialless && stringIndexOf(self.name, 'urn:uuid:') === 0) return 'fenced';
  if (self.top === self) return 'none';
  const navigation = getEntriesByType(performance, 'navigation')[0];
  if (navigation && stringSlice(entryName(navigation), -URN_IFRAME.length) === URN_IFRAME) return 'iframe';
  try {
    return (self.parent as { fence?: unknown }).fence ? 'nested' : 'none';
  } catch {
    // The parent has another origin.
    return 'none';
  }
}

/** Leads out of the frame: in the tab, or in a new one. The service worker sees to it, and asks for a user's gesture. */
function leave(url: string, newTab: boolean): void {
  const parsed = parseURL(url);
  // No URL, no navigation.
  if (parsed) react(request('fence.leave', { url: urlHref(parsed), newTab, beacons: takeAutomaticBeacons() }), ignore, ignore);
}

/** Goes where the target says, as far as there is such a place: a fenced frame's `_top` and `_parent` are the frame itself. */
function go(url: string, target: string): void {
  const lower = toLowerCase(target);
  if (target === '_unfencedTop') leave(url, false);
  else if (lower === '_self' || lower === '_top' || lower === '_parent') apply(nativeOpen, self, [url, '_self']);
  else leave(url, true);
}

/** `window.open()` without an opener, and with the target `_unfencedTop`. */
function fenceOpen(): void {
  const value = nativeFunction('open', 0, (_self, args) => {
    const url = args.length > 0 && args[0] !== undefined ? toUSVString(args[0]) : '';
    go(url, args.length > 1 && args[1] !== undefined ? toDOMString(args[1]) : '_blank');
    return null;
  });
  defineProperty(self, 'open', { __proto__: null, value } as PropertyDescriptor);
}

function linkOf(event: Event): Element | null {
  for (let node = composedPath(event)[0] as Node | null; node; node = nodeParent(node))
    if (isPrototypeOf(anchorPrototype, node) || isPrototypeOf(areaPrototype, node)) return node as Element;
  return null;
}

function followLink(event: Event): void {
  if (defaultPrevented(event)) return;
  const link = linkOf(event);
  const target = link && getAttribute(link, 'target');
  const href = link && getAttribute(link, 'href');
  if (!target || toLowerCase(target) === '_self' || href === null) return;
  preventDefault(event);
  go(href, target);
}

function replaceAttribute(name: string, value: unknown): void {
  const { enumerable = true } = getOwnPropertyDescriptor(self, name) ?? {};
  const get = nativeFunction(`get ${name}`, 0, () => value);
  const set = nativeFunction(`set ${name}`, 1, (_self, args) => {
    value = name === 'name' ? toDOMString(args[0]) : args[0];
  });
  defineProperty(self, name, bag({ get, set, enumerable, configurable: true } as PropertyDescriptor));
}

function shutIn(): void {
  replaceAttribute('parent', self);
  replaceAttribute('name', '');
  const nothing = () => null;
  defineAttribute(self, 'frameElement', nothing);
  fenceOpen();
  addEventListener(self, 'click', followLink);
}

/** A frame that is no fenced one may navigate the top by itself; that it has done so is seen when its document is about to go. */
function noticeTopNavigation(): void {
  // By `pagehide`, a page that may be gone back to can send nothing any more.
  addEventListener(self, 'beforeunload', () => {
    // Whoever has ever been active there lets the frame navigate the top, also later.
    if (!hasBeenActive(userActivation)) return;
    react(request('fence.unload', { beacons: isActive(userActivation) ? takeAutomaticBeacons() : [] }), ignore, ignore);
  });
}

export function installFence(): void {
  if (!isSecureContext) return;
  const kind = kindOfFrame();
  if (kind === 'none') return;
  connect('fence');
  exposeInterface(self, 'Fence', fence);
  const instance = fence.create({});
  defineAttribute(self, 'fence', () => instance);
  if (kind !== 'iframe') closeConnectionsOn('shared-storage-lab-cut');
  if (kind === 'fenced') shutIn();
  if (kind === 'iframe') noticeTopNavigation();
}
