/** Links, forms and open() with a URN and the name of a frame: where the frame's own document hears of no navigation, it is led from here. */

import { isUrnUuid } from '../../spec/fenced-frame-config';
import { fillFrame } from './fill-frame';
import { findFrame } from './find-frame';
import { isOverheard, type Manner } from './navigate';
import { attributeOf, sentBy } from './sent-form';

/** The frame that is meant; what its document hears of is not taken from it (own-navigations.ts). */
function findLed(view: Window, urn: string, target: string): HTMLIFrameElement | null {
  const iframe = isUrnUuid(urn) ? findFrame(view, target) : null;
  const frame = iframe?.contentWindow;
  return iframe && frame && !(iframe.contentDocument && isOverheard(frame)) ? iframe : null;
}

/** True where the frame is on its way. */
function lead(view: Window, urn: string, target: string, manner: Manner = {}): boolean {
  const iframe = findLed(view, urn, target);
  if (iframe) void fillFrame(iframe, urn, manner);
  return iframe !== null;
}

/** Whether the browser would make a window for it, or take one that is there: a URN leads none anywhere, and the browser would ask whether a program does. */
const isForWindow = (view: Window, urn: string, target: string): boolean =>
  isUrnUuid(urn) && !/^(?:_self|_parent|_top|)$/i.test(target) && !findFrame(view, target);

const wordsOf = (rel: string | null): string[] => (rel ?? '').toLowerCase().split(/\s+/);

/** The same window, without the URN; `rel`: of the link or the form. */
function openWindow(view: Window, target: string, rel: string | null): true {
  const words = wordsOf(rel);
  const isAlone = words.includes('noopener') || words.includes('noreferrer') || (/^_blank$/i.test(target) && !words.includes('opener'));
  view.open('', target, isAlone ? 'noopener' : '');
  return true;
}

/** `<base target>` counts where the element has none. */
const targetOf = (element: Element, target: string | null | undefined): string =>
  target || element.ownerDocument.querySelector('base[target]')?.getAttribute('target') || '';

/** HTML's and SVG's. */
function leadByLink(link: Element): boolean {
  const view = link.ownerDocument.defaultView;
  const href = link.getAttribute('href') ?? link.getAttributeNS('http://www.w3.org/1999/xlink', 'href') ?? '';
  if (!view || link.hasAttribute('download')) return false;
  const urn = href.trim().toLowerCase();
  const target = targetOf(link, link.getAttribute('target'));
  if (isForWindow(view, urn, target)) return openWindow(view, target, link.getAttribute('rel'));
  const policy = wordsOf(link.getAttribute('rel')).includes('noreferrer') ? 'no-referrer' : null;
  return lead(view, urn, target, {
    referrerPolicy: policy ?? link.getAttribute('referrerpolicy') ?? '',
  });
}

function leadByForm(form: Element, submitter: Element | null): boolean {
  const view = form.ownerDocument.defaultView;
  const said = (name: string) => submitter?.getAttribute(`form${name}`) ?? attributeOf(form, name) ?? '';
  const method = said('method').toLowerCase();
  const urn = said('action').trim().toLowerCase();
  const target = targetOf(form, said('target'));
  if (!view || method === 'dialog') return false;
  const isWithoutFrame = isForWindow(view, urn, target);
  const iframe = findLed(view, urn, target);
  if (!iframe && !isWithoutFrame) return false;
  const sent = sentBy(submitter ?? form);
  // A form that says in the URL what it sends makes another URL of it, which shows nothing.
  if (isWithoutFrame) openWindow(view, target, attributeOf(form, 'rel'));
  else if (iframe && method === 'post') void fillFrame(iframe, urn, { target, form: sent });
  return true;
}

const linkOf = (event: Event): Element | null => {
  const [target] = event.composedPath();
  return target && 'closest' in target ? (target as Element).closest('a, area') : null;
};

function onClick(event: Event): void {
  const { button, ctrlKey, metaKey, shiftKey } = event as MouseEvent;
  const link = event.defaultPrevented || button > 0 || ctrlKey || metaKey || shiftKey ? null : linkOf(event);
  if (link && leadByLink(link)) event.preventDefault();
}

function onSubmit(event: Event): void {
  if (!event.defaultPrevented && leadByForm(event.target as Element, (event as SubmitEvent).submitter)) event.preventDefault();
}

const HANDLERS = [
  ['click', onClick],
  ['submit', onSubmit],
] as const;

/** After all of the page's listeners that are there when the event begins: they may say that nothing is to come of it. */
export function watchLeads(root: EventTarget): void {
  for (const [type, handle] of HANDLERS)
    root.addEventListener(
      type,
      () => {
        root.removeEventListener(type, handle);
        root.addEventListener(type, handle);
      },
      true,
    );
}

/** Before click(), submit() or open(), of which `text` is the URL and the name. True where the function need not be called for it. */
export function answerLead(element: HTMLElement | null, text: string): boolean {
  if (!element) {
    const [urn = '', name = ''] = text.split(/ (.*)/s);
    const target = name || '_blank';
    const wanted = urn.trim().toLowerCase();
    return isForWindow(window, wanted, target) || lead(window, wanted, target);
  }
  // No event follows submit().
  if (element.localName === 'form') return leadByForm(element, null);
  // Of a click in a tree of its own, no window hears.
  if (!element.isConnected) watchLeads(element.getRootNode());
  return false;
}
