/** The frames of the page that a panel is about. */

import type { InspectedPageRequests } from '../../../protocol/extension-pages/inspected-page';
import { framesWithOrigins } from '../../browser/frames';
import type { ExtensionPageHandlersOf } from './table';

export function inspectedPageHandlers(): ExtensionPageHandlersOf<keyof InspectedPageRequests> {
  return {
    'page.tabs': async () => {
      const tabs = await chrome.tabs.query({ url: ['http://*/*', 'https://*/*', 'file:///*'] });
      return tabs.flatMap(({ id, url }) => (id !== undefined && url ? [{ tabId: id, url }] : []));
    },

    'page.frames': ({ tabId }) => framesWithOrigins(tabId),
  };
}
