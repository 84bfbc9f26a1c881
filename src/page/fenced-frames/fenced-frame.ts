/**
 * The HTMLFencedFrameElement interface. https://wicg.github.io/fenced-frame/#the-fencedframe-element
 *
 * The browser's own element stays as it is, but can show nothing without the API that we stand for. So a child stands in for it, whose closed
 * shadow tree the bridge fills with an iframe: no script of the page can reach into it.
 */

import { ARM } from '../../protocol/page-channel';
import { exposeInterface } from '../../webidl/interface';
import { defineAttribute } from '../../webidl/native-function';
import {
  apply,
  getOwnPropertyDescriptor,
  globalObject,
  hasOwn,
  isInstance,
  react,
  setPrototypeOf,
  WeakMap,
  weakMapGet,
  weakMapSet,
} from '../../webidl/primordials';
import { addHostListener, handOver, judgeMessage, request } from '../bridge/bridge-channel';
import { defaultView, isSecureContext } from '../bridge/document-state';
import {
  addEventListener,
  dispatchEvent,
  document,
  getAttribute,
  NativeEvent,
  ownerDocument,
  stopImmediatePropagation,
} from '../bridge/dom';
import { exposedConfig, fencedFrameConfig, prepareElementsWith } from './fenced-frame-config';
import { observeNow, replaceObservers } from './observers';
import { createStandIn } from './stand-in';

interface FencedFrame {
  id: number;
  /** What the attribute shows; null once the page has taken its config away. */
  config: object | null;
}

const frames = new WeakMap<object, FencedFrame>();
/** Whether there may be anything that no window is to hear. */
let isArmed = false;
const arm = () => {
  isArmed = true;
};

const ignore = () => undefined;

type Method = (...args: unknown[]) => unknown;

/** An event that nobody but us hears while our listeners are there. */
const PROBE = 'shared-storage-lab-probe';
let isProbeHeard = false;

/**
 * Nobody may hear what a fenced frame says. Listeners of a window are called in the order of their addition, so this one is there from the
 * beginning, though any listener makes a message dearer by half a microsecond. The bridge's own would make it dearer still.
 */
function listen(): void {
  addEventListener(globalObject, 'message', () => {
    if (isArmed) judgeMessage();
  });
  addHostListener(ARM, arm);
  addEventListener(globalObject, PROBE, (event: Event) => {
    stopImmediatePropagation(event);
    isProbeHeard = true;
  });
}

/** False once document.open() has taken all listeners off the window. */
function isListening(): boolean {
  isProbeHeard = false;
  dispatchEvent(globalObject, new NativeEvent(PROBE));
  return isProbeHeard;
}

/** The frame as the bridge knows it, whose stand-in it has. */
function enrol(element: Element): FencedFrame {
  const known = weakMapGet(frames, element);
  if (known) return known;
  const frame = { __proto__: null, id: 0, config: null } as FencedFrame;
  weakMapSet(frames, element, frame);
  if (!isSecureContext) return frame;
  const showAgain = () => {
    if (frame.config) write(element, [frame.config]);
  };
  const isElsewhere = () => {
    const hasGone = frame.config ? isSetElsewhere(element, frame.config) : ownerDocument(element) !== document;
    if (hasGone) frame.config = null;
    return hasGone;
  };
  arm();
  frame.id = handOver(createStandIn(element, () => observeNow(element), showAgain, isElsewhere));
  return frame;
}

/** Shows what the config stands for; the promise is the bridge's business, the page is told nothing. */
function show({ id }: FencedFrame, url: string, context: string | null, element: unknown): void {
  if (!isSecureContext) return;
  const allow = getAttribute(element as Element, 'allow') ?? '';
  react(request('frame.show', { frame: id, url, context, allow, isSilent: isListening() }), ignore, ignore);
}

/** Asks for the frame's box alone. */
function prepare(element: Element): void {
  const { id } = enrol(element);
  const settled = () => observeNow(element);
  react(request('frame.show', { frame: id, url: null, context: null, allow: '', isSilent: true }), settled, settled);
}

const elementOf = (realm: object) => getOwnPropertyDescriptor(realm, 'HTMLFencedFrameElement')?.value as { prototype: object } | undefined;
const configOf = (prototype: object) => getOwnPropertyDescriptor(prototype, 'config') as { get?: Method; set?: Method } | undefined;

let native: { get: Method; set: Method };

const read = (self: unknown) => {
  const config = apply(native.get, self, []);
  return weakMapGet(frames, self as object)?.config ?? config;
};

/**
 * An element may be in another document by now than the one that it was made in. There is the box that it gets, and whoever answers for that: what it
 * shows is the affair of the realm there. True where that is another one, and has seen to it.
 */
function isSetElsewhere(element: object, config: unknown): boolean {
  const realm = defaultView(ownerDocument(element as Element) as Document) as object | null;
  const home = realm && hasOwn(realm, 'SharedStorage') && elementOf(realm)?.prototype;
  if (!home) return false;
  if (!isInstance(home, element)) setPrototypeOf(element, home);
  if (realm === globalObject) return false;
  apply(configOf(home)?.set as Method, element, [config]);
  return true;
}

function write(self: unknown, args: ArrayLike<unknown>): void {
  const known = weakMapGet(frames, self as object);
  if (isSetElsewhere(self as object, args[0])) {
    if (known) known.config = null;
    return;
  }
  const config = fencedFrameConfig().stateOf(args[0]);
  // It throws for what is no fenced frame, and for what is no config.
  apply(native.set, self, config ? [null] : args);
  if (!config) {
    if (known?.config) show(known, 'about:blank', null, self);
    if (known) known.config = null;
    return;
  }
  const frame = known ?? enrol(self as Element);
  frame.config = args[0] as object;
  show(frame, config.url, config.context, self);
}

export function installFencedFrames(): void {
  const element = elementOf(globalObject);
  const accessor = element && configOf(element.prototype);
  exposeInterface(globalObject, 'FencedFrameConfig', exposedConfig);
  if (!element || !accessor?.get || !accessor.set) return;
  native = accessor as typeof native;
  const { prototype } = element;
  defineAttribute(prototype, 'config', read, write);
  prepareElementsWith((realm) => defineAttribute((elementOf(realm) as { prototype: object }).prototype, 'config', read, write));
  if (!isSecureContext) return;
  replaceObservers(prototype, prepare);
  listen();
}
