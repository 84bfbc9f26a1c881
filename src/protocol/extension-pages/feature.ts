/** What a feature's messages for the extension's own pages are made of. */

import type { Decoder } from '../schema';

/** A decoder for the parameters of each request of a table. */
export type DecodersOf<Table extends Record<keyof Table, { params: unknown }>> = {
  readonly [Name in keyof Table]: Decoder<Table[Name]['params']>;
};
