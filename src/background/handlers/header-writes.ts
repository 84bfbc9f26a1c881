/** Requests whose responses may write. */

import { fail, Refusal, succeed } from '../../protocol/envelope';
import type { HeaderWriter } from '../header-writes/header-writer';
import type { HeaderWrites } from '../header-writes/header-writes';
import { repeatRequest } from '../header-writes/repeated-requests';
import type { PermissionsPolicies } from '../permissions-policy/permissions-policy';
import type { ArrivalOrder } from '../requests/arrival-order';
import type { Caller } from '../requests/caller';
import type { HandlersOf } from './table';

interface Services {
  readonly order: ArrivalOrder;
  readonly policies: PermissionsPolicies;
  readonly headerWriter: HeaderWriter;
  readonly headerWrites: HeaderWrites;
}

type Methods = 'header.expect' | 'header.settle' | 'header.repeat';

export function headerWriteHandlers({ order, policies, headerWriter, headerWrites }: Services): HandlersOf<Methods> {
  /** Rejects with a Refusal, which it has noted. */
  const requireHeaderWrites = async (url: string, caller: Caller) => {
    let who = 'policy denies: ';
    try {
      await policies.requireFeature(caller, 'shared-storage', new URL(url).origin);
      who = '';
      await headerWriter.requireAccess(url);
    } catch (error) {
      if (error instanceof Refusal) headerWriter.noteRefused(url, caller, `${who}${error.reason}`);
      throw error;
    }
  };

  return {
    'header.expect': ({ token, url, byURL }, caller) =>
      order.enter(
        caller.documentId,
        () => requireHeaderWrites(url, caller),
        async () => {
          if (byURL) await headerWrites.expectByURL(token, caller, url);
          else headerWrites.expect(token, caller);
          return succeed(undefined);
        },
      ),

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
