/** What a document in a fenced frame is told of the window and of its history: as if the frame were the window. */

import { getOwnPropertyDescriptor, uncurryThis } from '../../webidl/primordials';
import { frameElementOf, isFencedFrame, parentOf } from './frame-kind';
import { replaceMember } from './replace-member';

const { self } = globalThis;
const getter = (name: string) => uncurryThis(getOwnPropertyDescriptor(self, name)?.get ?? (() => undefined)) as (view: object) => unknown;
const innerWidth = getter('innerWidth');
const innerHeight = getter('innerHeight');

/** The document of the fenced frame, or what can be reached of the documents on the way there. */
function outermost(): object {
  let view: object = self;
  while (!isFencedFrame(view) && frameElementOf(view)) view = parentOf(view);
  return view;
}

export function tellOfFrameAlone(): void {
  replaceMember(History.prototype, 'length', () => 1);
  replaceMember(self, 'outerWidth', () => innerWidth(outermost()));
  replaceMember(self, 'outerHeight', () => innerHeight(outermost()));
  const places = ['screenX', 'screenY', 'screenLeft', 'screenTop'];
  for (let index = 0; index < places.length; index++) replaceMember(self, places[index] as string, () => 0);
}
