/** One listener for each kind of message that the service worker hears. */

import { type DecodedMessage, type DecodedRequest, decodeMessage, decodePassage, decodeURNRequest } from '../../protocol/decoders';
import { type Envelope, fail, succeed } from '../../protocol/envelope';
import type { Listeners } from '../../protocol/recipients';
import type { Badge } from '../browser/badge';
import type { HeaderWrites } from '../header-writes/header-writes';
import { type Caller, callerOf, isOwnContext, type Sender } from '../requests/caller';
import { RequestPorts } from '../requests/request-ports';
import { RequestsUnderWay } from '../requests/requests-under-way';
import type { FrameNavigations } from '../select-url/navigate';
import { type LeadServices, leadFrame } from '../select-url/selected-frames';
import type { URNNavigations } from '../select-url/urn-navigations';
import { extensionPageListeners } from './extension-pages/listener';
import { isolationListeners } from './isolation';
import { keyHandlerListeners } from './key-handlers';
import { privateAggregationListeners } from './private-aggregation';
import { answer, createHandlers } from './table';
import { workletHostListeners } from './worklet-host';

const NOT_UNDERSTOOD = fail('NotSupportedError', 'Shared Storage Lab does not understand this request.');

type Services = Parameters<typeof createHandlers>[0] &
  Parameters<typeof extensionPageListeners>[0] &
  Parameters<typeof isolationListeners>[0] &
  Parameters<typeof keyHandlerListeners>[0] &
  Parameters<typeof privateAggregationListeners>[0] &
  Parameters<typeof workletHostListeners>[0] &
  LeadServices & {
    readonly badge: Badge;
    readonly frameNavigations: FrameNavigations;
    readonly headerWrites: HeaderWrites;
    readonly urnNavigations: URNNavigations;
  };

/** For our own bridges. */
function createRequestListener(services: Services): Listeners<'background', Sender>['service-worker'] {
  const { badge, headerWrites, order } = services;
  const handlers = createHandlers(services);
  const underWay = new RequestsUnderWay<Envelope | undefined>();

  /** Each request has its place before the next one is looked at. */
  const answerAll = ({ requests }: DecodedMessage, caller: Caller): Promise<(Envelope | undefined)[]> => {
    const answerOne = ({ method, params, ...delivery }: DecodedRequest) =>
      underWay.once(caller.documentId, delivery.sequence, () => answer(handlers, order, method, params, caller, delivery));
    return Promise.all(requests.map((request) => (request ? answerOne(request) : NOT_UNDERSTOOD)));
  };

  const requestPorts = new RequestPorts(
    (message, caller) => {
      const decoded = decodeMessage(message);
      return decoded ? answerAll(decoded, { ...caller, facts: decoded.facts }) : Promise.resolve([NOT_UNDERSTOOD]);
    },
    (documentId) => headerWrites.abandon(documentId),
  );

  return (message, sender) => {
    const decoded = decodeMessage(message);
    const caller = decoded && callerOf(sender, chrome.runtime.id, decoded.facts);
    if (!caller) return Promise.resolve(decoded?.requests.map(() => NOT_UNDERSTOOD) ?? [NOT_UNDERSTOOD]);
    const answered = answerAll(decoded, caller);
    // Nobody waits for these, and they pass the same process.
    void answered.finally(() => {
      badge.mark(caller.tabId, caller.documentId);
      if (sender.documentLifecycle === 'active') requestPorts.open(caller);
    });
    return answered;
  };
}

/** For the extension's own page alone. */
function leadOut({ frameNavigations }: Services): Listeners<'background', Sender>['passage'] {
  return (message, sender) => {
    const request = decodePassage(message);
    if (!request || !isOwnContext(sender, chrome.runtime.id, self.origin)) return undefined;
    // The frame may have gone meanwhile.
    const led = frameNavigations.leadOutOfPassage(sender, request.token);
    return led.then(succeed, (error: unknown) => fail('UnknownError', String(error)));
  };
}

/** For our own content scripts in secure documents. */
function leadFrameOf(services: Services): Listeners<'background', Sender>['selected-url'] {
  return (message, sender) => {
    const request = decodeURNRequest(message);
    const caller = callerOf(sender, chrome.runtime.id, null);
    if (!request || !caller) return undefined;
    // Unanswered where this worker is being stopped: then the next one is asked.
    if (!request.isOwn) return leadFrame(request.urn, request.isSent, caller, services).then(succeed);
    const own = { ...caller, url: request.urn, error: '' };
    return services.urnNavigations.fill(own).then(() => succeed(null));
  };
}

export function createListeners(services: Services): Listeners<'background', Sender> {
  return {
    'service-worker': createRequestListener(services),
    passage: leadOut(services),
    'selected-url': leadFrameOf(services),
    ...extensionPageListeners(services),
    ...workletHostListeners(services),
    ...isolationListeners(services),
    ...keyHandlerListeners(services),
    ...privateAggregationListeners(services),
  };
}
