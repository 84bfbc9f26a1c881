/** Takes a frame to a URL that no script of the page may learn. */

const NOWHERE = 'data:text/html,';

/** Whether scripts of the page could hear of navigations of the frame: an initial empty document has no `navigate` events. */
const isOverheard = ({ location, navigation }: Window): boolean => location.href !== 'about:blank' || navigation.currentEntry !== null;

/** As the browser goes to the `src`: from the document that the iframe is in, with its referrer and the referrer policy of the iframe. */
function followLink(iframe: HTMLIFrameElement, view: Window, url: string): void {
  const link = iframe.ownerDocument.createElement('a');
  link.href = url;
  link.referrerPolicy = iframe.referrerPolicy;
  const { name } = view;
  view.name = crypto.randomUUID();
  link.target = view.name;
  link.click();
  view.name = name;
}

/** Leaves the document of the page that is in the frame, for one that no script of the page can look into, and resolves when that is there. */
function leaveDocument(iframe: HTMLIFrameElement, view: Window): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const targets = [iframe.ownerDocument, iframe];
  // The frame has one load event, and it is not this one.
  const onLoad = (event: Event) => {
    if (event.target !== iframe) return;
    event.stopImmediatePropagation();
    for (const target of targets) target.removeEventListener('load', onLoad, true);
    resolve();
  };
  for (const target of targets) target.addEventListener('load', onLoad, true);
  view.location.assign(NOWHERE);
  return promise;
}

export async function navigate(iframe: HTMLIFrameElement, url: string): Promise<void> {
  const view = iframe.contentWindow;
  if (!view) return;
  if (iframe.contentDocument && !isOverheard(view)) {
    followLink(iframe, view, url);
    return;
  }
  if (iframe.contentDocument) await leaveDocument(iframe, view);
  if (iframe.contentWindow === view) view.location.replace(url);
}
