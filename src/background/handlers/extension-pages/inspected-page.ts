/** The frames of the page that a panel is about. */

import type { InspectedPageRequests } from '../../../protocol/extension-pages/inspected-page';
import type { ExtensionPageHandlersOf } from './table';

/** Of about:blank and about:srcdoc, whose origin their URL does not say, the parent's, which they have unless they are sandboxed. */
function originOf(url: string, parent: string | undefined): string {
  const { protocol, origin } = new URL(url);
  return protocol === 'about:' ? (parent ?? 'null') : origin;
}

export function inspectedPageHandlers(): ExtensionPageHandlersOf<keyof InspectedPageRequests> {
  return {
    'page.tabs': async () => {
      const tabs = await chrome.tabs.query({ url: ['http://*/*', 'https://*/*', 'file:///*'] });
      return tabs.flatMap(({ id, url }) => (id !== undefined && url ? [{ tabId: id, url }] : []));
    },

    'page.frames': async ({ tabId }) => {
      // Null where there is no such tab.
      const frames = (await chrome.webNavigation.getAllFrames({ tabId })) ?? [];
      const inOrder = frames.toSorted((a, b) => a.frameId - b.frameId);
      const origins = new Map<number, string>();
      // A frame has a larger number than its parent.
      return inOrder.map(({ frameId, parentFrameId, documentId, url }) => {
        const origin = originOf(url, origins.get(parentFrameId));
        origins.set(frameId, origin);
        return { frameId, parentFrameId, documentId, url, origin };
      });
    },
  };
}
