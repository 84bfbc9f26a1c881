import { expect, test } from 'vitest';
import { mapAgentClusters, requestOf } from '../../src/background/isolation/map-agent-clusters';
import type { MappedDocument } from '../../src/protocol/agent-cluster-map';
import { formatKey } from '../../src/spec/agent-cluster';

let begun = 0;

const documentOf = (origin: string, originKeyed: boolean, more: Partial<MappedDocument> = {}): MappedDocument => ({
  tabId: 1,
  frameId: ++begun,
  parentFrameId: -1,
  url: `${origin}/`,
  origin,
  isSecureContext: true,
  crossOriginIsolated: false,
  originKeyed,
  begun,
  marks: [],
  ...more,
});

const nothing = () => null;

test('the strongest mark is what a document asked for; an insecure one asked for nothing', () => {
  const marks = ['server ?0', 'setting ?1', 'origin-policy header'];
  expect(requestOf({ marks, isSecureContext: true })).toEqual({ source: 'setting', originKeyed: true });
  // Rules append theirs to what a server may have sent.
  expect(requestOf({ marks: ['setting ?0', 'setting ?1'], isSecureContext: true })).toEqual({ source: 'setting', originKeyed: true });
  expect(requestOf({ marks: ['server ?0'], isSecureContext: true })).toEqual({ source: 'server', originKeyed: false });
  expect(requestOf({ marks, isSecureContext: false })).toEqual({ source: 'browser', originKeyed: true });
});

test('documents in the order of joining, each with its key and the reason', () => {
  const late = documentOf('https://b.e.com', true);
  const rows = mapAgentClusters(
    [
      { ...late, begun: 300, marks: ['server ?1'] },
      documentOf('https://e.com', false, { begun: 100, marks: ['setting ?0'] }),
      documentOf('https://a.e.com', true, { begun: 200, marks: ['origin-policy ?1', 'server ?0'] }),
      documentOf('https://a.e.com', true, { begun: 400, marks: ['server ?0'] }),
      documentOf('null', true, { begun: 500 }),
    ],
    nothing,
  );
  expect(rows.map(({ key, reason, source, difference }) => [formatKey(key), reason, source, difference])).toEqual([
    ['Site{https://e.com}', 'not-requested', 'setting', null],
    ['Origin{https://a.e.com}', 'requested', 'origin-policy', null],
    ['Origin{https://b.e.com}', 'requested', 'server', null],
    ['Origin{https://a.e.com}', 'first-seen', 'server', null],
    ['Origin{null}', 'opaque-origin', 'browser', null],
  ]);
  expect(rows[3]?.asksForOrigin).toBe(false);
});

test('a group whose history we have not seen: the line says by what the origin was keyed first, and what to do', () => {
  const [row] = mapAgentClusters([documentOf('https://a.e.com', false, { marks: ['setting ?1'] })], nothing);
  expect(row?.difference).toEqual({ type: 'keyed-before', by: 'site' });
});

test('a setting that changed after the document was loaded', () => {
  const [row] = mapAgentClusters([documentOf('https://a.e.com', false, { marks: ['setting ?0'] })], () => true);
  expect(row?.difference).toEqual({ type: 'changed', by: 'origin' });
});

test('a cross-origin isolated group keys all of its documents by origin, also those that are denied the capability', () => {
  const rows = mapAgentClusters(
    [
      documentOf('https://a.e.com', true, { crossOriginIsolated: true, marks: ['setting ?0'] }),
      documentOf('https://b.e.com', true, { marks: ['server ?0'] }),
    ],
    () => false,
  );
  expect(rows.map(({ reason, difference }) => [reason, difference])).toEqual([
    ['cross-origin-isolated', null],
    ['cross-origin-isolated', null],
  ]);
});
