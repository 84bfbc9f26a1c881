/** What documents of frames with opaque URLs have, and what those of fenced frames must do without. */

import { AUTOMATIC_BEACONS, CROSS_ORIGIN_REPORTING } from '../../protocol/fence-marks';
import { toDOMString } from '../../webidl/conversions';
import { defineReadonlyAttribute, exposeInterface, nativeFunction } from '../../webidl/interface';
import { apply, bag, defineProperty, getOwnPropertyDescriptor, react, stringSlice, uncurryThis } from '../../webidl/primordials';
import { connect, request } from '../bridge/bridge-channel';
import { isSecureContext } from '../bridge/document-state';
import { hasBeenActive, isActive, separateActivation } from './activation';
import { agreesTo } from './agreements';
import { fence, takeAutomaticBeacons } from './fence-interface';
import { kindOfFrame, OWN_NAME_LENGTH } from './frame-kind';
import { followLinksAndForms } from './links-and-forms';
import { closeConnectionsOn } from './open-connections';
import { replaceOpen } from './ways-out';

const { self } = globalThis;
const addEventListener = uncurryThis(EventTarget.prototype.addEventListener);
const ignore = () => undefined;

type Accessor = (...args: unknown[]) => unknown;

/** An attribute of the window that is its own. */
function replaceAttribute(name: string, get: () => unknown, set: (value: unknown) => void): void {
  const { enumerable = true } = getOwnPropertyDescriptor(self, name) ?? {};
  const getter = nativeFunction(`get ${name}`, 0, get);
  const setter = nativeFunction(`set ${name}`, 1, (_self, args) => set(args[0]));
  defineProperty(self, name, bag({ get: getter, set: setter, enumerable, configurable: true } as PropertyDescriptor));
}

/** The window's name, which later documents of the frame find again, stands behind the one that says what the frame is. */
function replaceName(): void {
  const { get, set } = getOwnPropertyDescriptor(self, 'name') as { get: Accessor; set: Accessor };
  const read = () => apply(get, self, []) as string;
  const own = stringSlice(read(), 0, OWN_NAME_LENGTH);
  replaceAttribute(
    'name',
    () => stringSlice(read(), OWN_NAME_LENGTH),
    (name) => apply(set, self, [own + toDOMString(name)]),
  );
}

function shutIn(): void {
  let parent: unknown = self;
  replaceAttribute(
    'parent',
    () => parent,
    (value) => {
      parent = value;
    },
  );
  replaceName();
  defineReadonlyAttribute(self, 'frameElement', () => null);
}

/** A frame that is no fenced one may navigate the top by itself; that it has done so is seen when its document is about to go. */
function noticeTopNavigation(): void {
  // By `pagehide`, a page that may be gone back to can send nothing any more.
  addEventListener(self, 'beforeunload', () => {
    // Whoever has ever been active there lets the frame navigate the top, also later.
    if (!hasBeenActive()) return;
    const active = isActive();
    const params = { isActive: active, areBeaconsAllowed: agreesTo(AUTOMATIC_BEACONS), beacons: active ? takeAutomaticBeacons() : [] };
    react(request('fence.unload', params), ignore, ignore);
  });
}

export function installFence(): void {
  if (!isSecureContext) return;
  const kind = kindOfFrame();
  if (kind === 'none') return;
  connect('fence');
  exposeInterface(self, 'Fence', fence);
  const isFencedFrameRoot = kind === 'fenced';
  const instance = fence.create({ isFencedFrameRoot });
  defineReadonlyAttribute(self, 'fence', () => instance);
  if ((isFencedFrameRoot || kind === 'iframe') && agreesTo(CROSS_ORIGIN_REPORTING))
    react(request('fence.allowReports', {}), ignore, ignore);
  if (kind === 'iframe') noticeTopNavigation();
  if (kind !== 'fenced' && kind !== 'nested') return;
  separateActivation();
  closeConnectionsOn('shared-storage-lab-cut');
  replaceOpen(isFencedFrameRoot);
  followLinksAndForms();
  if (isFencedFrameRoot) shutIn();
}
