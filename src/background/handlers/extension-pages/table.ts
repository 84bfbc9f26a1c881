/** One handler for each request of the extension's own pages, by feature. What a handler throws becomes the envelope's error. */

import type { ExtensionPageMethod, ExtensionPageRequests } from '../../../protocol/extension-pages/requests';

export type ExtensionPageHandlersOf<Name extends ExtensionPageMethod> = {
  readonly [Each in Name]: (params: ExtensionPageRequests[Each]['params']) => Promise<ExtensionPageRequests[Each]['result']>;
};
