/**
 * The isolated world's part in frames with selected URLs: it alone learns the URLs. Injected into documents that have made a worklet, more than
 * once perhaps.
 */

import { type PageResponse, PORT_ELEMENT, RESPONSE } from '../protocol/page-channel';
import { AFTER, INSERTION, LEAD, MARKUP, NAVIGATE, SOURCE, TEXT } from '../protocol/selected-frames';
import { isUrnUuid } from '../spec/fenced-frame-config';
import { isFrame } from './select-url/find-frame';
import { answerLead, watchLeads } from './select-url/leads';
import { answerMarkup, findParsed } from './select-url/markup';
import { watchNavigations } from './select-url/own-navigations';
import { StopPolicy } from './select-url/policy';
import { coverDocuments, documentsOf } from './select-url/realms';
import { URNSources } from './select-url/urn-sources';

function listen(port: ShadowRoot): void {
  const policy = new StopPolicy();
  const sources = new URNSources();
  let isStopped = false;
  let text = '';
  const on = (what: string, handle: (submitter: HTMLElement | null) => boolean) =>
    port.addEventListener(what, (event) => {
      if (handle((event as SubmitEvent).submitter)) event.preventDefault();
    });
  // It may be of another document, whose interfaces are not this one's.
  const isIframe = (element: HTMLElement | null): element is HTMLIFrameElement => element?.localName === 'iframe';
  port.addEventListener(TEXT, (event) => {
    text = String((event as CustomEvent).detail);
  });
  on(SOURCE, (element) => isFrame(element) && sources.set(element, text));
  on(LEAD, (element) => answerLead(element, text));
  on(NAVIGATE, () => isStopped);
  on(INSERTION, (element) => isIframe(element) && sources.arm(element));
  on(MARKUP, (element) => answerMarkup(port, element, text));
  on(AFTER, (element) => {
    if (isIframe(element)) return sources.disarm(element);
    sources.disarmAll();
    for (const iframe of findParsed(documentsOf(window))) sources.disarm(iframe);
    return true;
  });
  let mayHaveURN = false;
  // Not when the page asks for a URN: that may have been before this script was there.
  port.addEventListener(RESPONSE, (event) => {
    const { value } = (event as CustomEvent).detail as PageResponse;
    if (mayHaveURN || typeof value !== 'string' || !isUrnUuid(value)) return;
    mayHaveURN = true;
    for (const one of documentsOf(window)) policy.addTo(one);
  });
  coverDocuments(port, policy.hideStop, (one, view) => {
    watchLeads(view);
    watchNavigations(view, (stopped) => {
      isStopped = stopped;
    });
    if (mayHaveURN) policy.addTo(one);
  });
}

const host = self.sharedStorageLabHosts?.find((element?: HTMLElement) => element?.localName === PORT_ELEMENT);
const port = host && chrome.dom.openOrClosedShadowRoot(host);
if (port) listen(port);
