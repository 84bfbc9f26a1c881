/** The page that a panel is about: its tab, and the frames in it. */

import { count, object } from '../schema';
import type { DecodersOf } from './feature';

export interface InspectedFrame {
  readonly frameId: number;
  /** -1 for the frame at the top. */
  readonly parentFrameId: number;
  readonly documentId: string;
  readonly url: string;
  /** Serialized; `"null"` for an opaque one. */
  readonly origin: string;
}

export interface InspectedPageRequests {
  /** The tabs that show something that extensions may look into. */
  'page.tabs': { params: object; result: readonly { readonly tabId: number; readonly url: string }[] };
  /** The frames of a tab, the one at the top first; none where the browser does not let extensions look into the page, or has no such tab. */
  'page.frames': { params: { tabId: number }; result: InspectedFrame[] };
}

export const inspectedPageDecoders: DecodersOf<InspectedPageRequests> = {
  'page.tabs': object({}),
  'page.frames': object({ tabId: count }),
};
