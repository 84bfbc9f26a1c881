/** Examples for each request of a table: a request without one does not compile. */

import type { HostMethod, Method } from '../../../src/protocol/messages';
import type { WorkletCall } from '../../../src/protocol/worklet-port';

interface Tables {
  readonly requests: Method;
  readonly host: HostMethod;
  readonly calls: WorkletCall;
}

export type ExamplesOf<Table extends keyof Tables> = Readonly<Record<Tables[Table], readonly unknown[]>>;
