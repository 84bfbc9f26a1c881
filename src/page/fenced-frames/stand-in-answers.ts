/**
 * What the page asks about a `<fencedframe>` with a stand-in is answered for the stand-in, and where the browser names the stand-in, the
 * page hears of the frame. Nothing of this is there before the first stand-in is.
 */

import { nativeFunction } from '../../webidl/native-function';
import {
  append,
  apply,
  defineProperty,
  getOwnPropertyDescriptor,
  hasOwn,
  isArray,
  Proxy,
  reflectGet,
  uncurryGetter,
  uncurryMethod,
} from '../../webidl/primordials';
import {
  addEventListener,
  dispatchEvent,
  document,
  eventTarget,
  getAttribute,
  localName,
  NativeEvent,
  parentNode,
  performance,
} from '../bridge/dom';

const { self } = globalThis;
const activeElement = uncurryGetter(Document, 'activeElement');
const now = uncurryMethod(Performance, 'now');
const userActivation = uncurryGetter(Navigator, 'userActivation')(navigator);
const navigatorPrototype = Navigator.prototype;
const activationPrototype = UserActivation.prototype;
const isNativelyActive = uncurryGetter(UserActivation, 'isActive');
const hasNativelyBeenActive = uncurryGetter(UserActivation, 'hasBeenActive');
/** "Transient activation duration", in milliseconds: Chromium's. */
const ACTIVATION = 5000;
const nativeGetComputedStyle = getComputedStyle;
const getPropertyValue = uncurryMethod(CSSStyleDeclaration, 'getPropertyValue');
const querySelector = uncurryMethod(Element, 'querySelector') as (self: Element, selectors: string) => Element | null;
const isPrototypeOf = uncurryMethod(Object, 'isPrototypeOf') as (prototype: object, value: unknown) => boolean;
const elementPrototype = Element.prototype;
const framePrototype = HTMLFencedFrameElement.prototype;

type Method = (...args: unknown[]) => unknown;

declare const HTMLFencedFrameElement: { readonly prototype: HTMLElement };

/** Tells the bridge that something is asked about the box: it may have to be looked at first. */
const LOOK = 'shared-storage-lab-look';

/** What is in the frame's place; null for anything else. */
function standInOf(value: unknown): Element | null {
  if (!isPrototypeOf(framePrototype, value)) return null;
  const standIn = querySelector(value as Element, ':scope > shared-storage-lab-frame[box]');
  if (standIn) dispatchEvent(standIn, new NativeEvent(LOOK));
  return standIn;
}

/** The frame that something stands in for; null for anything else. */
function frameOf(value: unknown): unknown {
  if (!isPrototypeOf(elementPrototype, value) || localName(value as Element) !== 'shared-storage-lab-frame') return null;
  return parentNode(value as Element);
}

/** Members that the prototype of the element gets, by where it has them from. */
const ABOUT_BOX: [object, string[]][] = [
  [
    Element.prototype,
    [
      'getBoundingClientRect',
      'getClientRects',
      'checkVisibility',
      'scrollIntoView',
      'scrollIntoViewIfNeeded',
      'clientWidth',
      'clientHeight',
      'clientTop',
      'clientLeft',
      'scrollWidth',
      'scrollHeight',
    ],
  ],
  [HTMLElement.prototype, ['focus', 'blur', 'offsetWidth', 'offsetHeight', 'offsetTop', 'offsetLeft', 'offsetParent']],
];

/** Members that may name the stand-in. */
const NAMING: [object, string[]][] = [
  [Document.prototype, ['elementFromPoint', 'elementsFromPoint', 'activeElement']],
  [ShadowRoot.prototype, ['elementFromPoint', 'elementsFromPoint', 'activeElement']],
  [Event.prototype, ['target', 'srcElement', 'composedPath']],
  [MouseEvent.prototype, ['relatedTarget']],
  [FocusEvent.prototype, ['relatedTarget']],
  [IntersectionObserverEntry.prototype, ['target']],
  [ResizeObserverEntry.prototype, ['target']],
];

type Replace = (original: Method, self: unknown, args: ArrayLike<unknown>) => unknown;

/** Puts methods and getters that go by `replace` on `target`, after those of `source`. */
function replaceMembers(source: object, names: string[], target: object, replace: Replace): void {
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    const descriptor = getOwnPropertyDescriptor(source, name);
    const original = (descriptor?.get ?? descriptor?.value) as Method | undefined;
    if (!original) continue;
    const shown = nativeFunction(original.name, original.length, (self, args) => replace(original, self, args));
    defineProperty(target, name, { __proto__: null, ...descriptor, [descriptor?.get ? 'get' : 'value']: shown } as PropertyDescriptor);
  }
}

const displayOf = (element: Element): string => getPropertyValue(nativeGetComputedStyle(element), 'display');

/** The frame's `display` as the page has it: the stand-in knows what is overruled. */
function ownDisplay(frame: Element, standIn: Element): string {
  const display = displayOf(frame);
  if (display !== 'contents') return display;
  const shown = getAttribute(standIn, 'display') ?? displayOf(standIn);
  return shown === 'inline-block' && !getAttribute(standIn, 'display') ? 'inline' : shown;
}

function answerForStyle(): void {
  replaceMembers(globalThis, ['getComputedStyle'], globalThis, (original, self, args) => {
    const frame = args[0] as Element;
    const standIn = standInOf(frame);
    // Where there is no box, there is nothing that the element would not say itself.
    if (!standIn || displayOf(standIn) === 'none') return apply(original, self, args);
    const get = (style: object, key: PropertyKey) => {
      if (key === 'display') return ownDisplay(frame, standIn);
      const value = reflectGet(style, key, style) as unknown;
      if (typeof value !== 'function') return value;
      return nativeFunction(value.name, value.length, (_self, given) =>
        key === 'getPropertyValue' && given[0] === 'display' ? ownDisplay(frame, standIn) : apply(value as Method, style, given),
      );
    };
    return new Proxy(apply(original, self, [standIn, args[1]]) as object, { __proto__: null, get } as ProxyHandler<object>);
  });
}

/**
 * What somebody does in a fenced frame activates nothing in the page around it, though the browser thinks so. Where the focus goes into a frame, that
 * is somebody's doing in there, until something is done in the page again.
 */
function answerForActivation(): void {
  const isInFrame = (node: unknown) => frameOf(node) !== null || isPrototypeOf(framePrototype, node);
  const isWithin = () => isInFrame(activeElement(document));
  let own = isNativelyActive(userActivation) && !isWithin() ? now(performance) : Number.NEGATIVE_INFINITY;
  let entered = Number.NEGATIVE_INFINITY;
  const types = ['keydown', 'mousedown', 'pointerdown', 'pointerup', 'touchend'];
  for (let index = 0; index < types.length; index++)
    addEventListener(
      self,
      types[index] as string,
      (event: Event) => {
        if (!event.isTrusted) return;
        // As long as nothing is shown in a frame, the page hears what is done there.
        if (isInFrame(eventTarget(event))) entered = now(performance);
        else own = now(performance);
      },
      true,
    );
  addEventListener(self, 'blur', () => {
    if (isWithin()) entered = now(performance);
  });
  const isRecent = (time: number) => now(performance) - time < ACTIVATION;
  replaceMembers(activationPrototype, ['isActive'], activationPrototype, (original, activation) => {
    return apply(original, activation, []) && (isRecent(own) || !(isRecent(entered) || isWithin()));
  });
  const wasActive = hasNativelyBeenActive(userActivation);
  const isOwn = () => wasActive || own > 0 || !(entered > 0 || isWithin());
  replaceMembers(activationPrototype, ['hasBeenActive'], activationPrototype, (original, activation) => {
    return apply(original, activation, []) && isOwn();
  });
  // It goes by that as well.
  replaceMembers(
    navigatorPrototype,
    ['vibrate'],
    navigatorPrototype,
    (original, navigator, args) => isOwn() && apply(original, navigator, args),
  );
}

/** `frame.onfencedtreeclick = …`: a property like any other to a browser that does not know the event. */
function callHandlers(): void {
  const call = (event: Event) => {
    const frame = eventTarget(event) as { onfencedtreeclick?: unknown } | null;
    const handler = frame?.onfencedtreeclick;
    if (typeof handler === 'function') apply(handler as Method, frame, [event]);
  };
  const once = { __proto__: null, once: true } as AddEventListenerOptions;
  addEventListener(
    self,
    'fencedtreeclick',
    (event: Event) => {
      const frame = eventTarget(event);
      if (isPrototypeOf(framePrototype, frame)) addEventListener(frame as EventTarget, 'fencedtreeclick', call, once);
    },
    true,
  );
}

export function answerForStandIns(): void {
  // A service worker that was stopped since has asked for it before.
  if (hasOwn(framePrototype, 'getBoundingClientRect')) return;
  const named = (value: unknown) => frameOf(value) ?? value;
  for (let index = 0; index < ABOUT_BOX.length; index++) {
    const [source, names] = ABOUT_BOX[index] as (typeof ABOUT_BOX)[0];
    replaceMembers(source, names, framePrototype, (original, self, args) => apply(original, standInOf(self) ?? self, args));
  }
  for (let index = 0; index < NAMING.length; index++) {
    const [prototype, names] = NAMING[index] as (typeof NAMING)[0];
    replaceMembers(prototype, names, prototype, (original, self, args) => {
      const result = apply(original, self, args);
      if (!isArray(result)) return named(result);
      const shown: unknown[] = [];
      // The path of an event has both.
      for (let at = 0; at < result.length; at++) if (frameOf(result[at]) !== result[at + 1]) append(shown, named(result[at]));
      return shown;
    });
  }
  answerForStyle();
  answerForActivation();
  callHandlers();
}
