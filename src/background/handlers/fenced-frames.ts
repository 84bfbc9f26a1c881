/** Fenced frames of a document, and what documents in frames with opaque URLs ask for. */

import { decodeTokenMessage } from '../../protocol/decoders';
import { type Envelope, fail, succeed } from '../../protocol/envelope';
import type { FenceRequests } from '../../protocol/fence-requests';
import type { Listeners } from '../../protocol/recipients';
import type { Fence } from '../fenced-frames/fence';
import { showFencedFrame } from '../fenced-frames/show';
import { isOwnContext, type Sender } from '../requests/caller';
import type { Gate } from '../requests/gate';
import type { HandlersOf } from './table';

interface Services {
  readonly gate: Gate;
  readonly fence: Fence;
}

type Methods = 'frame.show' | keyof FenceRequests;

export function fencedFrameHandlers({ gate, fence }: Services): HandlersOf<Methods> {
  return {
    'frame.show': async (params, caller) => {
      const { documentId, tabId, origin: dataOrigin } = caller;
      const refusal =
        'document.open() took all listeners off the window: the page would hear what the fenced frame says, so it stays empty.';
      if (params.isSilent || params.url === null) await showFencedFrame(params, caller);
      else gate.note('fencedframe', { documentId, tabId, dataOrigin, refusal });
      return succeed(undefined);
    },

    'fence.report': async (event, caller, { sequence }) => {
      await fence.reports.report(caller, event, sequence);
      return succeed(undefined);
    },

    'fence.automatic': async (beacon, caller) => {
      await fence.reports.setAutomatic(caller, beacon);
      return succeed(undefined);
    },

    'fence.allowReports': async (_params, caller) => {
      await fence.allowReports(caller);
      return succeed(undefined);
    },

    'fence.leave': async (way, caller, { sequence }) => {
      await fence.waysOut.leave(caller, way, sequence);
      return succeed(undefined);
    },

    'fence.unload': async (params, caller, { sequence }) => {
      await fence.waysOut.unload(caller, params, sequence);
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
  };
}

export function fencedFrameListeners({ fence }: Pick<Services, 'fence'>): Pick<Listeners<'background', Sender>, 'form'> {
  return {
    // For the extension's own page alone.
    form: (message, sender): Promise<Envelope> | undefined => {
      const request = decodeTokenMessage(message);
      if (!request || !isOwnContext(sender, chrome.runtime.id, self.origin)) return undefined;
      return fence.waysOut.forms.take(request.token).then(succeed, (error: unknown) => fail('UnknownError', String(error)));
    },
  };
}
