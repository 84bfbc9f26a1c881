/** Every message between the parts of the extension: who gets it, its parameters and its result. */

import type { SelectableUrl } from '../spec/fenced-frame-config';
import type { GivenInterestGroup } from '../spec/interest-groups/interest-group';
import type { ModifierMethod } from '../spec/modifier-methods';
import type { Feature } from '../spec/permissions-policy/allowlist';
import type { KeyHandler } from '../spec/possibilities/key-handlers';
import type { PrivateAggregationConfig } from '../spec/private-aggregation/contributions';
import type { Reason } from '../spec/reason';
import type { ShownLine } from './console-lines';
import type { Envelope } from './envelope';
import type { GivenHandler, HandlerDocument } from './key-handlers';
import type { Beacon } from './page-channel';
import type { GivenConfig } from './private-aggregation';
import type { Destination } from './url-marks';

/** A request that can be made again: a GET without a body. */
export interface RepeatedRequest {
  readonly url: string;
  readonly destination: Destination;
  readonly mode: 'cors' | 'no-cors' | 'same-origin';
  readonly credentials: RequestCredentials;
}

/** Bridge to service worker. Neither origin nor document is among the parameters: the browser's `sender` says them. */
export interface Requests {
  /** The result: whether the document's next one will be carried out, whatever it says, unless a setting changes. */
  'database.update': { params: { methods: ModifierMethod[]; withLock: string | null }; result: boolean };
  /** Before the module of a worklet with a data origin other than "context-origin" is fetched; the result marks that request. */
  'worklet.prepare': { params: { workletId: number; moduleURL: string; dataOrigin: string }; result: string | null };
  /** The worklet gets its module by the DOCUMENT_PORT. */
  'worklet.create': {
    params: { workletId: number; moduleURL: string; dataOrigin: string };
    /**
     * True where there is a worklet. Undefined where there is none, and the page is to be told that all is well. Null where the worklet has to be
     * prepared once more: the service worker was stopped since, and has not seen the module's response.
     */
    result: true | null | undefined;
  };
  /** When the document's frames can show URNs. The result: some that selectURL() may use without asking, where nothing can refuse it. */
  'worklet.urns': { params: { workletId: number }; result: string[] };
  /** The module of the worklet could not be fetched. */
  'worklet.abandon': { params: { workletId: number }; result: undefined };
  /** The result: the same for the next operation of the worklet, where that has no config. */
  'worklet.run': { params: { workletId: number; name: string } & GivenOperation; result: boolean };
  /**
   * Answered before anything has run: with the call's URN, and URNs for later calls. `selectionId` is the document's number for the
   * call, `urn` one that was issued before, which the page has already.
   */
  'worklet.selectURL': {
    params: {
      workletId: number;
      selectionId: number;
      name: string;
      urls: SelectableUrl[];
      savedQuery: string;
      urn: string | null;
      operation: GivenOperation;
    };
    result: string[];
  };
  /** Fails where the document's permissions policy denies it the feature. */
  'policy.require': { params: { feature: Feature }; result: undefined };
  /**
   * Before a marked request goes out. The URL is the page's own word; each response's origin is then checked by the browser's.
   * `byURL`: the request cannot carry its mark, because the page's own service worker would see it. `isLast`: the document goes away, and the
   * request goes out whatever the answer is.
   */
  'header.expect': { params: { token: string; url: string; byURL: boolean; isLast: boolean }; result: string };
  /**
   * When the response has come: resolves once what it wrote is stored. `repeat` is what may be asked for again where no marked
   * response came; null where that is not safe. Fails where a frame has to be navigated again.
   */
  'header.settle': { params: { token: string; repeat: RepeatedRequest | null }; result: undefined };
  /** Asks for a resource once more, with the mark: the first request went out without one. */
  'header.repeat': { params: RepeatedRequest; result: undefined };
  /**
   * The page has given a fenced frame its config: fills the element that was handed over as the `frame`th, counted from 1. Not where the page
   * could hear what the frame says, where it is not `isSilent`.
   */
  'frame.show': {
    /** `allow`: the attribute of the element. */
    params: { frame: number; url: string | null; context: string | null; allow: string; isSilent: boolean };
    result: undefined;
  };
  'fence.report': { params: Beacon & { destinations: string[] }; result: undefined };
  /** What the automatic beacons of a type carry from now on, until they have gone out where `once`. */
  'fence.automatic': { params: Beacon & { once: boolean }; result: undefined };
  /** `isActive`: whether the user was active when it was asked for; the browser's word must agree. */
  'fence.leave': { params: { url: string; newTab: boolean; isActive: boolean }; result: undefined };
  /** The document of an iframe with an opaque URL goes away in which the user has been active; `isActive`: just now. */
  'fence.unload': { params: { isActive: boolean }; result: undefined };
  'fence.disableNetwork': { params: object; result: undefined };
  'fence.notify': { params: object; result: undefined };
  /** `base`: what the group's URLs are relative to. */
  'interest.join': { params: { group: GivenInterestGroup; base: string }; result: undefined };
  'interest.leave': { params: { owner: string; name: string }; result: undefined };
  'interest.clear': { params: { owner: string; keep: string[] }; result: undefined };
  /** Fails but in a fenced frame whose network is revoked. */
  'database.get': { params: { key: string }; result: string | undefined };
  /** Only where the setting `possibilities.eventHandlers` is true: an operation is to run when the entry changes. Nobody is told whether it does. */
  'database.addHandler': { params: GivenHandler; result: undefined };
  'database.removeHandler': { params: GivenHandler; result: undefined };
}

/** What run() and selectURL() say of an operation. `data`: null where none was given, which is not the same as undefined. */
export interface OperationRequest {
  readonly data: { readonly value: unknown } | null;
  readonly keepAlive: boolean;
  /** Whether addModule() had settled, in whichever way, when the operation was asked for: no operation runs before that. */
  readonly isModuleLoaded: boolean;
}

/** The same as the page says it; of the config the service worker has to see yet whether it makes sense. */
export interface GivenOperation extends OperationRequest {
  readonly config: Partial<GivenConfig> | null;
}

/** The same as it is run. */
export interface CheckedOperation extends OperationRequest {
  readonly config: PrivateAggregationConfig;
}

/** What a bridge may ask the service worker for. */
export type Method = keyof Requests;

/**
 * Requests that are carried out in the order in which their document's page made them. The others may take long, and concern nothing that comes
 * after them.
 */
export const isInOrder = (method: Method): boolean => /^(?:database\.|header\.expect|worklet\.(?:run|selectURL))/.test(method);

/** A worklet's name outside its page: the document that made it, and its number there. */
export interface WorkletId {
  readonly documentId: string;
  readonly workletId: number;
}

/** What a selection's operation runs on, besides what its call says. */
export interface SelectionCall extends CheckedOperation {
  readonly urn: string;
  readonly name: string;
  readonly urls: readonly string[];
  readonly savedQuery: string;
}

/** Service worker to offscreen document. */
export interface HostRequests {
  'host.create': {
    params: {
      worklet: WorkletId;
      tabId: number;
      dataOrigin: string;
      site: string;
      moduleURL: string;
      /** What the embedder of the fenced frame around the document says to its worklets. */
      context: string | undefined;
      /** Whether the permissions policy lets the worklet contribute. */
      mayContribute: boolean;
    };
    /** Answered once the worklet may get its module. */
    result: undefined;
  };
  /** It will get no module. */
  'host.abandon': { params: { worklet: WorkletId }; result: undefined };
  'host.run': {
    /**
     * Tab and data origin: for those who are told where there is no such worklet. `isSettled`: whether every write that was asked for before
     * the operation is stored; otherwise the host asks when they are.
     */
    params: { worklet: WorkletId; runId: number; name: string; tabId: number; dataOrigin: string; isSettled: boolean } & CheckedOperation;
    result: undefined;
  };
  'host.select': {
    params: { worklet: WorkletId; runId: number; call: SelectionCall; tabId: number; dataOrigin: string; isSettled: boolean };
    result: undefined;
  };
  /** Answered once a selection of the document has a result, or will never have one: with that, or null where it has to be looked up. */
  'host.selected': { params: { documentId: string; urn: string }; result: { readonly index: number } | null };
  /**
   * Answered once the worklet has the handler, and the database says that its key has one. The handler hears of what is in the journal
   * behind `asked`. Fails where operations cannot be run in the worklet.
   */
  'host.addHandler': {
    params: { worklet: WorkletId; dataOrigin: string; document: HandlerDocument; asked: number; isModuleLoaded: boolean } & KeyHandler;
    result: undefined;
  };
  'host.removeHandler': { params: { worklet: WorkletId } & KeyHandler; result: undefined };
  /** Changes have been noted for handlers. The result: the data origins that have handlers. */
  'host.changed': { params: object; result: string[] };
  /** Whose data the worklet works on; null where there is no such worklet. */
  'host.dataOrigin': { params: { worklet: WorkletId }; result: string | null };
  /** Ends a worklet, whatever it is doing, where it is there. */
  'host.end': { params: { worklet: WorkletId }; result: undefined };
  /** All worklets that have not ended: the document of each and its number there, `DOCUMENT/NUMBER`. */
  'host.alive': { params: object; result: string[] };
}

/** What the service worker may ask the offscreen document for. */
export type HostMethod = keyof HostRequests;

/**
 * Offscreen document to service worker, and on from there to the bridge of the document that made the worklet. The same `id` once more: the same lines, which may
 * have arrived before.
 */
export interface ConsoleRequest {
  readonly id: string;
  readonly lines: readonly ShownLine[];
  /** Shown after them, as an error: only the service worker has words for reasons. */
  readonly reason?: Reason | undefined;
  readonly tabId: number;
  readonly documentId: string;
}

/** One of the requests of a message. Its number in its document: the same number means the same request, delivered again. */
export interface NumberedRequest {
  readonly method: Method;
  readonly sequence: number;
  /** The number of the request before it that is in order, where that one was not answered yet; 0 otherwise. */
  after: number;
  /** Whether it may have arrived before. */
  repeated: boolean;
  readonly params: unknown;
}

/**
 * The name of the port that the bridge opens to the offscreen document: it closes with the document. Bridge to offscreen document: GivenModule; and back:
 * LoadedModule.
 */
export const DOCUMENT_PORT = 'worklet-document';

/** The name of the port that the service worker opens to the offscreen document while entries have handlers: it closes when the worker stops. */
export const CHANGES_PORT = 'key-changes';

/** The module of one of the document's worklets. */
export interface GivenModule {
  readonly workletId: number;
  readonly source: string;
  /** False where an operation has used the worklet up already. */
  readonly keepAlive: boolean;
}

/** What became of it, once it has been evaluated; null where there is no such worklet, or not yet. */
export type LoadedModule = [workletId: number, loaded: Envelope | null];

/**
 * The name of the port that the service worker opens to a document that sent it something: a message takes a third of the time
 * through it. It closes when the worker stops. Bridge to worker: [id, Message]; worker to bridge: [id, answer].
 */
export const REQUEST_PORT = 'requests';
