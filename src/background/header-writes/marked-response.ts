/** What is taken of a response to a marked request. */

import { withoutFragment } from '../browser/request-marks';
import type { HeadersReceived } from './tab-responses';

export interface MarkedResponse {
  /** The document that asked for it; without an id where it had gone before it could say so. */
  readonly caller: { readonly documentId: string | null; readonly tabId: number | null };
  readonly request: {
    /** The same for all hops of a redirect. */
    readonly id: string;
    readonly method: string;
    /** What asked for it, as webRequest names it. */
    readonly type: string;
  };
  /** Of the response's URL: whose data it writes. */
  readonly origin: string;
  readonly url: string;
  /** The HTTP status. */
  readonly status: number;
  /** The values of its `Shared-Storage-Write` header lines. */
  readonly lines: readonly string[];
}

export function responseOf(
  { url, statusCode, responseHeaders = [], requestId: id, method, type }: HeadersReceived,
  caller: MarkedResponse['caller'],
): MarkedResponse {
  const lines = responseHeaders.filter(({ name }) => name.toLowerCase() === 'shared-storage-write');
  return {
    caller,
    request: { id, method, type },
    origin: new URL(url).origin,
    url: withoutFragment(url),
    status: statusCode,
    // A value that is not UTF-8 has no text. Whatever it is, it is no structured field.
    lines: lines.map(({ value }) => value ?? '\ufffd'),
  };
}
