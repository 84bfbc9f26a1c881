/** Reports as Chrome sent them: opened here by other implementations than those that made them. */

import { generateKeyPairSync } from 'node:crypto';
import { decode, encode as encodeByAnother } from 'cbor2';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { encodePayload, PayloadEncryption } from '../../src/background/private-aggregation/encrypt';
import { createSuite } from '../../src/background/private-aggregation/hpke';
import {
  type AggregatableReport,
  obtainAReportingEndpoint,
  obtainAReportsSharedInfo,
  serializeAnAggregatableReport,
} from '../../src/spec/private-aggregation/aggregatable-report';
import { payloadOf } from '../../src/spec/private-aggregation/payload';
import { obtainAReportDeliveryTime } from '../../src/spec/private-aggregation/scheduling';
import { openReport } from './open-report';

afterEach(() => {
  vi.useRealTimers();
});

const REPORT: AggregatableReport = {
  reportId: '123e4567-e89b-42d3-a456-426614174000',
  reportingOrigin: 'https://reporter.example',
  originalReportTime: 1_700_000_000_999,
  contributions: [
    { bucket: 2n ** 53n, value: 2 ** 31 - 1, filteringId: 258n },
    { bucket: 2n ** 128n - 1n, value: 1, filteringId: 0n },
  ],
  debugMode: { enabled: true, key: 777n },
  aggregationCoordinator: 'https://coordinator.example',
  contextId: 'context',
  filteringIdMaxBytes: 2,
  maxContributions: 20,
};

const hex = (bytes: Uint8Array | ArrayBuffer): string => Buffer.from(bytes as Uint8Array).toString('hex');
const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'hex'));

describe('the payload', () => {
  test('is what Chrome writes, byte for byte', () => {
    const report = { ...REPORT, contributions: [{ bucket: 1n, value: 2, filteringId: 0n }], filteringIdMaxBytes: 1, maxContributions: 1 };
    // A map of "data", an array of one map of "id", "value" and "bucket", and of "operation": the shorter names first.
    expect(hex(encodePayload(payloadOf(report)))).toBe(
      'a2' +
        '64' +
        '64617461' +
        '81' +
        'a3' +
        '62' +
        '6964' +
        '41' +
        '00' +
        '65' +
        '76616c7565' +
        '44' +
        '00000002' +
        '66' +
        '6275636b6574' +
        '50' +
        '00000000000000000000000000000001' +
        '69' +
        '6f7065726174696f6e' +
        '69' +
        '686973746f6772616d',
    );
  });

  test.each([
    ['padded', REPORT],
    ['null', { ...REPORT, contributions: [] }],
    ['of a hundred', { ...REPORT, contributions: Array(100).fill(REPORT.contributions[0]), maxContributions: 100 }],
    ['of wide filtering ids', { ...REPORT, filteringIdMaxBytes: 8 }],
  ])('is byte-identical to that of another encoder: %s', (_which, report) => {
    const payload = payloadOf(report);
    expect(payload.data).toHaveLength(report.maxContributions);
    expect(hex(encodePayload(payload))).toBe(hex(encodeByAnother(payload)));
  });

  test('says the contributions in big-endian bytes, and pads with nothing', () => {
    const { data, operation } = decode(encodePayload(payloadOf(REPORT))) as ReturnType<typeof payloadOf>;
    expect(operation).toBe('histogram');
    expect(data.slice(0, 3).map(({ bucket, value, id }) => [hex(bucket), hex(value), hex(id)])).toEqual([
      ['00000000000000000020000000000000', '7fffffff', '0102'],
      ['ffffffffffffffffffffffffffffffff', '00000001', '0000'],
      ['00000000000000000000000000000000', '00000000', '0000'],
    ]);
  });
});

describe('HPKE', () => {
  // RFC 9180, A.2.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20Poly1305, base mode.
  const VECTOR = {
    info: '4f6465206f6e2061204772656369616e2055726e',
    skEm: 'f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600',
    pkEm: '1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a',
    pkRm: '4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a',
    skRm: '8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb',
    pt: '4265617574792069732074727574682c20747275746820626561757479',
    sealed: [
      { aad: '436f756e742d30', ct: '1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28' },
      { aad: '436f756e742d31', ct: '6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090bb119e85285337cc95ba5f59992dc98c' },
      { aad: '436f756e742d32', ct: '71146bd6795ccc9c49ce25dda112a48f202ad220559502cef1f34271e0cb4b02b4f10ecac6f48c32f878fae86b' },
    ],
  };

  test('seals as the vectors of RFC 9180 do', async () => {
    const { kem, suite } = createSuite();
    const ekm = {
      publicKey: await kem.deserializePublicKey(bytes(VECTOR.pkEm)),
      privateKey: await kem.deserializePrivateKey(bytes(VECTOR.skEm)),
    };
    const recipientPublicKey = await kem.deserializePublicKey(bytes(VECTOR.pkRm));
    const sender = await suite.createSenderContext({ recipientPublicKey, info: bytes(VECTOR.info), ekm });
    expect(hex(sender.enc)).toBe(VECTOR.pkEm);
    for (const { aad, ct } of VECTOR.sealed) expect(hex(await sender.seal(bytes(VECTOR.pt), bytes(aad)))).toBe(ct);
  });

  test('opens what the vectors of RFC 9180 sealed, by the implementation that opens reports in the tests', () => {
    const [{ aad, ct } = { aad: '', ct: '' }] = VECTOR.sealed;
    const opened = openReport(bytes(VECTOR.pkEm + ct), bytes(VECTOR.skRm), bytes(VECTOR.info), bytes(aad));
    expect(hex(opened)).toBe(VECTOR.pt);
  });

  test('is opened by another implementation, with the shared info and no other', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('x25519');
    const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    const secret = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
    const plaintext = encodePayload(payloadOf(REPORT));
    const sharedInfo = obtainAReportsSharedInfo(REPORT);
    const info = (text: string) => Buffer.from(`aggregation_service${text}`);
    const encryption = new PayloadEncryption();
    const keys = new Set<string>();
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    // The second one's ephemeral key was made in advance.
    for (const count of [1, 2]) {
      const encrypted = await encryption.encrypt(plaintext, raw, sharedInfo);
      expect(hex(openReport(encrypted, secret, info(sharedInfo)))).toBe(hex(plaintext));
      expect(() => openReport(encrypted, secret, info(sharedInfo.replace('1.0', '0.1')))).toThrow();
      expect(keys.add(hex(encrypted.subarray(0, 32))).size).toBe(count);
      await vi.advanceTimersByTimeAsync(10);
    }
  });
});

describe('a report', () => {
  const encrypted = { keyId: 'key', payload: new Uint8Array([1, 2, 255]) };
  const serialize = (changes: Partial<AggregatableReport>) =>
    serializeAnAggregatableReport({ ...REPORT, ...changes }, new Uint8Array([9]), encrypted);

  test('of debug mode has the members that Chrome sent, in its order', () => {
    expect(serialize({})).toBe(
      JSON.stringify({
        aggregation_coordinator_origin: 'https://coordinator.example',
        aggregation_service_payloads: [{ debug_cleartext_payload: 'CQ==', key_id: 'key', payload: 'AQL/' }],
        context_id: 'context',
        debug_key: '777',
        shared_info:
          '{"api":"shared-storage","debug_mode":"enabled","report_id":"123e4567-e89b-42d3-a456-426614174000",' +
          '"reporting_origin":"https://reporter.example","scheduled_report_time":"1700000000","version":"1.0"}',
      }),
    );
  });

  test('without it says nothing of its contents', () => {
    const report = JSON.parse(serialize({ debugMode: { enabled: false, key: null }, contextId: null }));
    expect(Object.keys(report)).toEqual(['aggregation_coordinator_origin', 'aggregation_service_payloads', 'shared_info']);
    expect(report.aggregation_service_payloads).toEqual([{ key_id: 'key', payload: 'AQL/' }]);
    expect(JSON.parse(report.shared_info)).not.toHaveProperty('debug_mode');
  });

  test('has a context id that is empty, but no debug key that was not given', () => {
    const report = JSON.parse(serialize({ debugMode: { enabled: true, key: null }, contextId: '' }));
    expect(report.context_id).toBe('');
    expect(report).not.toHaveProperty('debug_key');
  });

  test('goes to the well-known addresses', () => {
    expect(obtainAReportingEndpoint('https://a.example:8443', 'live')).toBe(
      'https://a.example:8443/.well-known/private-aggregation/report-shared-storage',
    );
    expect(obtainAReportingEndpoint('https://a.example', 'debug')).toBe(
      'https://a.example/.well-known/private-aggregation/debug/report-shared-storage',
    );
  });

  test('is delivered 10 to 60 minutes later, or at its time', () => {
    const MINUTE = 60_000;
    expect(obtainAReportDeliveryTime(0, null, 0)).toBe(10 * MINUTE);
    expect(obtainAReportDeliveryTime(0, null, 1 - Number.EPSILON)).toBe(60 * MINUTE);
    expect(obtainAReportDeliveryTime(0, 5000, 0.5)).toBe(5000);
  });
});
