/** The worklet realm, inside the worker: locks itself down, and waits for its port and then for the module. */

import { bag } from '../webidl/primordials';
import { mirrorConsole } from './console/console';
import { Lines } from './console/lines';
import { RunningOperations } from './console/running-operations';
import { exposeGlobalScope, moveCrypto } from './global-scope';
import { Locks } from './lock-manager';
import { lockDown } from './lockdown';
import { runModule } from './module';
import { OperationScopes } from './operation-scope';
import { Operations } from './operations';
import { HostPort, type Requests } from './port';
import { eventPorts } from './primordials';
import { OperationStates } from './private-aggregation/operation-states';
import type { WorkletPrivateAggregation } from './private-aggregation/private-aggregation';
import { WorkletSharedStorage } from './shared-storage/shared-storage';
import { completeCrypto } from './subtle-crypto';

const port = new HostPort();
const running = new RunningOperations();
const lines = new Lines(port, running);
const scopes = new OperationScopes();
const contributing = new OperationStates(port, scopes, lines);
const operations = new Operations({ port, scopes, lines, running, contributing });
const sharedStorage = new WorkletSharedStorage(port);
const aggregation: WorkletPrivateAggregation = bag({ isAllowed: false, operations: contributing, lines });
const locks = new Locks(port);

function handle(request: Requests): void {
  if (request.type === 'run') {
    operations.run(request);
    return;
  }
  sharedStorage.context = request.context;
  aggregation.isAllowed = request.mayContribute;
  runModule(request.url, request.source, lines, (error) => {
    // DEVIATION: the specification sets addModule success to true where the module did not throw. As natively, what it has registered runs anyway.
    sharedStorage.isAddModuleFinished = true;
    // The worklet may end with it.
    lines.send();
    port.afterPendingCalls(() => port.send({ type: 'loaded', error, operations: operations.names }));
  });
}

addEventListener(
  'message',
  (event: MessageEvent) => {
    port.open(eventPorts(event)[0] as MessagePort, handle, (message) => locks.changed(message));
  },
  { once: true },
);
mirrorConsole(lines);
moveCrypto();
lockDown();
completeCrypto(port);
exposeGlobalScope({ port, operations, sharedStorage, aggregation, locks });
