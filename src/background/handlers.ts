/** One handler for each request that a bridge can make. What a handler throws becomes the envelope's error. */

import { type Envelope, fail, Refusal, succeed } from '../protocol/envelope';
import type { Method, Requests } from '../protocol/messages';
import type { SharedStorageDatabase } from '../spec/database';
import { shorten } from '../store/event-log';
import type { Caller } from './caller';
import type { Gate } from './gate';
import type { HeaderWrites } from './header-writes';
import { callWorkletHost } from './worklet-host';

export interface Services {
  readonly database: SharedStorageDatabase;
  readonly gate: Gate;
  readonly headerWrites: HeaderWrites;
}

/** The message's number in its document: the same number means the same message, delivered again. */
type Handler<Name extends Method> = (params: Requests[Name]['params'], caller: Caller, sequence: number) => Promise<Envelope>;

type Handlers = { [Name in Method]: Handler<Name> };

/** https://wicg.github.io/shared-storage/#determine-whether-shared-storage-is-allowed-by-context */
function requireTupleOrigin({ origin }: Caller): void {
  // If environment's origin is an opaque origin, then return false.
  if (origin === 'null') throw new Refusal('InvalidAccessError', 'The shared storage method is not allowed in an opaque origin context');
}

export function createHandlers({ database, gate, headerWrites }: Services): Handlers {
  return {
    'database.update': async ({ methods }, caller, sequence) => {
      requireTupleOrigin(caller);
      const request = { method: 'update', dataOrigin: caller.origin, parameters: { count: methods.length } } as const;
      return gate.pass(caller, request, async () => {
        // Outside worklets a result of false is not told: it would say something about what is stored.
        await gate.databaseFor(caller).update(caller.origin, methods, { documentId: caller.documentId, sequence });
        return succeed(undefined);
      });
    },

    'worklet.create': async ({ workletId, moduleURL, source }, caller) => {
      requireTupleOrigin(caller);
      const { documentId, tabId, origin: dataOrigin } = caller;
      const request = { method: 'addModule', dataOrigin, parameters: { workletId, moduleURL: shorten(moduleURL) } } as const;
      return gate.pass(caller, request, () =>
        callWorkletHost('host.create', { worklet: { documentId, workletId }, tabId, dataOrigin, moduleURL, source }),
      );
    },

    'worklet.run': async ({ workletId, name, data, keepAlive }, caller, sequence) => {
      requireTupleOrigin(caller);
      const worklet = { documentId: caller.documentId, workletId };
      const request = { method: 'run', dataOrigin: caller.origin, parameters: { workletId, name: shorten(name), keepAlive } } as const;
      return gate.pass(caller, request, async () => {
        // The operation sees whatever was written before it was asked for. Nothing of how it went is told to the page.
        void database.settled().then(() => callWorkletHost('host.run', { worklet, runId: sequence, name, data, keepAlive }));
        return succeed(undefined);
      });
    },

    'header.expect': async ({ token }, caller) => {
      headerWrites.expect(token, caller);
      return succeed(undefined);
    },

    'header.settle': async ({ token }, caller) => {
      await headerWrites.settle(token, caller);
      return succeed(undefined);
    },
  };
}

export async function answer<Name extends Method>(
  handlers: Handlers,
  method: Name,
  params: Requests[Name]['params'],
  caller: Caller,
  sequence: number,
): Promise<Envelope> {
  try {
    return await handlers[method](params, caller, sequence);
  } catch (error) {
    if (error instanceof Refusal) return fail(error.name, error.message);
    console.error(method, error);
    return fail('UnknownError', 'Shared Storage Lab could not carry this out; its service worker console says why.');
  }
}
