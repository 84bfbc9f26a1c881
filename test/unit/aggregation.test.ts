/** Summaries, and the files for those who make them elsewhere, read back with another implementation of Avro. */

import { Readable } from 'node:stream';
import avro from 'avsc';
import { describe, expect, test } from 'vitest';
import { writeBatch, writeDomain } from '../../src/spec/private-aggregation/avro';
import { L1_BOUND, summarize } from '../../src/spec/private-aggregation/summary';

const contribution = (bucket: bigint, value: number, filteringId = 0n) => ({ bucket, value, filteringId });
const ALL = { domain: null, filteringIds: null, noise: null };

describe('a summary', () => {
  const given = [contribution(2n ** 127n, 5), contribution(1n, 2), contribution(2n ** 127n, 6), contribution(7n, 1, 3n)];

  test('has the sum of each bucket, in their order', () => {
    expect(summarize(given, ALL)).toEqual([
      { bucket: 1n, sum: 2, value: 2 },
      { bucket: 7n, sum: 1, value: 1 },
      { bucket: 2n ** 127n, sum: 11, value: 11 },
    ]);
  });

  test('has the buckets of its domain and no others, and the filtering ids that are asked for', () => {
    expect(summarize(given, { ...ALL, domain: [9n, 1n] }).map(({ bucket, sum }) => [bucket, sum])).toEqual([
      [1n, 2],
      [9n, 0],
    ]);
    expect(summarize(given, { ...ALL, filteringIds: [3n] }).map(({ bucket }) => bucket)).toEqual([7n]);
  });

  test('has the same noise for the same seed, whatever the order of the reports', () => {
    const noise = { epsilon: 10, seed: 'seed' };
    const summary = summarize(given, { ...ALL, noise });
    expect(summarize([...given].reverse(), { ...ALL, noise })).toEqual(summary);
    expect(summarize(given, { ...ALL, noise: { ...noise, seed: 'other' } })).not.toEqual(summary);
    expect(summarize(given, { ...ALL, noise: { ...noise, seed: null } })).not.toEqual(summary);
  });

  test.each([64, 10, 1])("has Laplace's distribution: epsilon %d", (epsilon) => {
    const domain = Array.from({ length: 20_000 }, (_, bucket) => BigInt(bucket));
    const scale = L1_BOUND / epsilon;
    const noises = summarize([], { ...ALL, domain, noise: { epsilon, seed: 'distribution' } }).map(({ value }) => value / scale);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(noises))).toBeLessThan(0.05);
    // Of Laplace(1): the mean of the absolute values is 1, and that of the squares 2; beyond ln 2 are half of all.
    expect(mean(noises.map(Math.abs))).toBeCloseTo(1, 1);
    expect(Math.abs(mean(noises.map((noise) => noise ** 2)) - 2)).toBeLessThan(0.15);
    expect(noises.filter((noise) => Math.abs(noise) > Math.LN2).length / noises.length).toBeCloseTo(0.5, 1);
    expect(noises.filter((noise) => noise > 0).length / noises.length).toBeCloseTo(0.5, 1);
  });
});

async function read(file: Uint8Array): Promise<{ records: unknown[]; schema: object }> {
  const decoder = new avro.streams.BlockDecoder();
  const records: unknown[] = [];
  let schema = {};
  decoder.on('metadata', (type: { schema(): object }) => {
    schema = type.schema();
  });
  for await (const record of Readable.from([Buffer.from(file)]).pipe(decoder)) records.push({ ...record });
  return { records, schema };
}

describe('an export', () => {
  test('of a batch is what the aggregation service reads', async () => {
    const reports = Array.from({ length: 250 }, (_, index) => ({
      payload: new Uint8Array(index * 3).fill(index),
      keyId: `key ${index}`,
      sharedInfo: `{"reporting_origin":"https://ä.example","number":"${'9'.repeat(index)}"}`,
    }));
    const { records, schema } = await read(writeBatch(reports));
    expect(records).toEqual(
      reports.map(({ payload, keyId, sharedInfo }) => ({ payload: Buffer.from(payload), key_id: keyId, shared_info: sharedInfo })),
    );
    expect(schema).toMatchObject({ type: 'record', name: 'AggregatableReport' });
  });

  test('of a domain has the buckets in 16 bytes, big-endian', async () => {
    const { records, schema } = await read(writeDomain([0n, 258n, 2n ** 128n - 1n]));
    expect(records).toEqual([
      { bucket: Buffer.alloc(16) },
      { bucket: Buffer.concat([Buffer.alloc(14), Buffer.from([1, 2])]) },
      { bucket: Buffer.alloc(16, 255) },
    ]);
    expect(schema).toMatchObject({ type: 'record', name: 'AggregationBucket' });
  });

  test('of nothing can be read as well', async () => {
    expect((await read(writeBatch([]))).records).toEqual([]);
  });
});
