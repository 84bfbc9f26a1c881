/** Answers the extension's own pages, and nobody else: what is stored is told to them alone. */

import { wordsOf } from '../../../extension/words';
import { type Envelope, fail, Refusal, succeed } from '../../../protocol/envelope';
import {
  decodeExtensionPageRequest,
  type ExtensionPageMethod,
  type ExtensionPageRequests,
} from '../../../protocol/extension-pages/requests';
import { because, reasonOf } from '../../../spec/reason';
import { isExtensionPage, type Sender } from '../../requests/caller';
import { dataOriginHandlers } from './data-origin';
import { entriesHandlers } from './entries';
import { eventsHandlers } from './events';
import { headerWritesPageHandlers } from './header-writes';
import { inspectedPageHandlers } from './inspected-page';
import { isolationHandlers } from './isolation';
import { replayHandlers } from './replay';
import { reportsHandlers } from './reports';
import { selectURLPageHandlers } from './select-url';
import { settingsHandlers } from './settings';
import { stateHandlers } from './state';
import type { ExtensionPageHandlersOf } from './table';
import { whyNotHandlers } from './why-not/why-not';
import { workletsHandlers } from './worklets';

type Services = Parameters<typeof entriesHandlers>[0] &
  Parameters<typeof eventsHandlers>[0] &
  Parameters<typeof workletsHandlers>[0] &
  Parameters<typeof selectURLPageHandlers>[0] &
  Parameters<typeof reportsHandlers>[0] &
  Parameters<typeof headerWritesPageHandlers>[0] &
  Parameters<typeof isolationHandlers>[0] &
  Parameters<typeof whyNotHandlers>[0] &
  Parameters<typeof dataOriginHandlers>[0] &
  Parameters<typeof settingsHandlers>[0] &
  Parameters<typeof stateHandlers>[0];

type Handlers = ExtensionPageHandlersOf<ExtensionPageMethod>;

const createHandlers = (services: Services): Handlers => ({
  ...inspectedPageHandlers(),
  ...entriesHandlers(services),
  ...eventsHandlers(services),
  ...workletsHandlers(services),
  ...selectURLPageHandlers(services),
  ...reportsHandlers(services),
  ...headerWritesPageHandlers(services),
  ...isolationHandlers(services),
  ...whyNotHandlers(services),
  ...dataOriginHandlers(services),
  ...settingsHandlers(services),
  ...stateHandlers(services),
  ...replayHandlers(services),
});

async function answer<Name extends ExtensionPageMethod>(
  handlers: Handlers,
  method: Name,
  params: ExtensionPageRequests[Name]['params'],
): Promise<Envelope> {
  try {
    return succeed(await handlers[method](params));
  } catch (error) {
    if (!(error instanceof Refusal)) console.error(method, error);
    return fail(error instanceof Error ? error.name : 'UnknownError', wordsOf(error instanceof Refusal ? error.reason : reasonOf(error)));
  }
}

/** Answers a request, whoever made it: the caller sees to that it comes from the extension itself. */
export type AnswerExtensionPage = (request: unknown) => Promise<Envelope>;

export function createExtensionPageAnswers(services: Services): AnswerExtensionPage {
  const handlers = createHandlers(services);
  return async (message) => {
    const request = decodeExtensionPageRequest(message);
    if (!request) return fail('NotSupportedError', wordsOf(because('requestNotUnderstood')));
    return answer(handlers, request.method, request.params);
  };
}

export function extensionPageListeners({ answerExtensionPage }: { readonly answerExtensionPage: AnswerExtensionPage }) {
  return {
    /** Undefined, which answers nothing, where anybody else asks. */
    'extension-page'(message: unknown, sender: Sender): Promise<Envelope> | undefined {
      return isExtensionPage(sender, chrome.runtime.id, self.origin) ? answerExtensionPage(message) : undefined;
    },
  };
}
