/** The FencedFrameConfig interface. https://wicg.github.io/fenced-frame/#fencedframeconfig */

import { toDOMString, toUSVString } from '../webidl/conversions';
import { Interface } from '../webidl/interface';
import { getOwnPropertyDescriptor, stringSlice } from '../webidl/primordials';

interface ConfigState {
  /** What selectURL() gave, `urn:uuid:…`, or what the page passed to the constructor. */
  readonly url: string;
  /** What worklets in the frame see; null where the embedder says nothing. */
  context: string | null;
}

/** In UTF-16 code units; Chromium cuts off what is more. */
const MAXIMUM_CONTEXT_LENGTH = 2048;

const native = getOwnPropertyDescriptor(globalThis, 'FencedFrameConfig')?.value as { prototype: object } | undefined;

export const fencedFrameConfig = new Interface<ConfigState>('FencedFrameConfig', {
  length: 1,
  construct: (args) => newState(toUSVString(args[0])),
  ...(native ? { prototype: native.prototype } : {}),
});

const newState = (url: string) => ({ __proto__: null, url, context: null }) as unknown as ConfigState;

/** The opaque result of selectURL() with `resolveToConfig`. */
export const createFencedFrameConfig = (urn: string): object => fencedFrameConfig.create(newState(urn));

// The size of an ad that an auction chose; selectURL() has none.
fencedFrameConfig.readonlyAttribute('width', () => null);
fencedFrameConfig.readonlyAttribute('height', () => null);

/** https://wicg.github.io/shared-storage/#dom-fencedframeconfig-setsharedstoragecontext */
fencedFrameConfig.operation('setSharedStorageContext', 1, (state, args) => {
  state.context = stringSlice(toDOMString(args[0]), 0, MAXIMUM_CONTEXT_LENGTH);
});
