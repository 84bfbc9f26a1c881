/** What is encrypted in a report. https://patcg-individual-drafts.github.io/private-aggregation-api/#obtain-the-plaintext-payload */

import type { AggregatableReport } from './aggregatable-report';
import type { HistogramContribution } from './contributions';

/** In the payload each number is a byte string, and no member of it is a number. */
export interface PayloadData {
  readonly data: readonly { readonly id: Uint8Array; readonly value: Uint8Array; readonly bucket: Uint8Array }[];
  readonly operation: 'histogram';
}

/** Big-endian. https://patcg-individual-drafts.github.io/private-aggregation-api/#encode-an-integer-for-the-payload */
export function encodeAnInteger(value: bigint, byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  let rest = value;
  for (let index = byteLength - 1; index >= 0; index--, rest >>= 8n) bytes[index] = Number(rest & 0xffn);
  return bytes;
}

const BUCKET_BYTES = 16;
const VALUE_BYTES = 4;
const NULL_CONTRIBUTION: HistogramContribution = { bucket: 0n, value: 0, filteringId: 0n };

/** The members are in the order in which native writes them, the shorter names first. */
export function payloadOf({ contributions, maxContributions, filteringIdMaxBytes }: AggregatableReport): PayloadData {
  const encoded = ({ bucket, value, filteringId }: HistogramContribution) => ({
    id: encodeAnInteger(filteringId, filteringIdMaxBytes),
    value: encodeAnInteger(BigInt(value), VALUE_BYTES),
    bucket: encodeAnInteger(bucket, BUCKET_BYTES),
  });
  // While contributions' size is less than maxContributions: append nullContribution to contributions.
  const padding = Array(Math.max(0, maxContributions - contributions.length)).fill(encoded(NULL_CONTRIBUTION));
  return { data: [...contributions.map(encoded), ...padding], operation: 'histogram' };
}
