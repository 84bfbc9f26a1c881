/** Where links and `window.open()` in a fenced frame lead: there is no opener, and nothing outside the frame that a name could stand for. */

import { toDOMString, toUSVString } from '../../webidl/conversions';
import { nativeFunction } from '../../webidl/native-function';
import {
  apply,
  defineProperty,
  getOwnPropertyDescriptor,
  isInstance,
  react,
  uncurryGetter,
  uncurryMethod,
  uncurryThis,
} from '../../webidl/primordials';
import { request } from '../bridge/bridge-channel';
import { addEventListener, eventTarget, getAttribute, hasAttribute, parentNode, preventDefault, setAttribute } from '../bridge/dom';
import { parseURL, urlHref } from '../bridge/page-url';
import { nativeName, ownName, windowGetter } from './frame-kind';
import { toLowerCase } from './frames-within';
import { wrapMember } from './replace-member';
import { consumeUserActivation, isNativelyActiveNow } from './user-activation';

const defaultPrevented = uncurryGetter(Event, 'defaultPrevented');
const composedPath = uncurryMethod(Event, 'composedPath');
const anchorPrototype = HTMLAnchorElement.prototype;
const areaPrototype = HTMLAreaElement.prototype;
const eventSubmitter = uncurryGetter(SubmitEvent, 'submitter');
const { open: nativeOpen, self, setTimeout: nativeSetTimeout } = globalThis;
const NativeFormData = FormData;
const eachField = uncurryMethod(FormData, 'forEach');
const fileName = uncurryGetter(File, 'name');
const NativeURLSearchParams = URLSearchParams;
const appendTo = uncurryMethod(URLSearchParams, 'append');
const queryText = uncurryMethod(URLSearchParams, 'toString');
const setSearch = uncurryThis(getOwnPropertyDescriptor(URL.prototype, 'search')?.set as (value: string) => void);

const frameCount = windowGetter('length') as (view: object) => number;

const ignore = () => undefined;

/** Leads out of the frame: in the tab, or in a new one. The service worker sees to it, and asks for a user's gesture; one that comes later does not count. */
function leave(url: string, newTab: boolean): null {
  const parsed = parseURL(url);
  // No URL, no navigation.
  if (!parsed) return null;
  react(request('fence.leave', { url: urlHref(parsed), newTab, isActive: isNativelyActiveNow() }), ignore, ignore);
  consumeUserActivation();
  return null;
}

/** Whether a frame in this one is called so. */
function isNameOfFrame(name: string, view: Window): boolean {
  const count = frameCount(view);
  for (let index = 0; index < count; index++) {
    const inner = view[index] as Window;
    try {
      if (nativeName(inner) === name) return true;
    } catch {
      // It has another origin, and its name is not told.
    }
    if (isNameOfFrame(name, inner)) return true;
  }
  return false;
}

/** What the frame's own document means by `_top` and `_parent` is the frame itself. */
function isWithin(target: string, isRoot: boolean): boolean {
  const lower = toLowerCase(target);
  if (lower === '' || lower === '_self' || lower === '_top' || lower === '_parent') return true;
  return lower !== '_blank' && ((isRoot && target === ownName()) || isNameOfFrame(target, self));
}

function go(url: string, target: string, isRoot: boolean): unknown {
  if (target === '_unfencedTop') return leave(url, false);
  if (!isWithin(target, isRoot)) return leave(url, true);
  const isSelf = isRoot && !isNameOfFrame(target, self);
  return apply(nativeOpen, self, [url, isSelf ? '_self' : target]);
}

function linkOf(event: Event): Element | null {
  for (let node = composedPath(event)[0] as Node | null; node; node = parentNode(node))
    if (isInstance(anchorPrototype, node) || isInstance(areaPrototype, node)) return node as Element;
  return null;
}

/** Sends a form of the frame's own document there where its target means the frame itself; the attributes are the page's again afterwards. */
function retarget(form: Element, submitter: Element | null): () => void {
  const element = submitter && hasAttribute(submitter, 'formtarget') ? submitter : form;
  const name = element === form ? 'target' : 'formtarget';
  const given = getAttribute(element, name);
  const lower = toLowerCase(given ?? '');
  if (given === null || (lower !== '_top' && lower !== '_parent')) return ignore;
  setAttribute(element, name, '_self');
  return () => setAttribute(element, name, given);
}

/** A form that says what it sends in the URL, and is aimed at what is outside; the browser sends others, and lets none of them out. False where there is nothing to do. */
function leaveByForm(form: HTMLFormElement, submitter: HTMLElement | null, isRoot: boolean): boolean {
  const said = (name: string) => (submitter && getAttribute(submitter, `form${name}`)) ?? getAttribute(form, name) ?? '';
  const target = said('target');
  const method = toLowerCase(said('method'));
  const url = parseURL(said('action'));
  if (isWithin(target, isRoot) || method === 'post' || method === 'dialog' || !url) return false;
  const query = new NativeURLSearchParams();
  eachField(new NativeFormData(form, submitter), (value, name) =>
    appendTo(query, name, typeof value === 'string' ? value : fileName(value)),
  );
  setSearch(url, queryText(query));
  go(urlHref(url), target, isRoot);
  return true;
}

function followForms(isRoot: boolean): void {
  const { prototype } = HTMLFormElement;
  wrapMember(prototype, 'submit', (native, form) => {
    const isForm = isInstance(prototype, form);
    if (isForm && leaveByForm(form as HTMLFormElement, null, isRoot)) return;
    const giveBack = isForm && isRoot ? retarget(form as Element, null) : ignore;
    apply(native, form, []);
    giveBack();
  });
  // The form is sent when its event has been dispatched.
  addEventListener(self, 'submit', (event: Event) => {
    if (defaultPrevented(event)) return;
    const form = eventTarget(event) as HTMLFormElement;
    const submitter = eventSubmitter(event as SubmitEvent) as HTMLElement | null;
    if (leaveByForm(form, submitter, isRoot)) preventDefault(event);
    else if (isRoot) nativeSetTimeout(retarget(form, submitter), 0);
  });
}

/** `isRoot`: whether this is the fenced frame's own document, and not one in an iframe of that. */
export function followTargets(isRoot: boolean): void {
  const value = nativeFunction('open', 0, (_self, args) => {
    const url = args.length > 0 && args[0] !== undefined ? toUSVString(args[0]) : '';
    return go(url, args.length > 1 && args[1] !== undefined ? toDOMString(args[1]) : '_blank', isRoot);
  });
  defineProperty(self, 'open', { __proto__: null, value } as PropertyDescriptor);
  followForms(isRoot);
  addEventListener(self, 'click', (event: Event) => {
    if (defaultPrevented(event)) return;
    const link = linkOf(event);
    const target = link && getAttribute(link, 'target');
    const href = link && getAttribute(link, 'href');
    if (!target || toLowerCase(target) === '_self' || href === null) return;
    preventDefault(event);
    go(href, target, isRoot);
  });
}
