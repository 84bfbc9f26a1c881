/** The FencedFrameConfig interface. https://wicg.github.io/fenced-frame/#fencedframeconfig */

import { MAXIMUM_CONTEXT_LENGTH } from '../../protocol/limits';
import { recognizeClones } from '../../webidl/clones';
import { toDOMString, toUSVString } from '../../webidl/conversions';
import { createInterfaceObject, Interface, lazily } from '../../webidl/interface';
import { bag, hasOwn, iteratorSymbol, stringSlice, uncurryGetter } from '../../webidl/primordials';
import { createReviver } from './revive-clones';

interface ConfigState {
  /** What selectURL() gave, `urn:uuid:…`, or what the page passed to the constructor. */
  readonly url: string;
  /** What worklets in the frame see; null where the embedder says nothing. */
  context: string | null;
}

const { self } = globalThis;
const NativeFile = File;
const blobType = uncurryGetter(Blob, 'type');
const fileName = uncurryGetter(File, 'name');

/** The type of the files that configs are made of; the name is the config's URL. */
const CARRIER_TYPE = 'shared-storage-lab/config';
/** No array, whose iterator page code may have replaced. */
const noParts = (): Iterable<BlobPart> =>
  bag({
    [iteratorSymbol]: () => bag({ next: () => bag({ done: true as const, value: undefined }) }),
  });

/** Makes the elements of another realm take our configs. */
let prepareElementsOf: ((realm: object) => void) | null = null;

export const prepareElementsWith = (prepare: typeof prepareElementsOf): void => {
  prepareElementsOf = prepare;
};

/**
 * None of our scripts runs in sandboxed documents without `allow-scripts`, nor yet in those that a frame has before its own. But the page can make
 * elements there, and before it gives one a config it makes that.
 */
function prepareFrames(): void {
  for (let index = 0; self[index]; index++) {
    try {
      const realm = self[index] as Window;
      if (!hasOwn(realm, 'SharedStorage')) prepareElementsOf?.(realm);
    } catch {
      // It has another origin.
    }
  }
}

const reviveClones = createReviver((value) => fencedFrameConfig().stateOf(value));

function make({ url }: ConfigState): object {
  reviveClones();
  prepareFrames();
  return new NativeFile(noParts() as BlobPart[], url, bag({ type: CARRIER_TYPE }));
}

function read(object: object): ConfigState | undefined {
  try {
    return blobType(object as Blob) === CARRIER_TYPE ? newState(fileName(object as File)) : undefined;
  } catch {
    // It is no file.
    return undefined;
  }
}

export const exposedConfig = createInterfaceObject(() => fencedFrameConfig());

export const fencedFrameConfig = lazily(() => {
  const made = new Interface<ConfigState>('FencedFrameConfig', {
    exposed: exposedConfig,
    length: 1,
    carrier: { make, read, recognize: recognizeClones },
    construct: (args) => newState(toUSVString(args[0])),
  });
  // https://wicg.github.io/shared-storage/#dom-fencedframeconfig-setsharedstoragecontext
  made.operation('setSharedStorageContext', 1, (state, args) => {
    state.context = stringSlice(toDOMString(args[0]), 0, MAXIMUM_CONTEXT_LENGTH);
  });
  return made;
});

const newState = (url: string): ConfigState => bag({ url, context: null });

/** The opaque result of selectURL() with `resolveToConfig`. */
export const createFencedFrameConfig = (urn: string): object => fencedFrameConfig().create(newState(urn));
