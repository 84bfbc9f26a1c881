/** `document.featurePolicy` of documents in fenced frames knows the features that Chromium has forgotten. */

import { FEATURES_OF_OPAQUE_URL, FEATURES_OF_URL, FENCED_FRAME_FEATURES, MARK_OF_OPAQUE_URL } from '../../spec/fenced-frame-features';
import { toDOMString } from '../../webidl/conversions';
import {
  append,
  apply,
  getOwnPropertyDescriptor,
  stringIndexOf,
  uncurryGetter,
  uncurryMethod,
  uncurryThis,
} from '../../webidl/primordials';
import { getAttribute } from '../bridge/dom';
import {
  deniedInName,
  featurePolicy,
  featurePolicyPrototype,
  frameElementOf,
  isFencedFrame,
  nativeAllowedFeatures,
  parentOf,
  serverTimingOf,
} from './frame-kind';
import { replaceMember, split } from './replace-member';

const { self } = globalThis;
const trim = uncurryMethod(String, 'trim');
const timingName = uncurryGetter(PerformanceServerTiming, 'name');
const timingDescription = uncurryGetter(PerformanceServerTiming, 'description');

const includes = (among: readonly string[], value: string): boolean => {
  for (let index = 0; index < among.length; index++) if (among[index] === value) return true;
  return false;
};

const nativeFeatures = featurePolicyPrototype ? uncurryThis(featurePolicyPrototype.features) : () => [] as string[];
const nativelyAllowed = featurePolicy && nativeAllowedFeatures ? nativeAllowedFeatures(featurePolicy) : [];

/** Whether the frame's config is one of selectURL(). */
export const isOpaque = includes(nativelyAllowed, MARK_OF_OPAQUE_URL);

const ofFrame = isOpaque ? FEATURES_OF_OPAQUE_URL : FEATURES_OF_URL;

/** Whether the document's own header denies it the feature: src/rules/permissions-policy.ts has the marks. A list of origins may. */
function deniesHeader(view: object, feature: string): boolean {
  const timings = serverTimingOf(view);
  for (let index = 0; index < timings.length; index++) {
    const timing = timings[index] as PerformanceServerTiming;
    if (timingName(timing) !== 'shared-storage-lab') continue;
    const mark = timingDescription(timing);
    if (mark === `${feature} none` || mark === `${feature} other` || mark === `${feature} feature-policy none`) return true;
  }
  return false;
}

/** Whether the iframe's `allow` attribute denies it the feature. */
function deniesAttribute(element: Element, feature: string): boolean {
  const declarations = split(getAttribute(element, 'allow') ?? '', ';');
  for (let index = 0; index < declarations.length; index++) {
    const declaration = trim(declarations[index] as string);
    if (stringIndexOf(`${declaration} `, `${feature} `) === 0) return stringIndexOf(declaration, "'none'") > 0;
  }
  return false;
}

/** What the embedder of the fenced frame denies its documents is in its name. */
function deniesEmbedder(view: object, feature: string): boolean {
  const denied = deniedInName(view);
  for (let index = 0; index < FENCED_FRAME_FEATURES.length; index++)
    if (FENCED_FRAME_FEATURES[index] === feature) return stringIndexOf(denied, `${index}`) >= 0;
  return false;
}

function isAllowed(feature: string): boolean {
  if (!includes(ofFrame, feature)) return false;
  for (let view: object = self; ; view = parentOf(view)) {
    if (deniesHeader(view, feature)) return false;
    if (isFencedFrame(view)) return !deniesEmbedder(view, feature);
    const element = frameElementOf(view);
    // The parent has another origin: what it has itself is not known.
    if (!element) return true;
    if (deniesAttribute(element, feature)) return false;
  }
}

/** `allowed` is decided once, as the browser does. */
export function knowForgottenFeatures(): void {
  const prototype = featurePolicyPrototype;
  if (!prototype || !featurePolicy) return;
  const policyOfDocument = featurePolicy;
  const allowed: string[] = [];
  for (let index = 0; index < FENCED_FRAME_FEATURES.length; index++) {
    const feature = FENCED_FRAME_FEATURES[index] as string;
    if (isAllowed(feature)) append(allowed, feature);
  }
  const replace = (name: string, answer: (args: ArrayLike<unknown>) => unknown) => {
    const native = getOwnPropertyDescriptor(prototype, name)?.value as (...args: unknown[]) => unknown;
    replaceMember(prototype, name, (policy, args) => {
      // That of an iframe is the browser's business.
      const own = policy === featurePolicy ? answer(args) : undefined;
      return own ?? apply(native, policy, args);
    });
  };
  const asked = (args: ArrayLike<unknown>) => (args.length > 0 ? toDOMString(args[0]) : '');
  const isOurs = (feature: string) => includes(FENCED_FRAME_FEATURES, feature) || feature === MARK_OF_OPAQUE_URL;
  replace('allowsFeature', (args) => {
    const feature = asked(args);
    return isOurs(feature) ? includes(allowed, feature) : undefined;
  });
  replace('getAllowlistForFeature', (args) => {
    const feature = asked(args);
    if (!isOurs(feature)) return undefined;
    return includes(allowed, feature) ? ['*'] : [];
  });
  replace('allowedFeatures', () => allowed);
  replace('features', () => {
    const features = nativeFeatures(policyOfDocument);
    for (let index = 0; index < FENCED_FRAME_FEATURES.length; index++) {
      const feature = FENCED_FRAME_FEATURES[index] as string;
      if (!includes(features, feature)) append(features, feature);
    }
    return features;
  });
}
