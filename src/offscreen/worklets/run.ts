/** An operation that is to be run in a worklet. */

import type { PrivateAggregationConfig } from '../../spec/private-aggregation/contributions';
import type { OperationResult } from '../../spec/select-url';

export interface Run {
  readonly runId: number;
  readonly name: string;
  readonly data: { readonly value: unknown } | null;
  readonly keepAlive: boolean;
  readonly config: PrivateAggregationConfig;
  /** Where the operation selects a URL: the URLs, and who is told, once, what it came to. */
  readonly selection?: { readonly urls: readonly string[]; finish(result: OperationResult): void };
}
