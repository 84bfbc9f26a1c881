/**
 * The receiving end of every message from another origin: what is bound to its agent cluster does not come in.
 * https://html.spec.whatwg.org/multipage/structured-data.html#structureddeserialize
 *
 * Runs only in documents of sites that isolation was asked for. Chromium drops such messages by itself in most of its versions; then nothing
 * is left to stop here, and the isolated world explains what happened (content/explain-isolation.ts).
 */

import { type Channel, type Found, GUARD_HANDSHAKE, type PageReport, REPORT } from '../protocol/isolation';
import { asNative } from '../webidl/interface';
import { construct, defineProperty, getOwnPropertyDescriptor, Proxy, uncurryGetter, uncurryThis } from '../webidl/primordials';
import { findBound } from './find-bound';
import { createPort } from './handed-over-port';

const { origin: ownOrigin } = globalThis;
const NativeCustomEvent = CustomEvent;
const NativeMessageEvent = MessageEvent;
const addEventListener = uncurryThis(EventTarget.prototype.addEventListener);
const dispatchEvent = uncurryThis(EventTarget.prototype.dispatchEvent);
const stopImmediatePropagation = uncurryThis(Event.prototype.stopImmediatePropagation);
const dataOf = uncurryGetter(MessageEvent.prototype, 'data');
const originOf = uncurryGetter(MessageEvent.prototype, 'origin');
const portsOf = uncurryGetter(MessageEvent.prototype, 'ports');
const sourceOf = uncurryGetter(MessageEvent.prototype, 'source');
const readOriginAgentCluster = getOwnPropertyDescriptor(globalThis, 'originAgentCluster')?.get;
const isOriginKeyed = readOriginAgentCluster ? (uncurryThis(readOriginAgentCluster)(globalThis) as boolean) : false;

const { port: isolatedWorld, handOver } = createPort(GUARD_HANDSHAKE);

function report(detail: PageReport): void {
  dispatchEvent(isolatedWorld, new NativeCustomEvent(REPORT, { __proto__: null, detail } as CustomEventInit));
}

const CAPTURE = { __proto__: null, capture: true } as AddEventListenerOptions;

/** From which channel a message came, and from which origin: empty where the browser does not say. */
interface Source {
  readonly target: EventTarget;
  readonly channel: Channel;
  readonly from: string;
}

/** A `messageerror` in the message's place among the others: as the browser fires it where deserializing fails. */
function stop(event: MessageEvent, { target, channel, from }: Source, found: readonly Found[]): void {
  stopImmediatePropagation(event);
  report({ __proto__: null, kind: 'stopped', channel, from, found } as PageReport);
  const init = { __proto__: null, origin: originOf(event), source: sourceOf(event) } as MessageEventInit;
  dispatchEvent(target, new NativeMessageEvent('messageerror', init));
}

const isSameOrigin = (event: MessageEvent, { channel, from }: Source): boolean =>
  from === ownOrigin && (from !== 'null' || (channel === 'window' && (sourceOf(event) as unknown) === globalThis));

function receive(event: MessageEvent, source: Source): void {
  // What page code dispatches by itself has crossed no border.
  if (!event.isTrusted) return;
  const { channel, from } = source;
  if (isOriginKeyed && from !== '' && !isSameOrigin(event, source)) {
    const found = findBound(dataOf(event));
    if (found) {
      stop(event, source, found);
      return;
    }
  }
  if (channel === 'BroadcastChannel') return;
  const ports = portsOf(event);
  for (let index = 0; index < ports.length; index++) watch(ports[index] as MessagePort, 'port', from);
}

/** Listeners that are there before any of the page's. A port is not started by them. */
function watch(target: EventTarget, channel: Channel, from: string): void {
  const sourceOfEvent = (event: Event): Source =>
    ({
      __proto__: null,
      target,
      channel,
      from: channel === 'window' ? originOf(event as MessageEvent) : from,
    }) as Source;
  addEventListener(target, 'message', (event: Event) => receive(event as MessageEvent, sourceOfEvent(event)), CAPTURE);
  const onError = (event: Event) => {
    if (event.isTrusted) report({ __proto__: null, kind: 'dropped', channel, from: sourceOfEvent(event).from } as PageReport);
  };
  addEventListener(target, 'messageerror', onError, CAPTURE);
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
  handOver();
  watch(globalThis, 'window', '');
  const port1 = uncurryGetter(MessageChannel.prototype, 'port1');
  const port2 = uncurryGetter(MessageChannel.prototype, 'port2');
  watchInstances<MessageChannel>('MessageChannel', (channel) => {
    watch(port1(channel), 'port', '');
    watch(port2(channel), 'port', '');
  });
  watchInstances<BroadcastChannel>('BroadcastChannel', (channel) => watch(channel, 'BroadcastChannel', ownOrigin));
  watchDocumentDomain();
}
