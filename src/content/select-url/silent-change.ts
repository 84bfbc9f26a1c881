/**
 * Changes of an iframe's attributes that would navigate its frame, without a navigation. While the frame's document hears that it is about to
 * be left (`beforeunload`), nothing else can begin to navigate the frame.
 */

/** A document that is fetched from nowhere, in case that anybody sees the frame leave for it. */
export const NOWHERE = 'data:text/html,';

/** Makes the change; false, and nothing is changed, where the frame's document cannot be reached. */
export function changeSilently(iframe: HTMLIFrameElement, change: () => void): boolean {
  const view = iframe.contentDocument && iframe.contentWindow;
  if (!view) return false;
  let isChanged = false;
  const onBeforeUnload = () => {
    isChanged = true;
    change();
  };
  view.addEventListener('beforeunload', onBeforeUnload, { capture: true, once: true });
  view.location.replace(NOWHERE);
  view.removeEventListener('beforeunload', onBeforeUnload, true);
  view.stop();
  return isChanged;
}
