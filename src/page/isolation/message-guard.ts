/**
 * The receiving end of every message from another origin: what is bound to its agent cluster does not come in.
 * https://html.spec.whatwg.org/multipage/structured-data.html#structureddeserialize
 *
 * Runs only in documents of sites that isolation was asked for. Where the browser keyed the document by its origin, it drops such messages
 * by itself, and nothing is left but to explain it. Where the browser may have kept the document with its site, as in a browsing context
 * group that keyed the origin so first, the data is looked through here.
 */

import { type Channel, type Found, GUARD_HANDSHAKE, type PageReport, REPORT } from '../../protocol/isolation';
import { asNative } from '../../webidl/native-function';
import {
  apply,
  construct,
  defineProperty,
  getOwnPropertyDescriptor,
  globalObject,
  Proxy,
  uncurryGetter,
  uncurryMethod,
  uncurryThis,
  WeakMap,
  weakMapGet,
  weakMapSet,
} from '../../webidl/primordials';
import { attachPort, createHost, handOver } from '../bridge/handed-over-port';
import { findBound } from './find-bound';
import { isIsolationRequested } from './requested-isolation';

const { origin: ownOrigin, crossOriginIsolated, document } = globalThis;
const NativeCustomEvent = CustomEvent;
const NativeMessageEvent = MessageEvent;
const NativeMutationObserver = MutationObserver;
const observe = uncurryMethod(MutationObserver, 'observe');
const addEventListener = uncurryMethod(EventTarget, 'addEventListener');
const dispatchEvent = uncurryMethod(EventTarget, 'dispatchEvent');
const stopImmediatePropagation = uncurryMethod(Event, 'stopImmediatePropagation');
const dataOf = uncurryGetter(MessageEvent, 'data');
const originOf = uncurryGetter(MessageEvent, 'origin');
const portsOf = uncurryGetter(MessageEvent, 'ports');
const targetOf = uncurryGetter(Event, 'target');
const sourceOf = uncurryGetter(MessageEvent, 'source');
const readOriginAgentCluster = getOwnPropertyDescriptor(globalThis, 'originAgentCluster')?.get;
const isOriginKeyed = readOriginAgentCluster ? (uncurryThis(readOriginAgentCluster)(globalThis) as boolean) : false;

/**
 * Isolation was asked for, and may not be there: messages have to be looked through. In cross-origin isolated documents `originAgentCluster`
 * is true in any case, and Chromium 120 has let shared memory pass there nevertheless.
 */
const isBorderOpen = (!isOriginKeyed || crossOriginIsolated) && isIsolationRequested();

const host = createHost();
const isolatedWorld = attachPort(host);

function report(detail: PageReport): void {
  dispatchEvent(isolatedWorld, new NativeCustomEvent(REPORT, { __proto__: null, detail } as CustomEventInit));
}

const CAPTURE = { __proto__: null, capture: true } as AddEventListenerOptions;

/** A `messageerror` in the message's place among the others: as the browser fires it where deserializing fails. */
function stop(event: MessageEvent, target: EventTarget, channel: Channel, from: string, found: readonly Found[]): void {
  stopImmediatePropagation(event);
  report({ __proto__: null, kind: 'stopped', channel, from, found } as PageReport);
  const init = { __proto__: null, origin: originOf(event), source: sourceOf(event) } as MessageEventInit;
  dispatchEvent(target, new NativeMessageEvent('messageerror', init));
}

const isSameOrigin = (event: MessageEvent, channel: Channel, from: string): boolean =>
  from === ownOrigin && (from !== 'null' || (channel === 'window' && (sourceOf(event) as unknown) === globalObject));

/** Runs for every message: nothing is made for those that pass. */
function receive(event: MessageEvent, target: EventTarget, channel: Channel, from: string): void {
  // What page code dispatches by itself has crossed no border.
  if (isSameOrigin(event, channel, from) || !event.isTrusted) return;
  const found = findBound(dataOf(event));
  if (found) stop(event, target, channel, from, found);
}

const reportDropped = (channel: Channel, from: string): void => report({ __proto__: null, kind: 'dropped', channel, from } as PageReport);

/** What arrives at anything but a window says nothing about where it comes from. */
function watchErrors(target: EventTarget, channel: Channel, from: string): void {
  const onMessageError = (event: Event) => {
    if (event.isTrusted) reportDropped(channel, from);
  };
  addEventListener(target, 'messageerror', onMessageError, CAPTURE);
}

/** The ports that have their listeners, and where their messages come from: empty where the browser does not say. */
const watched = new WeakMap<MessagePort, string>();

/** The listeners are there before any of the page's. A port is not started by them. */
function watchPort(port: MessagePort, from: string): void {
  if (weakMapGet(watched, port) !== undefined) return;
  weakMapSet(watched, port, from);
  if (isBorderOpen && from !== '')
    addEventListener(port, 'message', (event: Event) => receive(event as MessageEvent, port, 'port', from), CAPTURE);
  watchErrors(port, 'port', from);
}

const NO_ARGUMENTS: readonly never[] = [];
const originGetter = getOwnPropertyDescriptor(MessageEvent.prototype, 'origin')?.get as () => string;

function watchWindow(): void {
  const onMessage = (event: Event) => {
    let from: string;
    try {
      // For most messages this is all that the guard costs: one call, of the getter itself.
      from = apply(originGetter, event, NO_ARGUMENTS);
    } catch {
      // Page code dispatched an event of that name which is no MessageEvent.
      return;
    }
    if (from !== ownOrigin || from === 'null') receive(event as MessageEvent, globalObject, 'window', from);
  };
  const onMessageError = (event: Event) => {
    if (event.isTrusted) reportDropped('window', originOf(event as MessageEvent));
  };
  const listen = () => {
    // A listener is dearer than anything that it does.
    if (isBorderOpen) addEventListener(globalObject, 'message', onMessage, CAPTURE);
    addEventListener(globalObject, 'messageerror', onMessageError, CAPTURE);
  };
  listen();
  // document.open() takes all listeners off the window, and all nodes out of the document. Who still listens is not added twice.
  observe(new NativeMutationObserver(listen), document, { __proto__: null, childList: true } as MutationObserverInit);
}

/** Watches the ports that came with a message. */
function watchReceived(event: MessageEvent): readonly MessagePort[] {
  const ports = portsOf(event);
  if (ports.length === 0 || !event.isTrusted) return ports;
  const target = targetOf(event) as MessagePort | null;
  // A port's messages name no origin; they come from where the port came from.
  const from = (target && weakMapGet(watched, target)) ?? originOf(event);
  for (let index = 0; index < ports.length; index++) watchPort(ports[index] as MessagePort, from);
  return ports;
}

const readEvent = getOwnPropertyDescriptor(globalThis, 'event')?.get as () => MessageEvent;

function watchStarted(port: MessagePort): void {
  if (weakMapGet(watched, port) !== undefined) return;
  try {
    // Most pages start a port in the event that it came with.
    watchReceived(apply(readEvent, globalObject, NO_ARGUMENTS));
  } catch {
    // No event is being dispatched, or one that is no message.
  }
  watchPort(port, '');
}

const prototypeOfPorts = MessagePort.prototype;

/**
 * Watches received ports no later than they are started: nothing comes before. Asking every message for its ports would cost more than
 * all the rest.
 */
function watchReceivedPorts(): void {
  const ports = getOwnPropertyDescriptor(MessageEvent.prototype, 'ports');
  const onmessage = getOwnPropertyDescriptor(prototypeOfPorts, 'onmessage');
  const start = getOwnPropertyDescriptor(prototypeOfPorts, 'start');
  if (!ports?.get || !onmessage?.set || !start) return;
  const nativeSet = uncurryThis(onmessage.set as (this: MessagePort, value: unknown) => void);
  const nativeStart = uncurryThis(start.value as (this: MessagePort) => void);
  const watching = {
    ports(this: MessageEvent) {
      return watchReceived(this);
    },
    onmessage(this: MessagePort, value: unknown) {
      nativeSet(this, value);
      watchStarted(this);
    },
    start(this: MessagePort) {
      nativeStart(this);
      watchStarted(this);
    },
  };
  const replace = (prototype: object, name: string, descriptor: PropertyDescriptor) =>
    defineProperty(prototype, name, { __proto__: null, ...descriptor } as PropertyDescriptor);
  replace(MessageEvent.prototype, 'ports', { ...ports, get: asNative(watching.ports, 'get ports', 0) });
  replace(prototypeOfPorts, 'onmessage', { ...onmessage, set: asNative(watching.onmessage, 'set onmessage', 1) });
  replace(prototypeOfPorts, 'start', { ...start, value: asNative(watching.start, 'start', 0) });
}

/** Puts a constructor in the place of a native one that tells of each instance. */
function watchInstances<Instance extends object>(name: 'MessageChannel' | 'BroadcastChannel', met: (instance: Instance) => void): void {
  const descriptor = getOwnPropertyDescriptor(globalThis, name);
  const native = descriptor?.value as (new () => Instance) | undefined;
  if (!descriptor || !native) return;
  const { prototype } = native as { prototype: object };
  const handler = { __proto__: null } as ProxyHandler<new () => Instance>;
  const replacement = new Proxy(native, handler);
  handler.construct = (target, args, newTarget) => {
    const instance = construct(target, args, newTarget === replacement ? target : newTarget) as Instance;
    met(instance);
    return instance;
  };
  const constructor = getOwnPropertyDescriptor(prototype, 'constructor');
  defineProperty(prototype, 'constructor', { __proto__: null, ...constructor, value: replacement } as PropertyDescriptor);
  defineProperty(globalThis, name, { __proto__: null, ...descriptor, value: replacement } as PropertyDescriptor);
}

/** https://html.spec.whatwg.org/multipage/browsers.html#dom-document-domain: in an origin-keyed agent cluster it does nothing. */
function watchDocumentDomain(): void {
  const descriptor = getOwnPropertyDescriptor(Document.prototype, 'domain');
  if (!isOriginKeyed || !descriptor?.set) return;
  const nativeSet = uncurryThis(descriptor.set as (this: Document, value: unknown) => void);
  const { set } = {
    set(this: Document, value: unknown) {
      nativeSet(this, value);
      // Converting anything else once more would run page code once more.
      report({ __proto__: null, kind: 'document.domain', value: typeof value === 'string' ? value : '' } as PageReport);
    },
  };
  defineProperty(Document.prototype, 'domain', {
    __proto__: null,
    ...descriptor,
    set: asNative(set, 'set domain', 1),
  } as PropertyDescriptor);
}

export function installMessageGuard(): void {
  handOver(document, GUARD_HANDSHAKE, host);
  watchWindow();
  watchReceivedPorts();
  const port1 = uncurryGetter(MessageChannel, 'port1');
  const port2 = uncurryGetter(MessageChannel, 'port2');
  watchInstances<MessageChannel>('MessageChannel', (channel) => {
    watchPort(port1(channel), '');
    watchPort(port2(channel), '');
  });
  // Its messages come from this origin always, and what it drops from another agent cluster.
  watchInstances<BroadcastChannel>('BroadcastChannel', (channel) => watchErrors(channel, 'BroadcastChannel', ownOrigin));
  watchDocumentDomain();
}
