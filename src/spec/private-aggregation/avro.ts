/**
 * Avro object container files, for the Privacy Sandbox Aggregation Service and its local testing tool.
 * https://avro.apache.org/docs/1.12.0/specification/#object-container-files
 *
 * Written here, for the libraries that write Avro need Node's `Buffer`.
 */

import { encodeAnInteger } from './payload';

const AGGREGATABLE_REPORT = {
  type: 'record',
  name: 'AggregatableReport',
  fields: [
    { name: 'payload', type: 'bytes' },
    { name: 'key_id', type: 'string' },
    { name: 'shared_info', type: 'string' },
  ],
};

const AGGREGATION_BUCKET = { type: 'record', name: 'AggregationBucket', fields: [{ name: 'bucket', type: 'bytes' }] };

const MAGIC = Uint8Array.of(0x4f, 0x62, 0x6a, 0x01);
const SYNC_BYTES = 16;
const BUCKET_BYTES = 16;

/** How many records a block has at most. */
const BLOCK = 100;

type Part = Uint8Array<ArrayBuffer>;

function concatenate(parts: readonly Uint8Array[]): Part {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** A `long` that is not negative: zigzag, seven bits in a byte, the lowest first. */
function long(value: number): Part {
  const bytes: number[] = [];
  let rest = BigInt(value) * 2n;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.of(...bytes, Number(rest));
}

const bytes = (value: Uint8Array): Part => concatenate([long(value.length), value]);
const string = (value: string): Part => bytes(new TextEncoder().encode(value));

function container(schema: object, records: readonly Uint8Array[]): Part {
  const sync = crypto.getRandomValues(new Uint8Array(SYNC_BYTES));
  const metadata = { 'avro.codec': 'null', 'avro.schema': JSON.stringify(schema) };
  const entries = Object.entries(metadata).flatMap(([name, value]) => [string(name), string(value)]);
  const parts: Uint8Array[] = [MAGIC, long(entries.length / 2), ...entries, long(0), sync];
  for (let start = 0; start < records.length; start += BLOCK) {
    const block = records.slice(start, start + BLOCK);
    parts.push(long(block.length), bytes(concatenate(block)), sync);
  }
  return concatenate(parts);
}

/** An aggregatable report as the aggregation service takes it. */
export interface AvroReport {
  /** Encrypted for the service, and in cleartext for its local testing tool. */
  readonly payload: Uint8Array;
  readonly keyId: string;
  readonly sharedInfo: string;
}

/** The file of a batch. */
export function writeBatch(reports: readonly AvroReport[]): Part {
  const records = reports.map(({ payload, keyId, sharedInfo }) => concatenate([bytes(payload), string(keyId), string(sharedInfo)]));
  return container(AGGREGATABLE_REPORT, records);
}

/** The file of the buckets that a summary is to have. */
export function writeDomain(buckets: readonly bigint[]): Part {
  return container(
    AGGREGATION_BUCKET,
    buckets.map((bucket) => bytes(encodeAnInteger(bucket, BUCKET_BYTES))),
  );
}
