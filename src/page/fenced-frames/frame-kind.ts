/** What frame the document is in, by what only the extension can have left there. */

import { ownNameIn } from '../../protocol/selected-frames';
import { URN_IFRAME } from '../../protocol/url-marks';
import { FENCED_FRAME_FEATURES, MARK_OF_OPAQUE_URL } from '../../spec/fenced-frame-features';
import { getOwnPropertyDescriptor, globalObject, stringIndexOf, stringSlice, uncurryThis } from '../../webidl/primordials';
import { entryName, getEntriesByType, serverTiming } from '../bridge/server-timings';

/**
 * `fenced`: a fenced frame's own document; `inner`: one in an iframe within, however deep; `iframe`: that of an iframe with an opaque URL; `nested`:
 * one of the same origin in an iframe of that.
 */
export type Kind = 'fenced' | 'inner' | 'iframe' | 'nested' | 'none';

const { document, self } = globalThis;

/** A window's own accessor, which works on other windows of its origin as well. */
export const windowGetter = (name: string) =>
  uncurryThis(getOwnPropertyDescriptor(globalObject, name)?.get ?? (() => undefined)) as (view: object) => unknown;

export const nativeName = windowGetter('name') as (view: object) => string;
const setNativeName = uncurryThis(getOwnPropertyDescriptor(globalObject, 'name')?.set ?? (() => undefined)) as (
  view: object,
  name: string,
) => void;
const isCredentialless = windowGetter('credentialless');
export const frameElementOf = windowGetter('frameElement') as (view: object) => Element | null;
export const parentOf = windowGetter('parent') as (view: object) => object;
const performanceOf = windowGetter('performance') as (view: object) => Performance;

/** Chromium's, which no other browser has. */
interface FeaturePolicy {
  allowedFeatures(): string[];
  features(): string[];
}

const featurePolicyInterface = getOwnPropertyDescriptor(globalObject, 'FeaturePolicy')?.value as { prototype: FeaturePolicy } | undefined;
export const featurePolicyPrototype = featurePolicyInterface?.prototype;
export const featurePolicy = (document as { featurePolicy?: FeaturePolicy }).featurePolicy;
export const nativeAllowedFeatures = featurePolicyPrototype && uncurryThis(featurePolicyPrototype.allowedFeatures);

function navigationOf(view: object): PerformanceNavigationTiming | undefined {
  return getEntriesByType(performanceOf(view), 'navigation')[0] as PerformanceNavigationTiming | undefined;
}

/** What declarative rules say of the response that the document came by. */
export const serverTimingOf = (view: object): readonly PerformanceServerTiming[] => {
  const navigation = navigationOf(view);
  return navigation ? serverTiming(navigation) : [];
};

/** A fenced frame's name: a URN, what its embedder denies it, and after a space what its documents call themselves. */
const URN = 'urn:uuid:';
const URN_LENGTH = 45;

/** What stands between the URN and the page's own name. */
export function deniedInName(view: object): string {
  const name = nativeName(view);
  const end = stringIndexOf(name, ' ');
  return stringSlice(name, URN_LENGTH, end < 0 ? name.length : end);
}

export function ownName(): string {
  const name = nativeName(self);
  const end = stringIndexOf(name, ' ');
  return end < 0 ? '' : stringSlice(name, end + 1);
}

export function setOwnName(name: string): void {
  setNativeName(self, `${stringSlice(nativeName(self), 0, URN_LENGTH)}${deniedInName(self)} ${name}`);
}

/** Of an iframe with an opaque URL, which may have been led there under another name. */
export function takeOwnName(): void {
  const name = nativeName(self);
  const own = ownNameIn(name, stringIndexOf, stringSlice);
  if (own !== name) setNativeName(self, own);
}

export const isFencedFrame = (view: object): boolean => isCredentialless(view) === true && stringIndexOf(nativeName(view), URN) === 0;

/** Nothing but a fenced frame takes all features away. */
function isInFencedFrame(): boolean {
  if (!self.credentialless || !nativeAllowedFeatures || !featurePolicy) return false;
  const allowed = nativeAllowedFeatures(featurePolicy);
  for (let index = 0; index < allowed.length; index++) if (!isKept(allowed[index] as string)) return false;
  return true;
}

function isKept(feature: string): boolean {
  for (let index = 0; index < FENCED_FRAME_FEATURES.length; index++) if (FENCED_FRAME_FEATURES[index] === feature) return true;
  return feature === MARK_OF_OPAQUE_URL;
}

/** Whether the document is in a fenced frame, however deep. */
export const isInFencedTree = (): boolean => isFencedFrame(self) || (self.top !== self && isInFencedFrame());

export function kindOfFrame(): Kind {
  if (isFencedFrame(self)) return 'fenced';
  if (self.top === self) return 'none';
  if (isInFencedFrame()) return 'inner';
  // A document around may call anything of its own `fence`: what counts is how it came there.
  let view: object = self;
  try {
    for (let kind: Kind = 'iframe'; ; kind = 'nested') {
      const navigation = navigationOf(view);
      if (navigation && stringSlice(entryName(navigation), -URN_IFRAME.length) === URN_IFRAME) return kind;
      const parent = parentOf(view);
      if (parent === view) return 'none';
      view = parent;
    }
  } catch {
    // The next one has another origin.
    return 'none';
  }
}
