/** Links and forms of a fenced frame's documents whose targets are beyond the border. */

import type { FormBody } from '../../protocol/fence-requests';
import { nativeFunction } from '../../webidl/interface';
import { append, apply, defineProperty, getOwnPropertyDescriptor, uncurryGetter, uncurryThis } from '../../webidl/primordials';
import { parseURL, urlHref, urlProtocol } from '../bridge/page-url';
import { leave, openWithin, placeOf } from './ways-out';

const { self } = globalThis;
const { document, setTimeout } = self;
const NativeFormData = FormData;
const NativeSearchParams = URLSearchParams;
const addEventListener = uncurryThis(EventTarget.prototype.addEventListener);
const removeEventListener = uncurryThis(EventTarget.prototype.removeEventListener);
const preventDefault = uncurryThis(Event.prototype.preventDefault);
const defaultPrevented = uncurryGetter(Event.prototype, 'defaultPrevented');
const composedPath = uncurryThis(Event.prototype.composedPath);
const submitterOf = uncurryGetter(SubmitEvent.prototype, 'submitter');
const button = uncurryGetter(MouseEvent.prototype, 'button');
const ctrlKey = uncurryGetter(MouseEvent.prototype, 'ctrlKey');
const metaKey = uncurryGetter(MouseEvent.prototype, 'metaKey');
const shiftKey = uncurryGetter(MouseEvent.prototype, 'shiftKey');
const getAttribute = uncurryThis(Element.prototype.getAttribute);
const setAttribute = uncurryThis(Element.prototype.setAttribute);
const removeAttribute = uncurryThis(Element.prototype.removeAttribute);
const getAttributeNS = uncurryThis(Element.prototype.getAttributeNS);
const querySelector = uncurryThis(Document.prototype.querySelector) as (self: Document, selectors: string) => Element | null;
const isConnected = uncurryGetter(Node.prototype, 'isConnected');
const getRootNode = uncurryThis(Node.prototype.getRootNode);
const isPrototypeOf = uncurryThis(Object.prototype.isPrototypeOf);
const toLowerCase = uncurryThis(String.prototype.toLowerCase);
const forEachEntry = uncurryThis(FormData.prototype.forEach);
const appendParameter = uncurryThis(URLSearchParams.prototype.append);
const parametersToString = uncurryThis(URLSearchParams.prototype.toString);
const setSearch = uncurryThis(getOwnPropertyDescriptor(URL.prototype, 'search')?.set as (this: URL, search: string) => void);
const fileName = uncurryGetter(File.prototype, 'name');

const LINKS = [HTMLAnchorElement.prototype, HTMLAreaElement.prototype, SVGAElement.prototype];
const formPrototype = HTMLFormElement.prototype;
const XLINK = 'http://www.w3.org/1999/xlink';

function isLink(node: unknown): node is Element {
  for (let index = 0; index < LINKS.length; index++) if (isPrototypeOf(LINKS[index] as object, node as object)) return true;
  return false;
}

/** The target of an element that has none of its own. */
const baseTarget = (): string => {
  const base = querySelector(document, 'base[target]');
  return (base && getAttribute(base, 'target')) ?? '';
};

/** True where a link leads beyond the border, and was followed; `_top` and `_parent` of a fenced frame's own document are the frame itself. */
function followLink(event: MouseEvent, path: EventTarget[]): boolean {
  let link: Element | null = null;
  for (let index = 0; index < path.length && !link; index++) if (isLink(path[index])) link = path[index] as Element & EventTarget;
  const href = link && (getAttribute(link, 'href') ?? getAttributeNS(link, XLINK, 'href'));
  const url = href === null ? null : parseURL(href);
  if (!link || !url || getAttribute(link, 'download') !== null) return false;
  const target = getAttribute(link, 'target') ?? baseTarget();
  const isElsewhere = button(event) === 1 || ctrlKey(event) || metaKey(event);
  const place = isElsewhere ? 'background tab' : shiftKey(event) ? 'new tab' : placeOf(target);
  if (typeof place !== 'object') leave(urlHref(url), place);
  else if (place.within === '_self' && target !== '' && toLowerCase(target) !== '_self') openWithin(urlHref(url), '_self');
  else return false;
  return true;
}

function entriesOf(form: HTMLFormElement, submitter: HTMLElement | null): [string, string][] {
  const entries: [string, string][] = [];
  const add = (value: FormDataEntryValue, name: string) => {
    // A file cannot be handed over; its name is what a form without enctype sends of it.
    append(entries, [name, typeof value === 'string' ? value : fileName(value)]);
  };
  forEachEntry(new NativeFormData(form, submitter), add as Parameters<FormData['forEach']>[0]);
  return entries;
}

function queryOf(entries: [string, string][]): string {
  const parameters = new NativeSearchParams();
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index] as [string, string];
    appendParameter(parameters, entry[0], entry[1]);
  }
  return parametersToString(parameters);
}

/** Lets the browser send a form to the frame itself, whatever its target: the browser looks at the attribute when the event is over. */
function sendToSelf(form: HTMLFormElement, submitter: HTMLElement | null): void {
  const element = submitter && getAttribute(submitter, 'formtarget') !== null ? submitter : form;
  const name = element === form ? 'target' : 'formtarget';
  const target = getAttribute(element, name);
  setAttribute(element, name, '_self');
  setTimeout(() => (target === null ? removeAttribute(element, name) : setAttribute(element, name, target)));
}

/** True where a form's target is beyond the border, and it was sent there. */
function sendForm(form: HTMLFormElement, submitter: HTMLElement | null): boolean {
  const says = (name: string) => (submitter && getAttribute(submitter, `form${name}`)) ?? getAttribute(form, name);
  const target = says('target') ?? baseTarget();
  const place = placeOf(target);
  const method = toLowerCase(says('method') ?? 'get');
  const url = parseURL(says('action') ?? '');
  if (method === 'dialog' || !url) return false;
  if (typeof place === 'object') {
    if (place.within === '_self' && target !== '' && toLowerCase(target) !== '_self') sendToSelf(form, submitter);
    return false;
  }
  const entries = entriesOf(form, submitter);
  if (method !== 'post' && (urlProtocol(url) === 'http:' || urlProtocol(url) === 'https:')) setSearch(url, queryOf(entries));
  const body: FormBody | null = method === 'post' ? { type: toLowerCase(says('enctype') ?? ''), entries } : null;
  leave(urlHref(url), place, body);
  return true;
}

type Follow = (event: Event, path: EventTarget[]) => boolean;

/**
 * Does with an event what the browser would have done when it is over, unless somebody prevents that: by the last of the window's listeners, or,
 * where somebody stops the event on its way, afterwards.
 */
function afterOthers(type: string, follow: Follow): void {
  const begin = (event: Event) => {
    // When the event is over, it has none any more.
    const path = composedPath(event);
    let isOver = false;
    const finish = (heard: Event) => {
      if (heard !== event || isOver) return;
      isOver = true;
      if (!defaultPrevented(event) && follow(event, path)) preventDefault(event);
    };
    addEventListener(self, type, finish);
    setTimeout(() => {
      removeEventListener(self, type, finish);
      finish(event);
    });
  };
  addEventListener(self, type, begin, true);
}

type Method = (...args: unknown[]) => unknown;

function replaceMethod(prototype: object, name: string, steps: (self: unknown, native: () => unknown) => unknown): void {
  const descriptor = getOwnPropertyDescriptor(prototype, name);
  const native = descriptor?.value as Method;
  const value = nativeFunction(name, native.length, (object, args) => steps(object, () => apply(native, object, args)));
  defineProperty(prototype, name, { __proto__: null, ...descriptor, value } as PropertyDescriptor);
}

export function followLinksAndForms(): void {
  afterOthers('click', followLink as Follow);
  afterOthers('auxclick', (event, path) => button(event as MouseEvent) === 1 && followLink(event as MouseEvent, path));
  afterOthers('submit', (event, path) => sendForm(path[0] as HTMLFormElement, submitterOf(event as SubmitEvent)));
  replaceMethod(formPrototype, 'submit', (form, submit) => {
    // There is no event that could be listened to.
    if (!isPrototypeOf(formPrototype, form as object) || !sendForm(form as HTMLFormElement, null)) submit();
  });
  replaceMethod(HTMLElement.prototype, 'click', (link, click) => {
    // Nor does the window hear of what is in no document.
    if (!isLink(link) || isConnected(link)) return click();
    const root = getRootNode(link);
    const follow = (event: Event) => {
      if (!defaultPrevented(event) && followLink(event as MouseEvent, composedPath(event))) preventDefault(event);
    };
    addEventListener(root, 'click', follow);
    click();
    removeEventListener(root, 'click', follow);
  });
}
