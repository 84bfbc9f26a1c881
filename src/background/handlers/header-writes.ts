/** Requests whose responses may write. */

import { wordsOf } from '../../extension/words';
import { fail, Refusal, succeed } from '../../protocol/envelope';
import { doPoliciesAllow, IMG_SRC } from '../../spec/content-security-policy';
import { NOBODY } from '../../spec/permissions-policy/allowlist';
import type { HeaderWriter } from '../header-writes/header-writer';
import type { HeaderWrites } from '../header-writes/header-writes';
import type { PolicyMarks } from '../header-writes/policy-marks';
import { repeatRequest } from '../header-writes/repeated-requests';
import type { PermissionsPolicies } from '../permissions-policy/permissions-policy';
import type { ArrivalOrder } from '../requests/arrival-order';
import type { Caller } from '../requests/caller';
import type { Embedders } from '../select-url/embedder-policies';
import type { HandlersOf } from './table';

interface Services {
  readonly order: ArrivalOrder;
  readonly policies: PermissionsPolicies;
  readonly embedders: Embedders;
  readonly headerWriter: HeaderWriter;
  readonly headerWrites: HeaderWrites;
  readonly policyMarks: PolicyMarks;
}

type Methods = 'header.expect' | 'header.settle' | 'header.repeat';

const mayShow =
  (embedders: Embedders) =>
  async (imageURL: string, { tabId, documentId }: Caller): Promise<boolean> =>
    doPoliciesAllow(await embedders.readPolicies(tabId, documentId), IMG_SRC, imageURL);

/** Rethrows a Refusal, which it has noted. */
const refuseWith =
  (headerWriter: HeaderWriter) =>
  (url: string, caller: Caller, error: unknown): never => {
    if (error instanceof Refusal) headerWriter.noteRefused(url, caller, error.reason);
    throw error;
  };

export function headerWriteHandlers(services: Services): HandlersOf<Methods> {
  const { order, policies, embedders, headerWriter, headerWrites, policyMarks } = services;
  const refuse = refuseWith(headerWriter);
  const ways = { headerWrites, mayShow: mayShow(embedders) };
  /** What the request's mark says of the origins that may write. */
  const markOf = async (caller: Caller) => policyMarks.of(await policies.enabledOrigins(caller, 'shared-storage'), caller.tabId);

  /** Rejects with a Refusal where the request is to have no mark. */
  const requireHeaderWrites = async (url: string, caller: Caller): Promise<string> => {
    const denial = await policies.reasonOfDenial(caller, 'shared-storage', new URL(url).origin);
    if (denial !== null) {
      const { origins, subdomains } = await policies.enabledOrigins(caller, 'shared-storage').catch(() => NOBODY);
      // It may be redirected to somebody who is allowed, and has the header there.
      if (origins.length + subdomains.length === 0) refuse(url, caller, new Refusal('InvalidAccessError', wordsOf(denial), denial));
    }
    await headerWriter.requireAccess(url, caller).catch((error: unknown) => refuse(url, caller, error));
    return markOf(caller);
  };

  return {
    'header.expect': ({ token, url, byURL, isLast }, caller, { repeated }) => {
      // It is on its way already.
      if (isLast) headerWrites.listenToAll();
      return order.enter(
        caller.documentId,
        () =>
          requireHeaderWrites(url, caller).catch((error: unknown) => {
            headerWrites.ignore(token);
            throw error;
          }),
        async (origins) => {
          if (byURL) await headerWrites.expectByURL(token, caller, url);
          else if (isLast) headerWrites.expectLast(token, caller);
          else headerWrites.expect(token, caller);
          if (repeated) headerWrites.doubt(token);
          return succeed(origins);
        },
      );
    },

    'header.settle': async ({ token, repeat }, caller) => {
      const settled = await headerWrites.settle(token, caller);
      if (settled === 'seen' || !repeat) return succeed(undefined);
      // Where this worker was awake all the time, the response to a fetch came from elsewhere; what an element loaded came unmarked:
      // an image from memory, a frame's own navigation that could not be taken back.
      if (settled === 'unseen' && repeat.destination === 'iframe') return fail('NotFoundError', 'The marked request had no response.');
      if (settled !== 'lost' && repeat.destination !== 'image') return succeed(undefined);
      await repeatRequest(ways, caller, repeat, await markOf(caller), token);
      return succeed(undefined);
    },

    'header.repeat': async (params, caller, { sequence }) => {
      const origins = await requireHeaderWrites(params.url, caller);
      await repeatRequest(ways, caller, params, origins, `repeated ${sequence}`);
      return succeed(undefined);
    },
  };
}
