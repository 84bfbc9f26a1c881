/**
 * The HTMLFencedFrameElement interface. https://wicg.github.io/fenced-frame/#the-fencedframe-element
 *
 * The browser's own element stays as it is, but can show nothing without the API that we stand for. So it gets a child, whose closed shadow
 * tree the bridge fills with an iframe: no script of the page can reach into it.
 */

import { defineAttribute, exposeInterface, nativeFunction } from '../../webidl/interface';
import {
  apply,
  defineProperty,
  getOwnPropertyDescriptor,
  hasOwn,
  react,
  uncurryThis,
  WeakMap,
  weakMapGet,
  weakMapSet,
} from '../../webidl/primordials';
import { handOver, judgeMessage, request } from '../bridge/bridge-channel';
import { parseURL, urlHref } from '../bridge/page-url';
import { fencedFrameConfig } from './fenced-frame-config';

const createElement = uncurryThis(Document.prototype.createElement) as (self: Document, name: string) => HTMLElement;
const appendChild = uncurryThis(Node.prototype.appendChild) as (self: Node, child: Node) => Node;
const addEventListener = uncurryThis(EventTarget.prototype.addEventListener);
const dispatchEvent = uncurryThis(EventTarget.prototype.dispatchEvent);
const stopImmediatePropagation = uncurryThis(Event.prototype.stopImmediatePropagation);
const NativeEvent = Event;
const { document } = globalThis;

interface FencedFrame {
  readonly id: number;
  readonly host: HTMLElement;
  /** What the attribute shows; null once the page has taken its config away. */
  config: object | null;
}

const frames = new WeakMap<object, FencedFrame>();
let lastId = 0;

/** The box of the element is that of the child that stands in for it. */
const GEOMETRY: [object, string[]][] = [
  [Element.prototype, ['getBoundingClientRect', 'getClientRects', 'clientWidth', 'clientHeight', 'clientTop', 'clientLeft']],
  [HTMLElement.prototype, ['offsetWidth', 'offsetHeight', 'offsetTop', 'offsetLeft', 'offsetParent']],
];

const ignore = () => undefined;

type Method = (...args: unknown[]) => unknown;

function delegateGeometry(prototype: object): void {
  for (let group = 0; group < GEOMETRY.length; group++) {
    const [owner, names] = GEOMETRY[group] as (typeof GEOMETRY)[0];
    for (let index = 0; index < names.length; index++) {
      const name = names[index] as string;
      const { get, value } = getOwnPropertyDescriptor(owner, name) as { get?: Method; value?: Method };
      const steps = (self: unknown, args: ArrayLike<unknown>) =>
        apply((get ?? value) as Method, weakMapGet(frames, self as object)?.host ?? self, args);
      const ours = nativeFunction(get ? `get ${name}` : name, 0, steps);
      const accessor = get ? { get: ours, set: undefined } : { value: ours, writable: true };
      defineProperty(prototype, name, {
        __proto__: null,
        ...accessor,
        enumerable: true,
        configurable: true,
      } as unknown as PropertyDescriptor);
    }
  }
}

/** An event that nobody but us hears while our listeners are there. */
const PROBE = 'shared-storage-lab-probe';
let isProbeHeard = false;

/**
 * Nobody may hear what a fenced frame says. Listeners of a window are called in the order of their addition, so this one is there from the
 * beginning, though any listener makes a message dearer by half a microsecond. The bridge's own would make it dearer still.
 */
function listen(): void {
  addEventListener(globalThis, 'message', () => {
    if (lastId > 0) judgeMessage();
  });
  addEventListener(globalThis, PROBE, (event: Event) => {
    stopImmediatePropagation(event);
    isProbeHeard = true;
  });
}

/** False once document.open() has taken all listeners off the window. */
function isListening(): boolean {
  isProbeHeard = false;
  dispatchEvent(globalThis, new NativeEvent(PROBE));
  return isProbeHeard;
}

/** Shows what the config stands for; the promise is the bridge's business, the page is told nothing. */
function show({ id }: FencedFrame, url: string, context: string | null): void {
  const parsed = parseURL(url);
  if (parsed) react(request('frame.show', { frame: id, url: urlHref(parsed), context, isSilent: isListening() }), ignore, ignore);
}

/** https://wicg.github.io/fenced-frame/#dom-htmlfencedframeelement-canloadopaqueurl */
function defineCanLoadOpaqueURL(interfaceObject: object): void {
  // Chromium of today has it no more.
  if (hasOwn(interfaceObject, 'canLoadOpaqueURL')) return;
  const value = nativeFunction('canLoadOpaqueURL', 0, () => true);
  defineProperty(interfaceObject, 'canLoadOpaqueURL', {
    __proto__: null,
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  } as PropertyDescriptor);
}

export function installFencedFrames(): void {
  const native = getOwnPropertyDescriptor(globalThis, 'HTMLFencedFrameElement')?.value as { prototype: object } | undefined;
  const accessor = native && getOwnPropertyDescriptor(native.prototype, 'config');
  exposeInterface(globalThis, 'FencedFrameConfig', fencedFrameConfig);
  if (!native || !accessor?.get || !accessor.set) return;
  defineCanLoadOpaqueURL(native);
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
    let frame = weakMapGet(frames, self as object);
    if (!config) {
      if (frame?.config) show(frame, 'about:blank', null);
      if (frame) frame.config = null;
      return;
    }
    if (!frame) {
      if (lastId === 0) delegateGeometry(prototype);
      const host = createElement(document, 'shared-storage-lab-frame');
      frame = { __proto__: null, id: ++lastId, host, config: null } as unknown as FencedFrame;
      weakMapSet(frames, self as object, frame);
      handOver(host);
      appendChild(self as Node, host);
    }
    frame.config = args[0] as object;
    show(frame, config.url, config.context);
  };
  defineAttribute(prototype, 'config', read, write);
  listen();
}
