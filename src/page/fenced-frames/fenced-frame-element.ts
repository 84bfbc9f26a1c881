/**
 * HTMLFencedFrameElement and Fence where the browser has neither. https://wicg.github.io/fenced-frame/#the-fencedframe-element
 *
 * There `fencedframe` makes an HTMLUnknownElement. It becomes one of ours when it is first asked for its config, or whether it is one.
 */

import { recognizeClones } from '../../webidl/clones';
import { toDOMString } from '../../webidl/conversions';
import { typeError } from '../../webidl/exceptions';
import { exposeInterface, Interface } from '../../webidl/interface';
import { defineAttribute } from '../../webidl/native-function';
import { apply, defineProperty, getOwnPropertyDescriptor, uncurryGetter } from '../../webidl/primordials';
import { getAttribute, localName, setAttribute } from '../bridge/dom';

const namespaceURI = uncurryGetter(Element, 'namespaceURI');

type Method = (...args: unknown[]) => unknown;

function isFencedFrame(object: object): boolean {
  try {
    return localName(object as Element) === 'fencedframe' && namespaceURI(object as Element) === 'http://www.w3.org/1999/xhtml';
  } catch {
    // It is no element.
    return false;
  }
}

function requireFencedFrame(element: Interface<object>, self: unknown): Element {
  if (!element.stateOf(self)) throw typeError('Illegal invocation');
  return self as Element;
}

function defineReflectingAttribute(element: Interface<object>, name: string): void {
  const get = (self: unknown) => getAttribute(requireFencedFrame(element, self), name) ?? '';
  const set = (self: unknown, args: ArrayLike<unknown>) => setAttribute(requireFencedFrame(element, self), name, toDOMString(args[0]));
  defineAttribute(element.prototype, name, get, set);
}

/** The config of an element that nobody has set: installFencedFrames() puts its own accessor in front of this one. */
function defineConfig(element: Interface<object>): void {
  const get = (self: unknown) => {
    requireFencedFrame(element, self);
    return null;
  };
  const set = (self: unknown, args: ArrayLike<unknown>) => {
    requireFencedFrame(element, self);
    if (args[0] === null || args[0] === undefined) return;
    throw typeError("Failed to set the 'config' property on 'HTMLFencedFrameElement': Failed to convert value to 'FencedFrameConfig'.");
  };
  defineAttribute(element.prototype, 'config', get, set);
}

/** On an element that has not become one of ours yet; on all other unknown elements, it is as if there were none. */
function defineConfigOfUnknownElements(element: Interface<object>): void {
  const { prototype } = HTMLUnknownElement;
  const ours = (self: unknown) => (element.stateOf(self) ? getOwnPropertyDescriptor(element.prototype, 'config') : undefined);
  const get = (self: unknown) => apply(ours(self)?.get ?? (() => undefined), self, []);
  const set = (self: unknown, args: ArrayLike<unknown>) => {
    const value = args[0];
    const descriptor = { __proto__: null, value, writable: true, enumerable: true, configurable: true } as PropertyDescriptor;
    if (element.stateOf(self)) apply(ours(self)?.set as Method, self, [value]);
    else defineProperty(self as object, 'config', descriptor);
  };
  defineAttribute(prototype, 'config', get, set);
}

export function provideFencedFrameElement(): void {
  // It would cost every other page.
  const element = new Interface<object>('HTMLFencedFrameElement', {
    parent: { interfaceObject: HTMLElement, prototype: HTMLElement.prototype },
    carrier: { make: (state) => state, read: (object) => (isFencedFrame(object) ? {} : undefined), recognize: recognizeClones },
  });
  defineConfig(element);
  for (const name of ['width', 'height', 'allow']) defineReflectingAttribute(element, name);
  defineConfigOfUnknownElements(element);
  exposeInterface(globalThis, 'HTMLFencedFrameElement', element);
  exposeInterface(globalThis, 'Fence', new Interface('Fence'));
  defineAttribute(globalThis, 'fence', () => null);
}
