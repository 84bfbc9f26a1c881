/**
 * How the page's realm and the bridge in the isolated world talk: events on an element that no page script ever holds.
 *
 * Each script in MAIN makes a detached element and hands it over in the `relatedTarget` of one synchronous event at document_start, before
 * any page script runs. Afterwards each side dispatches events on that element; their `detail` is cloned between the worlds.
 */

import type { SelectableUrl } from '../spec/fenced-frame-config';
import type { Feature } from '../spec/permissions-policy/allowlist';
import type { Requests } from './messages';

/** The one event that page scripts could see, if any were there to see it. */
export const HANDSHAKE = 'shared-storage-lab';
/** Page to bridge; detail: PageRequest. */
export const REQUEST = 'request';
/** Bridge to page; detail: PageResponse. */
export const RESPONSE = 'response';

/** Page to bridge; the bridge cancels it for yes. */
export const MAY_BE_DENIED = 'may-be-denied';

/** Page to bridge; relatedTarget: the element whose shadow tree is to hold a fenced frame. */
export const FRAME = 'frame';

/** Page to bridge, while a message is being dispatched to the page: `window.event` is that message. */
export const MESSAGE = 'message';

/** What an event's report carries. */
export interface Beacon {
  readonly type: string;
  readonly data: string;
}

export interface PageRequests {
  'database.update': { methods: unknown; withLock: string | null };
  'worklet.addModule': { workletId: number; moduleURL: string; credentials: RequestCredentials; dataOrigin: string };
  'worklet.run': { workletId: number; name: string; data: { value: unknown } | null; keepAlive: boolean };
  /** Answered with a URN. `selectionId` is the page's own number for the call. */
  'worklet.selectURL': {
    workletId: number;
    selectionId: number;
    name: string;
    urls: readonly SelectableUrl[];
    data: { value: unknown } | null;
    keepAlive: boolean;
    savedQuery: string;
  };
  'policy.require': { feature: Feature };
  'header.expect': Requests['header.expect']['params'];
  'header.settle': Requests['header.settle']['params'];
  'header.repeat': Requests['header.repeat']['params'];
  /** Fills the element that was handed over as the `frame`th; not where the page could hear what the frame says: where it is not `isSilent`. */
  'frame.show': { frame: number; url: string; context: string | null; isSilent: boolean };
  'fence.report': Beacon;
  'fence.leave': { url: string; newTab: boolean; beacons: Beacon[] };
  'fence.unload': { beacons: Beacon[] };
  'fence.disableNetwork': object;
  'fence.notify': object;
  'database.get': { key: string };
}

export interface PageRequest<Method extends keyof PageRequests = keyof PageRequests> {
  readonly id: number;
  readonly method: Method;
  readonly params: PageRequests[Method];
}

export interface PageResponse {
  readonly id: number;
  /** Null when it went well. */
  readonly error: { readonly name: string; readonly message: string } | null;
  /**
   * What selectURL() resolves to, a random name; and what `database.get` does, which only a frame without a network may ask. No stored data
   * travels this way otherwise.
   */
  readonly value?: string | undefined;
}
