/** Examples for the requests of a table. Those that have none have plain members only: their parameters are found by trying (find-example.ts). */

import type { HostMethod, Method } from '../../../src/protocol/messages';
import type { WorkletCall } from '../../../src/protocol/worklet-port';

interface Tables {
  readonly requests: Method;
  readonly host: HostMethod;
  readonly calls: WorkletCall;
}

export type ExamplesOf<Table extends keyof Tables> = Readonly<Partial<Record<Tables[Table], readonly unknown[]>>>;
