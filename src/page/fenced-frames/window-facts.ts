/** What a document in a fenced frame is told of the window and of its history: as if the frame were the window. */

import { apply, getOwnPropertyDescriptor, uncurryGetter, uncurryThis } from '../../webidl/primordials';
import { frameElementOf, isFencedFrame, parentOf } from './frame-kind';
import { replaceMember, wrapMember } from './replace-member';

const { self } = globalThis;
const getter = (name: string) => uncurryThis(getOwnPropertyDescriptor(self, name)?.get ?? (() => undefined)) as (view: object) => unknown;
const innerWidth = getter('innerWidth');
const innerHeight = getter('innerHeight');
const nativeLength = uncurryGetter(DOMStringList, 'length');

/** The document of the fenced frame, or what can be reached of the documents on the way there. */
function outermost(): object {
  let view: object = self;
  while (!isFencedFrame(view) && frameElementOf(view)) view = parentOf(view);
  return view;
}

/** How many documents are around this one within the fenced frame, as far as they can be reached. */
function depth(): number {
  let count = 0;
  for (let view: object = self; !isFencedFrame(view); count++) {
    if (!frameElementOf(view)) return count + 1;
    view = parentOf(view);
  }
  return count;
}

/**
 * Nearest first: those that are around the fenced frame come last. The browser makes a new list each time, known by what it lists. By its indices,
 * it still tells of all of them.
 */
function hideAncestors(): void {
  const ancestors = self.location.ancestorOrigins;
  const all = nativeLength(ancestors);
  const own = depth();
  const isOfAncestors = (list: DOMStringList) => {
    if (nativeLength(list) !== all) return false;
    for (let index = 0; index < all; index++) if (list[index] !== ancestors[index]) return false;
    return true;
  };
  const isOwn = (origin: unknown) => {
    for (let index = 0; index < own; index++) if (ancestors[index] === origin) return true;
    return false;
  };
  const hide = (name: string, answer: (found: unknown, args: ArrayLike<unknown>) => unknown) =>
    wrapMember(DOMStringList.prototype, name, (native, list, args) => {
      const found = apply(native, list, args);
      return isOfAncestors(list as DOMStringList) ? answer(found, args) : found;
    });
  hide('length', () => own);
  hide('item', (found) => (isOwn(found) ? found : null));
  hide('contains', (found, args) => found === true && isOwn(`${args[0] as string}`));
}

export function tellOfFrameAlone(): void {
  hideAncestors();
  replaceMember(History.prototype, 'length', () => 1);
  replaceMember(self, 'outerWidth', () => innerWidth(outermost()));
  replaceMember(self, 'outerHeight', () => innerHeight(outermost()));
  const places = ['screenX', 'screenY', 'screenLeft', 'screenTop'];
  for (let index = 0; index < places.length; index++) replaceMember(self, places[index] as string, () => 0);
}
