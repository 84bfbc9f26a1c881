/**
 * How the page's realm and the bridge in the isolated world talk: events on an element that no page script ever holds.
 *
 * Each script in MAIN makes a detached element, the host, with a closed shadow root, the port, and hands the host over as the `submitter` of a synchronous
 * event at document_start. Page code that had the document's window before may hear that event, and finds the port's place taken. When the page uses what
 * the script stands for, another event says so to the bridge, which finds the port in the host. From then on each side dispatches events on that; their
 * `detail` is cloned between the worlds.
 */

import type { ErrorDescription } from './envelope';
import type { Method, Requests } from './messages';

/**
 * The scripts in MAIN. Each hands over one port, under a name of its own: a name that a document has no script for gives its page's code nothing
 * but what that script could ask for there.
 */
export const PAGE_SCRIPTS = ['page', 'fence', 'interest'] as const;

/** One of them. */
export type PageScript = (typeof PAGE_SCRIPTS)[number];

/** Not every document has the scripts of fences and of interest groups, which ask for what is named for them; nobody else does. */
export const mayAsk = (script: PageScript, method: string): boolean => script === (/^(?:fence|interest)\b/.exec(method)?.[0] ?? 'page');

/** The one event that page scripts could see, if any were there to see it. */
export const handshakeOf = (script: PageScript): string => `shared-storage-lab ${script}`;

/** Page to bridge, on the host, which has the port by then; the bridge cancels it when it has opened that. */
export const WAKE = 'wake';
/** Isolated world to page, on the host: from now on each message that is dispatched to the page is to be judged. */
export const ARM = 'arm';

/** The further script of the setting `possibilities.eventHandlers` hands over a host under this name, with a port of its own. */
export const HANDLERS = 'shared-storage-lab handlers';
/**
 * A further script to the page's first one; detail: a function that takes what page/shared-storage/extend.ts gives. No function gets from one world into another, but
 * an event does, and keeps what it has for the world that made it: the further script dispatches it on its own port, and its isolated world once more on the port of the
 * first script, when it is told by INTRODUCE that the event is not under way any more.
 */
export const EXTEND = 'extend';
/** A further script to its isolated world, on the further script's port. */
export const INTRODUCE = 'introduce';

/** Page to bridge; detail: PageRequest. */
export const REQUEST = 'request';
/** Bridge to page; detail: PageResponse. */
export const RESPONSE = 'response';

/** Page to bridge; the bridge cancels it for yes. */
export const MAY_BE_DENIED = 'may-be-denied';

/** Page to bridge; the bridge cancels it where the page has a service worker. */
export const IS_CONTROLLED = 'owned';

/** The local name of hosts. Such an element has no interface of its own, which the browser would have to make. */
export const PORT_ELEMENT = 'nav';

/** Page to bridge; submitter: the element whose shadow tree is to hold a fenced frame, or a PORT_ELEMENT once more. */
export const FRAME = 'frame';

/** Page to bridge, while a message is being dispatched to the page: `window.event` is that message. */
export const MESSAGE = 'message';

/**
 * Page to bridge: the document goes away, is put into the back/forward cache, or is there again. The page's script listens to the window from the beginning, before
 * the page does; the bridge would hear of it after the page, whose listeners may use the API.
 */
export const LEAVE = 'pagehide';
export const PUT_AWAY = 'put-away';
export const RETURN = 'pageshow';

/** What an event's report carries. */
export interface Beacon {
  readonly type: string;
  readonly data: string;
  /** Whether documents of other origins may send it. */
  readonly crossOriginExposed: boolean;
}

/**
 * What the bridge makes requests of its own from: those about worklets, whose modules it fetches. What the bridge asks in between
 * (`worklet.prepare`, `.create`, `.urns` and `.abandon`), a page cannot.
 */
export interface WorkletRequests {
  'worklet.addModule': { workletId: number; moduleURL: string; credentials: RequestCredentials; dataOrigin: string };
  'worklet.run': Requests['worklet.run']['params'];
  /** Answered with a URN. `selectionId` is the page's own number for the call. */
  'worklet.selectURL': Omit<Requests['worklet.selectURL']['params'], 'urn'>;
}

/** What the bridge passes on as it is: it says nothing but what the page itself may ask, and the service worker decodes it. */
type PassedOn = Exclude<Method, `worklet.${string}`>;

/** Each request of the page with its parameters. */
export type PageRequests = WorkletRequests & { [Name in PassedOn]: Requests[Name]['params'] };

/** A request of the page. `id`: its number in the realm, which the response repeats. */
export interface PageRequest<Method extends keyof PageRequests = keyof PageRequests> {
  readonly id: number;
  readonly method: Method;
  readonly params: PageRequests[Method];
}

/**
 * An envelope (protocol/envelope.ts) whose `error` is a member in any case: for what an object has not, the page's Object.prototype may be asked.
 * `value` is what selectURL() resolves to, a random name; and what `database.get` does, which only a frame without a network may ask. No stored
 * data travels this way otherwise.
 */
export interface PageResponse {
  readonly id: number;
  /** Null when it went well. */
  readonly error: ErrorDescription | null;
  readonly value?: string | undefined;
}
