/**
 * The child of a `<fencedframe>` that stands in for it. The browser's own element is a replaced one, in which nothing of ours is ever laid
 * out; without a box of its own its children are. The bridge sees to the box (src/content/fenced-frames); what the page asks about the element
 * is answered for the child (stand-in-answers.ts). Until the child is there, the browser's own box is.
 */

import { uncurryMethod, WeakMap, weakMapGet, weakMapSet } from '../../webidl/primordials';
import { addEventListener, createElement, document, parentNode } from '../bridge/dom';

const appendChild = uncurryMethod(Node, 'appendChild') as (self: Node, child: Node) => Node;

/** What the bridge tells the stand-in when its box is ready; once more, when what it showed has gone with the place that the frame was in. */
const READY = 'ready';

const standIns = new WeakMap<object, HTMLElement>();

/** What is in the frame's place by now; undefined for anything else. */
export function standInOf(value: unknown): Element | undefined {
  const standIn = weakMapGet(standIns, value as object);
  return standIn && parentNode(standIn) === value ? standIn : undefined;
}

/** Makes what will stand in for the frame, to be handed over to the bridge: as long as the frame is none of another document's. */
export function createStandIn(frame: Element, onReady: () => void, onMoved: () => void, isElsewhere: () => boolean): HTMLElement {
  const standIn = createElement<HTMLElement>(document, 'shared-storage-lab-frame');
  weakMapSet(standIns, frame, standIn);
  addEventListener(standIn, READY, () => {
    if (isElsewhere()) return;
    if (parentNode(standIn) === frame) return onMoved();
    appendChild(frame, standIn);
    onReady();
  });
  return standIn;
}
