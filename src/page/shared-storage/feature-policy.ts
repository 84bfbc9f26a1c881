/**
 * `document.featurePolicy`, and that of an iframe, know the features that Chromium has forgotten: pages ask there whether they may use the API,
 * and the console has no warning about a name that the browser does not know. What is said here decides nothing.
 */

import { toDOMString } from '../../webidl/conversions';
import {
  append,
  apply,
  getOwnPropertyDescriptor,
  globalObject,
  stringIndexOf,
  uncurryGetterOf,
  uncurryMethod,
  WeakMap,
  weakMapGet,
  weakMapSet,
} from '../../webidl/primordials';
import { origin } from '../bridge/document-state';
import { getAttribute, iframeSrc } from '../bridge/dom';
import { parseURL, urlOrigin } from '../bridge/page-url';
import { serverTimingsOf, timingDescription, timingName } from '../bridge/server-timings';
import { split, wrapMember } from '../fenced-frames/replace-member';

const FEATURES = ['shared-storage-select-url', 'shared-storage', 'private-aggregation'];

/** An allowlist: `*`, the document's origin, or empty for nobody. DEVIATION: of other origins in a list of the header's nothing is known in time. */
type Allowlist = string;
const ANYBODY = '*';

interface Windowed {
  readonly frameElement: Element | null;
  readonly parent: Windowed;
  readonly performance: Performance;
}

const windowGetter = <Name extends keyof Windowed>(name: Name) => uncurryGetterOf(globalObject as Windowed, name);
const frameElement = windowGetter('frameElement');
const parentOf = windowGetter('parent');
const performanceOf = windowGetter('performance');
const trim = uncurryMethod(String, 'trim');

/** Null for what is no absolute URL. */
const originOf = (url: string): string | null => {
  const parsed = stringIndexOf(url, ':') > 0 ? parseURL(url) : null;
  return parsed && urlOrigin(parsed);
};

const matches = (list: Allowlist, asked: string | null): boolean => list === ANYBODY || list === asked;

/** What the document's own header says, by the marks of src/rules/permissions-policy.ts. */
function declaredIn(view: Windowed, feature: string): Allowlist {
  const timings = serverTimingsOf(performanceOf(view));
  let list: Allowlist = ANYBODY;
  let isAnybody = false;
  for (let index = 0; index < timings.length; index++) {
    const timing = timings[index] as PerformanceServerTiming;
    const mark = timingDescription(timing);
    if (timingName(timing) !== 'shared-storage-lab' || stringIndexOf(mark, `${feature} `) !== 0) continue;
    if (stringIndexOf(mark, ' none') > 0) return '';
    if (stringIndexOf(mark, ' all') > 0) isAnybody = true;
    list = origin;
  }
  return isAnybody ? ANYBODY : list;
}

/** Whether the `allow` attribute gives the feature to what is there; without it, everybody has the feature. */
function isGiven(element: Element, feature: string, asked: string | null): boolean {
  const declarations = split(getAttribute(element, 'allow') ?? '', ';');
  for (let index = 0; index < declarations.length; index++) {
    const words = split(trim(declarations[index] as string), ' ');
    if (words[0] !== feature) continue;
    for (let at = 1; at < words.length; at++) {
      const word = words[at] as string;
      if (word === ANYBODY || word === "'src'" || (word === "'self'" ? origin : originOf(word)) === asked) return true;
    }
    return words.length < 2;
  }
  return true;
}

/** Whether the document lets what is in the element have the feature. */
function passesOn(view: Windowed, element: Element, feature: string, asked: string | null): boolean {
  const list = allowlistOf(view, feature);
  return matches(list, origin) && matches(list, asked) && isGiven(element, feature, asked);
}

/** DEVIATION: what a parent of another origin denies is not known. */
function allowlistOf(view: Windowed, feature: string): Allowlist {
  const element = frameElement(view);
  return !element || passesOn(parentOf(view), element, feature, origin) ? declaredIn(view, feature) : '';
}

const iframes = new WeakMap<object, Element>();

function allowlist(policy: object, feature: string): Allowlist {
  const element = weakMapGet(iframes, policy);
  if (!element) return allowlistOf(globalObject, feature);
  const url = iframeSrc(element as HTMLIFrameElement);
  return passesOn(globalObject, element, feature, url ? originOf(url) : origin) ? ANYBODY : '';
}

/** Calls `answer` for one of the features; the browser knows the others. */
const replaceQuestion = (prototype: object, name: string, answer: (list: Allowlist, args: ArrayLike<unknown>) => unknown) =>
  wrapMember(prototype, name, (native, policy, args) => {
    for (let index = 0; index < FEATURES.length; index++) {
      const feature = FEATURES[index] as string;
      if (args[0] !== feature) continue;
      // It throws for what is no policy.
      apply(native, policy, ['fullscreen']);
      return answer(allowlist(policy as object, feature), args);
    }
    return apply(native, policy, args);
  });

const replaceList = (prototype: object, name: string, isListed: (policy: object, feature: string) => boolean) =>
  wrapMember(prototype, name, (native, policy) => {
    const list = apply(native, policy, []) as string[];
    for (let index = 0; index < FEATURES.length; index++) {
      const feature = FEATURES[index] as string;
      if (isListed(policy as object, feature)) append(list, feature);
    }
    return list;
  });

export function installFeaturePolicy(): void {
  const prototype = (getOwnPropertyDescriptor(globalObject, 'FeaturePolicy')?.value as { prototype: object } | undefined)?.prototype;
  if (!prototype) return;
  wrapMember(HTMLIFrameElement.prototype, 'featurePolicy', (native, element) => {
    const policy = apply(native, element, []) as object;
    weakMapSet(iframes, policy, element as Element);
    return policy;
  });
  const isFor = (list: Allowlist, args: ArrayLike<unknown>) => {
    const asked = args.length > 1 ? originOf(toDOMString(args[1])) : origin;
    return asked !== null && asked !== 'null' && matches(list, asked);
  };
  replaceQuestion(prototype, 'allowsFeature', isFor);
  replaceQuestion(prototype, 'getAllowlistForFeature', (list) => (list ? [list] : []));
  replaceList(prototype, 'features', () => true);
  replaceList(prototype, 'allowedFeatures', (policy, feature) => matches(allowlist(policy, feature), origin));
}
