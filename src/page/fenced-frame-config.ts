/** FencedFrameConfig objects that stand for a URN. https://wicg.github.io/fenced-frame/#fenced-frame-config-interface */

import { exposeInterface, Interface } from '../webidl/interface';
import { create, getOwnPropertyDescriptor, WeakMap, weakMapGet, weakMapSet } from '../webidl/primordials';

type Class = { readonly prototype: object };

/** The browser's own interface, where it has one: what we make are instances of it that its own methods do not know. */
const native = getOwnPropertyDescriptor(globalThis, 'FencedFrameConfig')?.value as Class | undefined;
const ours = native ? null : new Interface('FencedFrameConfig');
const { prototype } = native ?? (ours as Class);

/** Each config's URN, which the page may not learn from it. */
const urns = new WeakMap<object, string>();

/** A config for an `urn:uuid:` that selectURL() resolved to. */
export function createFencedFrameConfig(urn: string): object {
  const config = create(prototype) as object;
  weakMapSet(urns, config, urn);
  return config;
}

/** The URN that one of our configs stands for; undefined for everything else. */
export const urnOf = (config: object): string | undefined => weakMapGet(urns, config);

export function exposeFencedFrameConfig(): void {
  if (ours) exposeInterface(globalThis, 'FencedFrameConfig', ours);
}
