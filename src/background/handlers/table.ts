/** One handler for each request that a bridge can make. What a handler throws becomes the envelope's error. */

import { type Envelope, fail, Refusal, succeed } from '../../protocol/envelope';
import { type Method, PREPARE_AGAIN, type Requests } from '../../protocol/messages';
import { checkIfAddModuleIsAllowed } from '../../spec/data-origin';
import type { IndexedDatabase } from '../../store/entries/indexed-database';
import { shorten } from '../../store/events/event-log';
import type { StoredSelection } from '../../store/select-url/schema';
import { siteOf } from '../../store/site';
import { contextFor, type Fence, fencedFrameDepth } from '../fenced-frames/fence';
import { showFencedFrame } from '../fenced-frames/show';
import type { HeaderWriter } from '../header-writes/header-writer';
import type { HeaderWrites } from '../header-writes/header-writes';
import { repeatRequest } from '../header-writes/repeated-requests';
import type { PermissionsPolicies } from '../permissions-policy/permissions-policy';
import type { Caller } from '../requests/caller';
import type { Gate } from '../requests/gate';
import { OperationOrder } from '../requests/operation-order';
import { callOf, newUrn, type SelectedURLs } from '../select-url/selected-urls';
import type { WindowUpdates } from '../updates/window-updates';
import type { NewWorklet, WorkletDataOrigins } from '../worklets/worklet-data-origins';
import { callWorkletHost, handOperationOver } from '../worklets/worklet-host';

export interface Services {
  readonly database: IndexedDatabase;
  readonly updates: WindowUpdates;
  readonly policies: PermissionsPolicies;
  readonly gate: Gate;
  readonly headerWriter: HeaderWriter;
  readonly headerWrites: HeaderWrites;
  readonly dataOrigins: WorkletDataOrigins;
  readonly fence: Fence;
  readonly selectedURLs: SelectedURLs;
}

/** The message's number in its document: the same number means the same message, delivered again. */
interface Delivery {
  readonly sequence: number;
  readonly after: number;
  readonly repeated: boolean;
}

type Handler<Name extends Method> = (params: Requests[Name]['params'], caller: Caller, id: Delivery) => Promise<Envelope | undefined>;

type Handlers = { [Name in Method]: Handler<Name> };

/** How many fenced frames a caller of selectURL() may be in. */
const MAXIMUM_FENCED_FRAME_DEPTH = 1;

/** How many calls of selectURL() a document may make before it has heard from us again. */
const ISSUED = 32;

/** https://wicg.github.io/shared-storage/#determine-whether-shared-storage-is-allowed-by-context */
function requireTupleOrigin({ origin }: Caller): void {
  // If environment's origin is an opaque origin, then return false.
  if (origin === 'null') throw new Refusal('InvalidAccessError', 'The shared storage method is not allowed in an opaque origin context');
}

/** The origin whose data a new worklet may be for. */
function wantedDataOrigin({ dataOrigin, moduleURL }: NewWorklet, caller: Caller): string {
  const checked = checkIfAddModuleIsAllowed(dataOrigin, moduleURL, caller.origin);
  return checked.result === 'Allowed' ? checked.dataOrigin : caller.origin;
}

export function createHandlers(services: Services): Handlers {
  const { database, updates, policies, gate, headerWriter, headerWrites, dataOrigins, selectedURLs, fence } = services;
  const requirePolicy = (caller: Caller) => policies.requireFeature(caller, 'shared-storage', caller.origin);

  /** Asks for the document, and for the origin whose data the worklet is to work on. */
  const requireWorkletPolicy = async (worklet: NewWorklet, caller: Caller) => {
    await requirePolicy(caller);
    await policies.requireFeature(caller, 'shared-storage', wantedDataOrigin(worklet, caller));
  };

  /** Rejects with a Refusal, which it has noted. Where nothing has to be waited for, no other message is handled before it resolves. */
  const requireHeaderWrites = async (url: string, caller: Caller) => {
    let who = 'policy denies: ';
    try {
      const held = policies.requireFeature(caller, 'shared-storage', new URL(url).origin);
      if (held) await held;
      who = '';
      await headerWriter.requireAccess(url);
    } catch (error) {
      if (error instanceof Refusal) headerWriter.noteRefused(url, caller, `${who}${error.message}`);
      throw error;
    }
  };

  const requireSelectURLPolicy = async (caller: Caller, dataOrigin: string) => {
    for (const origin of [caller.origin, dataOrigin]) {
      const held = policies.requireFeature(caller, 'shared-storage', origin);
      if (held) await held;
      const heldToo = policies.requireFeature(caller, 'shared-storage-select-url', origin);
      if (heldToo) await heldToo;
    }
  };

  /** Each fenced frame could learn some more bits from the one around it. */
  const requireFewFencedFrames = async (caller: Caller) => {
    // Nothing is in a fenced frame that is not embedded.
    const depth = caller.facts ? await fencedFrameDepth(caller) : 0;
    if (depth <= MAXIMUM_FENCED_FRAME_DEPTH) return;
    const text = `selectURL() is called in a context with a fenced frame depth (${depth}) exceeding the maximum allowed number (${MAXIMUM_FENCED_FRAME_DEPTH}).`;
    throw new Refusal('OperationError', text);
  };

  const issueUrns = (caller: Caller, dataOrigin: string): string[] =>
    gate.isOpen(caller, dataOrigin) ? Array.from({ length: ISSUED }, newUrn) : [];

  const order = new OperationOrder();

  /** False where the write before the request is missing: then both have to be delivered again. */
  const isPrecedingWriteKept = ({ documentId }: Caller, { after }: Delivery) => after === 0 || database.isKept(documentId, after);

  return {
    'database.update': async ({ methods, withLock }, caller, { sequence, after }) => {
      const allow = () => {
        requireTupleOrigin(caller);
        return requirePolicy(caller);
      };
      const request = { method: 'update', dataOrigin: caller.origin, parameters: { count: methods.length, withLock }, allow } as const;
      return gate.pass(caller, request, async () => {
        const { origin: dataOrigin, documentId, tabId } = caller;
        // Outside worklets nothing is told of what becomes of it: that would say something about what is stored.
        const kept = await updates.add(
          { dataOrigin, methods, withLock, documentId, tabId, time: Date.now() },
          { documentId, sequence, after },
        );
        // One that has overtaken its predecessor has to be delivered again.
        return kept === null ? undefined : succeed(undefined);
      });
    },

    'worklet.prepare': async (params, caller) => {
      await requireWorkletPolicy(params, caller);
      return succeed(await dataOrigins.prepare(params, caller));
    },

    'worklet.abandon': async ({ workletId }, caller) => {
      dataOrigins.abandon(workletId, caller);
      return succeed(undefined);
    },

    'worklet.create': async (params, caller) => {
      const { workletId, moduleURL, source, keepAlive } = params;
      const parameters = { workletId, moduleURL: shorten(moduleURL), dataOrigin: shorten(params.dataOrigin) };
      const allow = () => requireWorkletPolicy(params, caller);
      const request = { method: 'addModule', dataOrigin: wantedDataOrigin(params, caller), parameters, allow } as const;
      return gate.pass(caller, request, async () => {
        const dataOrigin = await dataOrigins.decide(params, caller);
        if (dataOrigin === null) return succeed(PREPARE_AGAIN);
        void selectedURLs.prepare(caller);
        const { documentId, tabId } = caller;
        const worklet = { documentId, workletId };
        const site = siteOf(dataOrigin) ?? dataOrigin;
        const context = await contextFor(caller);
        const created = await callWorkletHost('host.create', { worklet, tabId, dataOrigin, site, moduleURL, source, context, keepAlive });
        return created.ok ? succeed(issueUrns(caller, dataOrigin)) : created;
      });
    },

    'worklet.run': async ({ workletId, name, ...operation }, caller, delivery) => {
      const worklet = { documentId: caller.documentId, workletId };
      const owner = dataOrigins.of(workletId, caller);
      const dataOrigin = typeof owner === 'string' ? owner : await owner;
      const allow = () => requirePolicy(caller);
      const request = {
        method: 'run',
        dataOrigin,
        parameters: { workletId, name: shorten(name), keepAlive: operation.keepAlive },
        allow,
      } as const;
      // An opaque context may run what it could create: a worklet for another origin's data.
      return gate.pass(caller, request, async () => {
        // The operation sees whatever was written before it was asked for. Nothing of how it went is told to the page.
        const settled = updates.settledUnlessBlocked();
        const handOver = (isKept: boolean) => {
          const call = { worklet, runId: delivery.sequence, name, tabId: caller.tabId, dataOrigin, ...operation };
          if (isKept) void handOperationOver('host.run', call, settled);
          return isKept;
        };
        const isHandedOver = await order.inOrder(worklet, isPrecedingWriteKept(caller, delivery), handOver);
        return isHandedOver ? succeed(undefined) : undefined;
      });
    },

    'worklet.selectURL': async (call, caller, { repeated }) => {
      const { workletId, selectionId, name, urls, savedQuery } = call;
      let dataOrigin = caller.origin;
      const selection = await selectedURLs.hear(selectionId, caller, async () => {
        const owner = dataOrigins.of(workletId, caller);
        dataOrigin = typeof owner === 'string' ? owner : await owner;
        const parameters = { workletId, name: shorten(name), urls: urls.length, savedQuery: shorten(savedQuery) };
        const allow = async () => {
          await requireFewFencedFrames(caller);
          await requireSelectURLPolicy(caller, dataOrigin);
        };
        const request = { method: 'selectURL', dataOrigin, parameters, allow } as const;
        const add = () => selectedURLs.add(call, caller, dataOrigin, repeated);
        let added: StoredSelection | null = null;
        const carryOut = async () => {
          added = await add();
          return succeed(undefined);
        };
        await gate.pass(caller, request, carryOut).catch((error: unknown) => {
          // Who has the URN already cannot be told any more.
          if (!call.urn || !(error instanceof Refusal)) throw error;
        });
        return added ?? selectedURLs.refuse(await add());
      });
      return succeed([selection.urn, ...issueUrns(caller, dataOrigin)]);
    },

    'worklet.select': async ({ workletId, selectionId, operation }, caller, delivery) => {
      const worklet = { documentId: caller.documentId, workletId };
      const settled = updates.settledUnlessBlocked();
      const prepared = Promise.all([selectedURLs.callOf(selectionId, caller), isPrecedingWriteKept(caller, delivery)]);
      const handOver = async ([selection, isKept]: [StoredSelection | null, boolean]) => {
        // A call that was refused has no operation, and one that was decided before needs none.
        if (!isKept || !selection || selection.result) return isKept;
        const call = { ...operation, ...callOf(selection) };
        return (await handOperationOver('host.select', { worklet, runId: delivery.sequence, call }, settled)).ok;
      };
      // Unanswered, it is delivered again: this worker is being stopped.
      return (await order.inOrder(worklet, prepared, handOver)) ? succeed(undefined) : undefined;
    },

    'policy.require': async ({ feature }, caller) => {
      await policies.requireFeature(caller, 'shared-storage', caller.origin);
      if (feature !== 'shared-storage') await policies.requireFeature(caller, feature, caller.origin);
      return succeed(undefined);
    },

    'header.expect': async ({ token, url, byURL }, caller) => {
      await requireHeaderWrites(url, caller);
      if (byURL) await headerWrites.expectByURL(token, caller, url);
      else headerWrites.expect(token, caller);
      return succeed(undefined);
    },

    'header.settle': async ({ token, repeat }, caller) => {
      const settled = await headerWrites.settle(token, caller);
      if (settled === 'seen' || !repeat) return succeed(undefined);
      // Where this worker was awake all the time, the response to a fetch came from elsewhere; what an element loaded came unmarked:
      // an image from memory, a frame's own navigation that could not be taken back.
      if (settled === 'unseen' && repeat.destination === 'iframe') return fail('NotFoundError', 'The marked request had no response.');
      if (settled === 'lost' || repeat.destination === 'image') await repeatRequest(headerWrites, caller, repeat);
      return succeed(undefined);
    },

    'header.repeat': async (params, caller) => {
      await requireHeaderWrites(params.url, caller);
      await repeatRequest(headerWrites, caller, params);
      return succeed(undefined);
    },

    'frame.show': async (params, caller) => {
      const { documentId, tabId, origin: dataOrigin } = caller;
      const refusal =
        'document.open() took all listeners off the window: the page would hear what the fenced frame says, so it stays empty.';
      if (params.isSilent) await showFencedFrame(params, caller);
      else gate.note('fencedframe', { documentId, tabId, dataOrigin, refusal });
      return succeed(undefined);
    },

    'fence.report': async (beacon, caller, { sequence }) => {
      await fence.report(caller, beacon, sequence);
      return succeed(undefined);
    },

    'fence.leave': async (params, caller, { sequence }) => {
      await fence.leave(caller, params, sequence);
      return succeed(undefined);
    },

    'fence.unload': async ({ beacons }, caller, { sequence }) => {
      await fence.unload(caller, beacons, sequence);
      return succeed(undefined);
    },

    'fence.disableNetwork': async (_params, caller) => {
      await fence.disableNetwork(caller);
      return succeed(undefined);
    },

    'fence.notify': async (_params, caller) => {
      await fence.notify(caller);
      return succeed(undefined);
    },

    'database.get': async ({ key }, caller, delivery) => {
      requireTupleOrigin(caller);
      await requirePolicy(caller);
      await fence.requireNoNetwork(caller);
      // Writes may take another way here, and then come later.
      if (!(await isPrecedingWriteKept(caller, delivery))) return undefined;
      await updates.settledUnlessBlocked();
      return succeed(await database.get(caller.origin, key));
    },
  };
}

export async function answer<Name extends Method>(
  handlers: Handlers,
  method: Name,
  params: Requests[Name]['params'],
  caller: Caller,
  id: Delivery,
): Promise<Envelope | undefined> {
  try {
    return await handlers[method](params, caller, id);
  } catch (error) {
    if (error instanceof Refusal) return fail(error.name, error.message);
    console.error(method, error);
    return fail('UnknownError', 'Shared Storage Lab could not carry this out; its service worker console says why.');
  }
}
