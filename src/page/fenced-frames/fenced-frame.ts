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
  react,
  uncurryThis,
  WeakMap,
  weakMapGet,
  weakMapSet,
} from '../../webidl/primordials';
import { addWakerListener, handOver, judgeMessage, request } from '../bridge/bridge-channel';
import { isSecureContext } from '../bridge/document-state';
import { addEventListener, dispatchEvent, getAttribute } from '../bridge/dom';
import { fencedFrameConfig } from './fenced-frame-config';
import { observeNow, replaceObservers } from './observers';
import { createStandIn } from './stand-in';

const stopImmediatePropagation = uncurryThis(Event.prototype.stopImmediatePropagation);
const NativeEvent = Event;

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
  addWakerListener(ARM, arm);
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
    const config = frame.config && fencedFrameConfig.stateOf(frame.config);
    if (config) show(frame, config.url, config.context, element);
  };
  arm();
  frame.id = handOver(createStandIn(element, () => observeNow(element), showAgain));
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

export function installFencedFrames(): void {
  const native = getOwnPropertyDescriptor(globalObject, 'HTMLFencedFrameElement')?.value as { prototype: object } | undefined;
  const accessor = native && getOwnPropertyDescriptor(native.prototype, 'config');
  exposeInterface(globalObject, 'FencedFrameConfig', fencedFrameConfig);
  if (!native || !accessor?.get || !accessor.set) return;
  const { prototype } = native;
  const { get: nativeGet, set: nativeSet } = accessor as { get: Method; set: Method };

  const read = (self: unknown) => {
    const config = apply(nativeGet, self, []);
    return weakMapGet(frames, self as object)?.config ?? config;
  };
  const write = (self: unknown, args: ArrayLike<unknown>) => {
    const config = fencedFrameConfig.stateOf(args[0]);
    // It throws for what is no fenced frame, and for what is no config.
    apply(nativeSet, self, config ? [null] : args);
    const known = weakMapGet(frames, self as object);
    if (!config) {
      if (known?.config) show(known, 'about:blank', null, self);
      if (known) known.config = null;
      return;
    }
    const frame = known ?? enrol(self as Element);
    frame.config = args[0] as object;
    show(frame, config.url, config.context, self);
  };
  defineAttribute(prototype, 'config', read, write);
  if (!isSecureContext) return;
  replaceObservers(prototype, prepare);
  listen();
}
