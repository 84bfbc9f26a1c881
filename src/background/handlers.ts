/** One handler for each request that a bridge can make. What a handler throws becomes the envelope's error. */

import { type Envelope, fail, Refusal, succeed } from '../protocol/envelope';
import { type Method, PREPARE_AGAIN, type Requests } from '../protocol/messages';
import { checkIfAddModuleIsAllowed } from '../spec/data-origin';
import { shorten } from '../store/event-log';
import type { IndexedDatabase } from '../store/indexed-database';
import type { Caller } from './caller';
import type { Gate } from './gate';
import type { HeaderWriter } from './header-writer';
import type { HeaderWrites } from './header-writes';
import type { PermissionsPolicies } from './permissions-policy';
import { repeatRequest } from './repeated-requests';
import type { WindowUpdates } from './window-updates';
import type { NewWorklet, WorkletDataOrigins } from './worklet-data-origins';
import { callWorkletHost } from './worklet-host';

export interface Services {
  readonly database: IndexedDatabase;
  readonly updates: WindowUpdates;
  readonly policies: PermissionsPolicies;
  readonly gate: Gate;
  readonly headerWriter: HeaderWriter;
  readonly headerWrites: HeaderWrites;
  readonly dataOrigins: WorkletDataOrigins;
}

/** The message's number in its document: the same number means the same message, delivered again. */
type Handler<Name extends Method> = (
  params: Requests[Name]['params'],
  caller: Caller,
  id: { sequence: number; after: number },
) => Promise<Envelope | undefined>;

type Handlers = { [Name in Method]: Handler<Name> };

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

export function createHandlers({ database, updates, policies, gate, headerWriter, headerWrites, dataOrigins }: Services): Handlers {
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
      const access = headerWriter.requireAccess(url);
      if (access) await access;
    } catch (error) {
      if (error instanceof Refusal) headerWriter.noteRefused(url, caller, `${who}${error.message}`);
      throw error;
    }
  };

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
      const { workletId, moduleURL, source } = params;
      const parameters = { workletId, moduleURL: shorten(moduleURL), dataOrigin: shorten(params.dataOrigin) };
      const allow = () => requireWorkletPolicy(params, caller);
      const request = { method: 'addModule', dataOrigin: wantedDataOrigin(params, caller), parameters, allow } as const;
      return gate.pass(caller, request, async () => {
        const dataOrigin = await dataOrigins.decide(params, caller);
        if (dataOrigin === null) return succeed(PREPARE_AGAIN);
        const { documentId, tabId } = caller;
        return callWorkletHost('host.create', { worklet: { documentId, workletId }, tabId, dataOrigin, moduleURL, source });
      });
    },

    'worklet.run': async ({ workletId, name, data, keepAlive }, caller, { sequence, after }) => {
      const worklet = { documentId: caller.documentId, workletId };
      const owner = dataOrigins.of(workletId, caller);
      const dataOrigin = typeof owner === 'string' ? owner : await owner;
      const allow = () => requirePolicy(caller);
      const request = { method: 'run', dataOrigin, parameters: { workletId, name: shorten(name), keepAlive }, allow } as const;
      // An opaque context may run what it could create: a worklet for another origin's data.
      return gate.pass(caller, request, async () => {
        // The operation sees whatever was written before it was asked for. Nothing of how it went is told to the page.
        const seen = updates.settledUnlessBlocked();
        // Where the write before it is missing, both have to be delivered again.
        if (after > 0 && !(await database.isKept(caller.documentId, after))) return undefined;
        void seen.then(() => callWorkletHost('host.run', { worklet, runId: sequence, name, data, keepAlive }));
        return succeed(undefined);
      });
    },

    'policy.require': async (_params, caller) => {
      await policies.requireFeature(caller, 'shared-storage', caller.origin);
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
  };
}

export async function answer<Name extends Method>(
  handlers: Handlers,
  method: Name,
  params: Requests[Name]['params'],
  caller: Caller,
  id: { sequence: number; after: number },
): Promise<Envelope | undefined> {
  try {
    return await handlers[method](params, caller, id);
  } catch (error) {
    if (error instanceof Refusal) return fail(error.name, error.message);
    console.error(method, error);
    return fail('UnknownError', 'Shared Storage Lab could not carry this out; its service worker console says why.');
  }
}
