/**
 * The isolated world's part in frames with selected URLs: it alone learns the URLs. Injected into documents that have made a worklet, more than
 * once perhaps.
 */

import { PORT_ELEMENT } from '../protocol/page-channel';
import { AFTER, INSERTION, MARKUP, SOURCE, TEXT } from '../protocol/selected-frames';
import { answerMarkup, findParsed } from './select-url/markup';
import { coverDocuments, documentsOf } from './select-url/realms';
import { arm, disarm, disarmAll, setSource } from './select-url/urn-sources';

function listen(port: ShadowRoot): void {
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
  on(SOURCE, (element) => isIframe(element) && setSource(element, text));
  on(INSERTION, (element) => isIframe(element) && arm(element));
  on(MARKUP, (element) => answerMarkup(port, element, text));
  on(AFTER, (element) => {
    if (isIframe(element)) return disarm(element);
    disarmAll();
    for (const iframe of findParsed(documentsOf(window))) disarm(iframe);
    return true;
  });
  coverDocuments(window, port);
}

const host = self.sharedStorageLabHosts?.find((element?: HTMLElement) => element?.localName === PORT_ELEMENT);
const port = host && chrome.dom.openOrClosedShadowRoot(host);
if (port) listen(port);
