/** Every scenario of origin-agent-cluster's scenarios document, and the origin isolation explainer's more complicated example. */

import { describe, expect, test } from 'vitest';
import { createBrowsingContextGroup, formatKey, getAgentClusterKey, isSameAgentCluster } from '../../src/spec/agent-cluster';
import { siteOf } from '../../src/store/site';

/** `[origin, does its response ask for isolation]`, in the order in which the documents load. */
type Load = readonly [origin: string, requests: boolean];

const load = (group: ReturnType<typeof createBrowsingContextGroup>, [origin, requestsIsolation]: Load) =>
  getAgentClusterKey({ origin, site: siteOf(origin), requestsIsolation }, group);

function keysOf(loads: readonly Load[]): string[] {
  const group = createBrowsingContextGroup();
  return loads.map((one) => formatKey(load(group, one).key));
}

const E = 'https://e.com';
const X = 'https://x.e.com';
const A = 'https://a.e.com';
const B = 'https://b.e.com';

describe('two documents', () => {
  test.each<[Load, Load, string, string]>([
    [[E, true], [E, true], 'Origin{https://e.com}', 'Origin{https://e.com}'],
    [[E, true], [E, false], 'Origin{https://e.com}', 'Origin{https://e.com}'],
    [[E, false], [E, false], 'Site{https://e.com}', 'Site{https://e.com}'],
    [[E, false], [E, true], 'Site{https://e.com}', 'Site{https://e.com}'],
    [[E, false], [X, false], 'Site{https://e.com}', 'Site{https://e.com}'],
    [[E, false], [X, true], 'Site{https://e.com}', 'Origin{https://x.e.com}'],
    [[E, true], [X, false], 'Origin{https://e.com}', 'Site{https://e.com}'],
    [[E, true], [X, true], 'Origin{https://e.com}', 'Origin{https://x.e.com}'],
  ])('%j, then %j', (main, sub, mainKey, subKey) => {
    expect(keysOf([main, sub])).toEqual([mainKey, subKey]);
  });
});

describe('three documents', () => {
  test.each<[Load[], string[]]>([
    [
      [
        [E, true],
        [X, false],
        [X, true],
      ],
      ['Origin{https://e.com}', 'Site{https://e.com}', 'Site{https://e.com}'],
    ],
    [
      [
        [E, true],
        [X, true],
        [X, false],
      ],
      ['Origin{https://e.com}', 'Origin{https://x.e.com}', 'Origin{https://x.e.com}'],
    ],
    [
      [
        [E, false],
        [X, false],
        [X, true],
      ],
      ['Site{https://e.com}', 'Site{https://e.com}', 'Site{https://e.com}'],
    ],
    [
      [
        [E, false],
        [X, true],
        [X, false],
      ],
      ['Site{https://e.com}', 'Origin{https://x.e.com}', 'Origin{https://x.e.com}'],
    ],
    [
      [
        [E, true],
        [A, false],
        [B, true],
      ],
      ['Origin{https://e.com}', 'Site{https://e.com}', 'Origin{https://b.e.com}'],
    ],
    [
      [
        [E, false],
        [A, false],
        [B, true],
      ],
      ['Site{https://e.com}', 'Site{https://e.com}', 'Origin{https://b.e.com}'],
    ],
  ])('%j', (loads, keys) => {
    expect(keysOf(loads)).toEqual(keys);
  });
});

describe('session history', () => {
  test('an origin whose only document navigated away keeps its key', () => {
    expect(
      keysOf([
        [E, true],
        [X, false],
        ['https://e.org', false],
        [X, true],
      ])[3],
    ).toBe('Site{https://e.com}');
  });

  test('a frame that was removed, and its window kept, changes nothing', () => {
    expect(
      keysOf([
        [E, true],
        ['https://e.org', false],
        ['https://e.org', true],
      ])[2],
    ).toBe('Site{https://e.org}');
  });
});

test('the nested scenario, and then the same in a new tab after the server has changed', () => {
  const [org, a, b, c, d] = ['https://example.org', ...['a', 'b', 'c', 'd'].map((name) => `https://${name}.example.com`)] as [
    string,
    string,
    string,
    string,
    string,
  ];
  expect(
    keysOf([
      [org, false],
      [a, true],
      [b, true],
      [b, false],
      [c, false],
      [d, false],
    ]),
  ).toEqual([
    'Site{https://example.org}',
    'Origin{https://a.example.com}',
    'Origin{https://b.example.com}',
    'Origin{https://b.example.com}',
    'Site{https://example.com}',
    'Site{https://example.com}',
  ]);
  expect(
    keysOf([
      [org, false],
      [a, true],
      [b, false],
      [b, false],
      [c, false],
      [d, false],
    ]).slice(1),
  ).toEqual([
    'Origin{https://a.example.com}',
    'Site{https://example.com}',
    'Site{https://example.com}',
    'Site{https://example.com}',
    'Site{https://example.com}',
  ]);
});

test('the more complicated example: sharing fails in tab 1, and succeeds in tab 2', () => {
  const [a, b, c] = ['https://a.example.com', 'https://b.example.com', 'https://c.example.com'];
  const tab1 = createBrowsingContextGroup();
  load(tab1, ['https://example.org', false]);
  load(tab1, [a, true]);
  load(tab1, [b, true]);
  // The server takes it back; b.example.com/2 is loaded into the same tab, and c.example.com into that.
  const b2 = load(tab1, [b, false]);
  expect(b2).toEqual({ key: { kind: 'origin', value: b }, reason: 'first-seen' });
  expect(isSameAgentCluster(b2.key, load(tab1, [c, false]).key)).toBe(false);
  const tab2 = createBrowsingContextGroup();
  load(tab2, ['https://example.org', false]);
  expect(isSameAgentCluster(load(tab2, [a, false]).key, load(tab2, [b, false]).key)).toBe(true);
});

describe('what is keyed by origin whatever it asks for', () => {
  test('opaque origins', () => {
    expect(load(createBrowsingContextGroup(), ['null', false])).toEqual({
      key: { kind: 'origin', value: 'null' },
      reason: 'opaque-origin',
    });
  });

  test('hosts without a registrable domain', () => {
    const document = { origin: 'https://127.0.0.1', site: null, requestsIsolation: false };
    expect(getAgentClusterKey(document, createBrowsingContextGroup()).reason).toBe('no-registrable-domain');
  });

  test('documents of a cross-origin isolated group', () => {
    const { key, reason } = load(createBrowsingContextGroup(true), [X, false]);
    expect([formatKey(key), reason]).toEqual(['Origin{https://x.e.com}', 'cross-origin-isolated']);
  });
});

test('a scheme, a port and a public suffix make a site or an origin of their own', () => {
  const group = createBrowsingContextGroup();
  const keys = ['http://e.com', 'https://e.com:8443', 'https://whatwg.github.io', 'https://jsdom.github.io'].map((origin) =>
    formatKey(load(group, [origin, false]).key),
  );
  expect(keys).toEqual(['Site{http://e.com}', 'Site{https://e.com}', 'Site{https://whatwg.github.io}', 'Site{https://jsdom.github.io}']);
});
