/** Handlers of changes of entries: who may register one, and whether it may be called. docs/possibilities.md */

import type { LiveSettings } from '../../extension/live-settings';
import { fail, Refusal, succeed } from '../../protocol/envelope';
import { decodeHandlerCall, type GivenHandler, type HandlerAnswer, type HandlerCall } from '../../protocol/key-handlers';
import { because } from '../../spec/reason';
import { shorten } from '../../store/events/event-log';
import type { WatchedKeys } from '../event-handlers/watched-keys';
import type { PermissionsPolicies } from '../permissions-policy/permissions-policy';
import { refusalOf } from '../requests/access';
import { isOwnContext, type Sender } from '../requests/caller';
import type { Gate } from '../requests/gate';
import type { WindowUpdates } from '../updates/window-updates';
import type { WorkletDataOrigins } from '../worklets/worklet-data-origins';
import type { WorkletHost } from '../worklets/worklet-host';
import type { HandlersOf } from './table';

interface Services {
  readonly workletHost: WorkletHost;
  readonly dataOrigins: WorkletDataOrigins;
  readonly gate: Gate;
  readonly policies: PermissionsPolicies;
  readonly settings: LiveSettings;
  readonly updates: WindowUpdates;
  readonly watchedKeys: WatchedKeys;
}

/** What the page is told. */
const SWITCHED_OFF = 'settings.possibilities.eventHandlers is false';

const describe = ({ workletId, name, key, actions }: GivenHandler) => ({ workletId, name: shorten(name), key: shorten(key), actions });

export function keyHandlerHandlers(services: Services): HandlersOf<'database.addHandler' | 'database.removeHandler'> {
  const { workletHost, dataOrigins, gate, policies, settings, updates, watchedKeys } = services;
  return {
    'database.addHandler': (params, caller) => {
      const { workletId, isModuleLoaded, ...handler } = params;
      const { origin, documentId, tabId, frameId, facts } = caller;
      return gate.pass(
        caller,
        { method: 'addEventListener', parameters: describe(params) },
        async ({ wait, about, requireAccess }) => {
          // A document that was loaded before the setting was changed asks as well.
          if (!(await settings.get()).possibilities.eventHandlers)
            throw new Refusal('NotSupportedError', SWITCHED_OFF, because('reasonEventHandlersOff'));
          const dataOrigin = await wait('data origin', dataOrigins.of(workletId, caller));
          about(dataOrigin);
          await wait('policy', policies.requireFeatureForWorklet(caller, 'shared-storage', dataOrigin));
          await requireAccess();
          return dataOrigin;
        },
        async (dataOrigin) => {
          const asked = await updates.lastAsked();
          await watchedKeys.add(dataOrigin, handler.key);
          const document = { origin, documentId, tabId, frameId, facts };
          const added = await workletHost.call('host.addHandler', {
            ...handler,
            worklet: { documentId, workletId },
            dataOrigin,
            document,
            asked,
            isModuleLoaded,
          });
          return added.ok ? succeed(undefined) : fail('OperationError', added.error.message);
        },
      );
    },

    'database.removeHandler': (params, caller) => {
      const { workletId, name, key, actions } = params;
      const { documentId } = caller;
      return gate.pass(
        caller,
        { method: 'removeEventListener', parameters: describe(params) },
        async ({ wait, about }) => about(await wait('data origin', dataOrigins.of(workletId, caller))),
        async () => {
          // Where there is no such worklet, or no such handler, it is as it was to be.
          await workletHost.call('host.removeHandler', { worklet: { documentId, workletId }, name, key, actions });
          return succeed(undefined);
        },
      );
    },
  };
}

export function keyHandlerListeners({ policies, settings }: Pick<Services, 'policies' | 'settings'>) {
  const answer = async ({ document, dataOrigin }: HandlerCall): Promise<HandlerAnswer> => {
    const current = await settings.get();
    if (!current.possibilities.eventHandlers) return { refusal: because('reasonEventHandlersOff') };
    const refused = refusalOf(current, dataOrigin);
    return { refusal: refused?.reason ?? (await policies.reasonOfDenial(document, 'shared-storage', dataOrigin)) };
  };

  return {
    'key-handlers'(message: unknown, sender: Sender): Promise<HandlerAnswer> | undefined {
      const call = decodeHandlerCall(message);
      return call && isOwnContext(sender, chrome.runtime.id, self.origin) ? answer(call) : undefined;
    },
  };
}
