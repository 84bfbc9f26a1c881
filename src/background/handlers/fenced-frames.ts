/** Fenced frames of a document, and what documents in frames with opaque URLs ask for. */

import { succeed } from '../../protocol/envelope';
import { because } from '../../spec/reason';
import type { Fence } from '../fenced-frames/fence';
import type { Reporting } from '../fenced-frames/reporting';
import type { FencedFrames } from '../fenced-frames/show';
import type { Gate } from '../requests/gate';
import type { HandlersOf } from './table';

interface Services {
  readonly gate: Gate;
  readonly fence: Fence;
  readonly fencedFrames: FencedFrames;
  readonly reporting: Reporting;
}

type Methods = 'frame.show' | 'fence.report' | 'fence.automatic' | 'fence.leave' | 'fence.unload' | 'fence.disableNetwork' | 'fence.notify';

export function fencedFrameHandlers({ gate, fence, fencedFrames, reporting }: Services): HandlersOf<Methods> {
  return {
    'frame.show': async (params, caller) => {
      const { documentId, tabId, origin: dataOrigin } = caller;
      if (params.isSilent || params.url === null) {
        // Unanswered, the request is delivered again: this worker is being stopped, or the document has gone.
        const unanswered = (error: unknown) => void console.debug('fenced frame', error);
        return fencedFrames.show(params, caller).then(() => succeed(undefined), unanswered);
      }
      gate.note('fencedframe', { documentId, tabId, dataOrigin, refusal: because('reasonListenersGone') });
      return succeed(undefined);
    },

    'fence.report': async (beacon, caller, { sequence }) => {
      await reporting.report(caller, beacon, sequence);
      return succeed(undefined);
    },

    'fence.automatic': async (beacon, caller) => {
      await reporting.remember(caller, beacon);
      return succeed(undefined);
    },

    'fence.leave': async (params, caller) => {
      await fence.leave(caller, params);
      return succeed(undefined);
    },

    'fence.unload': async ({ isActive }, caller) => {
      await fence.unload(caller, isActive);
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
