/** The worklet realm, inside the worker: locks itself down, and waits for its port and then for the module. */

import { mirrorConsole } from './console/console';
import { sendLines } from './console/lines';
import { exposeGlobalScope, moveCrypto } from './global-scope';
import { lockChanged } from './lock-manager';
import { lockDown } from './lockdown';
import { runModule } from './module';
import { registeredNames, runOperation } from './operations';
import { afterPendingCalls, open, type Requests, send } from './port';
import { eventPorts } from './primordials';
import { allowPrivateAggregation } from './private-aggregation/private-aggregation';
import { finishAddModule, setEmbedderContext } from './shared-storage/shared-storage';
import { completeCrypto } from './subtle-crypto';

function handle(request: Requests): void {
  if (request.type === 'run') {
    runOperation(request);
    return;
  }
  setEmbedderContext(request.context);
  allowPrivateAggregation(request.mayContribute);
  runModule(request.url, request.source, (error) => {
    // DEVIATION: the specification sets addModule success to true where the module did not throw. As natively, what it has registered runs anyway.
    finishAddModule();
    // The worklet may end with it.
    sendLines();
    afterPendingCalls(() => send({ type: 'loaded', error, operations: registeredNames() }));
  });
}

addEventListener(
  'message',
  (event: MessageEvent) => {
    open(eventPorts(event)[0] as MessagePort, handle, lockChanged);
  },
  { once: true },
);
mirrorConsole();
moveCrypto();
lockDown();
completeCrypto();
exposeGlobalScope();
