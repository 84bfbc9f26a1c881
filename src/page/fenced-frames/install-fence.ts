/** What documents of frames with opaque URLs have, and what those of fenced frames must do without. */

import { toDOMString } from '../../webidl/conversions';
import { exposeInterface } from '../../webidl/interface';
import { defineAttribute, nativeFunction } from '../../webidl/native-function';
import { bag, defineProperty, getOwnPropertyDescriptor, react, uncurryGetter } from '../../webidl/primordials';
import { connect, request } from '../bridge/bridge-channel';
import { isSecureContext } from '../bridge/document-state';
import { addEventListener } from '../bridge/dom';
import { fence } from './fence-interface';
import { keepFocusOut } from './focus';
import { kindOfFrame, ownName, setOwnName, takeOwnName } from './frame-kind';
import { markFramesWithin } from './frames-within';
import { closeConnectionsOn } from './open-connections';
import { hideMark } from './own-url';
import { replaceHistory } from './replace-history';
import { followTargets } from './targets';
import { followTopNavigations } from './top-navigations';
import { trackUserActivation } from './user-activation';

const userActivation = uncurryGetter(Navigator, 'userActivation')(navigator);
const isActive = typeof UserActivation === 'function' ? uncurryGetter(UserActivation, 'isActive') : () => false;
const hasBeenActive = typeof UserActivation === 'function' ? uncurryGetter(UserActivation, 'hasBeenActive') : () => false;
const { self } = globalThis;

const ignore = () => undefined;

function replaceAttribute(name: string, read: () => unknown, write: (value: unknown) => void): void {
  const { enumerable = true } = getOwnPropertyDescriptor(self, name) ?? {};
  const get = nativeFunction(`get ${name}`, 0, read);
  const set = nativeFunction(`set ${name}`, 1, (_self, args) => write(args[0]));
  defineProperty(self, name, bag({ get, set, enumerable, configurable: true } as PropertyDescriptor));
}

/** What the frame's own document is told of what is around it: nothing. */
function hideEmbedder(): void {
  let parent: unknown = self;
  replaceAttribute(
    'parent',
    () => parent,
    (value) => {
      parent = value;
    },
  );
  replaceAttribute('name', ownName, (value) => setOwnName(toDOMString(value)));
  defineAttribute(self, 'frameElement', () => null);
}

/** What every document in a fenced frame must do without. */
function shutIn(isRoot: boolean): void {
  closeConnectionsOn('shared-storage-lab-cut');
  replaceHistory();
  trackUserActivation();
  keepFocusOut();
  followTargets(isRoot);
  markFramesWithin();
  if (!isRoot) return;
  hideEmbedder();
  followTopNavigations();
}

/** A frame that is no fenced one may navigate the top by itself; that it has done so is seen when its document is about to go. */
function noticeTopNavigation(): void {
  // By `pagehide`, a page that may be gone back to can send nothing any more.
  addEventListener(self, 'beforeunload', () => {
    // Whoever has ever been active there lets the frame navigate the top, also later.
    if (!hasBeenActive(userActivation)) return;
    react(request('fence.unload', { isActive: isActive(userActivation) }), ignore, ignore);
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
  if (kind === 'fenced' || kind === 'inner') shutIn(kind === 'fenced');
  if (kind === 'iframe') {
    takeOwnName();
    noticeTopNavigation();
  }
  hideMark();
}
