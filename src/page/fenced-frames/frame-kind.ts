/** In which frame with an opaque URL a document is: by what only the extension can have left there, since nobody can be asked in time. */

import { URN_IFRAME } from '../../protocol/url-marks';
import { hasOwn, stringIndexOf, stringSlice } from '../../webidl/primordials';

const { credentialless, self } = globalThis;

/**
 * `fenced`: what a fenced frame shows. `nested`: a document in that, of whatever origin. `iframe`: what an iframe with an opaque URL shows.
 * `within`: a document in that, of its origin.
 */
export type FrameKind = 'fenced' | 'nested' | 'iframe' | 'within' | 'none';

/** The name of a fenced frame's iframe: `urn:uuid:` and a UUID, and then whatever name its documents give their window. */
const NAME_PREFIX = 'urn:uuid:';
export const OWN_NAME_LENGTH = 45;

/** Features that a fenced frame's documents may keep; an ordinary document keeps others as well. */
const KEPT = { __proto__: null, 'attribution-reporting': 1, 'private-aggregation': 1, 'shared-storage': 1, 'shared-storage-select-url': 1 };

function hasOtherFeatures(): boolean {
  const { featurePolicy } = document as Document & { readonly featurePolicy?: { allowedFeatures(): string[] } };
  const features = featurePolicy?.allowedFeatures() ?? [];
  for (let index = 0; index < features.length; index++) if (!hasOwn(KEPT, features[index] as string)) return true;
  return false;
}

/** A frame in a shadow tree is not among its parent's frames, which documents of other origins can see as well. */
function isInShadowTree(view: Window): boolean {
  const { parent } = view;
  for (let index = 0; index < parent.length; index++) if (parent[index] === view) return false;
  return true;
}

/** A fenced frame's iframe is credentialless, in a shadow tree, and without features: its documents inherit the first and the last. */
function kindInFencedFrame(): 'fenced' | 'nested' | null {
  if (!credentialless || hasOtherFeatures()) return null;
  if (stringIndexOf(self.name, NAME_PREFIX) === 0 && isInShadowTree(self)) return 'fenced';
  for (let view: Window = self.parent; view !== self.top; view = view.parent) if (isInShadowTree(view)) return 'nested';
  return null;
}

/** Asks before any script of the page can have changed what is asked. */
export function kindOfFrame(): FrameKind {
  if (self.top === self) return 'none';
  const inFencedFrame = kindInFencedFrame();
  if (inFencedFrame) return inFencedFrame;
  const [navigation] = performance.getEntriesByType('navigation');
  if (navigation && stringSlice(navigation.name, -URN_IFRAME.length) === URN_IFRAME) return 'iframe';
  try {
    return (self.parent as { fence?: unknown }).fence ? 'within' : 'none';
  } catch {
    // The parent has another origin.
    return 'none';
  }
}
