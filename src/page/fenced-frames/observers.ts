/**
 * Whoever observes a fenced frame observes what stands in for it, filled or not: observers are told when an element loses its box. So this is
 * there from the beginning; to other elements it makes a difference of a tenth of a microsecond.
 */

import { append, apply, getOwnPropertyDescriptor, isInstance } from '../../webidl/primordials';
import { type Native, wrapMember } from './replace-member';
import { standInOf } from './stand-in';

/** An observer of a frame that nothing stands in for yet. */
interface Waiting {
  readonly observer: unknown;
  readonly frame: Element;
  observe(): void;
}

let waiting: Waiting[] = [];

function takeWaiting(isMeant: (one: Waiting) => boolean): Waiting[] {
  const taken: Waiting[] = [];
  const left: Waiting[] = [];
  for (let index = 0; index < waiting.length; index++) {
    const one = waiting[index] as Waiting;
    append(isMeant(one) ? taken : left, one);
  }
  waiting = left;
  return taken;
}

/** The frame's box is there, or will never be another than the browser's. */
export function observeNow(frame: Element): void {
  const taken = takeWaiting((one) => one.frame === frame);
  for (let index = 0; index < taken.length; index++) taken[index]?.observe();
}

/** `prepare` asks for a frame's box. */
export function replaceObservers(elementPrototype: object, prepare: (frame: Element) => void): void {
  const observers = [IntersectionObserver.prototype, ResizeObserver.prototype];
  for (let index = 0; index < observers.length; index++) {
    const prototype = observers[index] as object;
    const { value: unobserve } = getOwnPropertyDescriptor(prototype, 'unobserve') as { value: Native };
    wrapMember(prototype, 'observe', (original, self, args) => {
      const frame = args[0] as Element;
      if (!isInstance(elementPrototype, frame)) return apply(original, self, args);
      const observe = () => apply(original, self, [standInOf(frame) ?? frame, args[1]]);
      // It throws where it is wrong.
      observe();
      if (standInOf(frame)) return undefined;
      apply(unobserve, self, [frame]);
      append(waiting, { __proto__: null, observer: self, frame, observe } as Waiting);
      return prepare(frame);
    });
    wrapMember(prototype, 'unobserve', (original, self, args) => {
      const frame = args[0];
      takeWaiting((one) => one.observer === self && one.frame === frame);
      return apply(original, self, [standInOf(frame) ?? frame]);
    });
    wrapMember(prototype, 'disconnect', (original, self, args) => {
      takeWaiting((one) => one.observer === self);
      return apply(original, self, args);
    });
  }
}
