/** Interest groups: what is refused, in native's words; what they weigh; what a worklet is told. */

import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import { estimateSize, type InterestGroup, LONGEST_LIFETIME } from '../../src/spec/interest-groups/interest-group';
import { toStorageInterestGroup } from '../../src/spec/interest-groups/storage-interest-group';
import { validateInterestGroup } from '../../src/spec/interest-groups/validate';
import { InterestGroups } from '../../src/store/interest-groups';

const OWNER = 'https://owner.example:8443';
const BASE = 'https://page.example/folder/';
const FOR = `for AuctionAdInterestGroup with owner '${OWNER}' and name 'x'`;
const group = (members: Partial<InterestGroup> = {}): InterestGroup => ({ owner: OWNER, name: 'x', ...members });
const size = (width: string) => ({ width, height: '5px' });
const OF_OWNER = 'must have the same origin as the InterestGroup owner and have no fragment identifier or embedded credentials.';

/** Each was asked of Chromium 150. */
describe('is refused:', () => {
  test.each<[Partial<InterestGroup>, string]>([
    [{ owner: 'x' }, `owner 'x' for AuctionAdInterestGroup with name 'x' must be a valid https origin.`],
    [{ owner: 'http://o.example' }, `owner 'http://o.example' for AuctionAdInterestGroup with name 'x' must be a valid https origin.`],
    [{ biddingLogicURL: 'https://y.example' }, `biddingLogicURL 'https://y.example/' ${FOR} biddingLogicURL ${OF_OWNER}`],
    [{ biddingLogicURL: 'http://[' }, `biddingLogicURL 'http://[' ${FOR} cannot be resolved to a valid URL.`],
    [{ biddingWasmHelperURL: `${OWNER}/#f` }, `biddingWasmHelperURL '${OWNER}/#f' ${FOR} biddingWasmHelperURL ${OF_OWNER}`],
    [{ updateURL: 'u' }, `updateURL 'https://page.example/folder/u' ${FOR} updateURL ${OF_OWNER}`],
    [
      { trustedBiddingSignalsURL: `${OWNER}/?q` },
      `trustedBiddingSignalsURL '${OWNER}/?q' ${FOR} trustedBiddingSignalsURL must have https schema and have no query string, fragment identifier or embedded credentials.`,
    ],
    [
      { ads: [{ renderURL: 'http://x.example/' }] },
      `ads[0].renderURL 'http://x.example/' ${FOR} renderURLs must be HTTPS and have no embedded credentials.`,
    ],
    [{ ads: [{ renderURL: 'http://[' }] }, `ad renderURL 'http://[' ${FOR} cannot be resolved to a valid URL.`],
    [{ ads: [{ renderURL: 'a', metadata: null }] }, `ad metadata ${FOR} must be a JSON-serializable object.`],
    [
      { adComponents: [{ renderURL: 'a', sizeGroup: 'z' }] },
      `adComponents[0].sizeGroup 'z' ${FOR} The assigned size group does not exist in sizeGroups map.`,
    ],
    [{ userBiddingSignals: null }, `userBiddingSignals ${FOR} must be a JSON-serializable object.`],
    [{ sellerCapabilities: { 'http://x': [] } }, `sellerCapabilities 'http://x' ${FOR} sellerCapabilities origins must all be HTTPS.`],
    [{ sizeGroups: { a: ['b'] } }, `sizeGroups '' ${FOR} An adSizes map must exist for sizeGroups to work.`],
    [{ sizeGroups: { a: ['b'] }, adSizes: { a: size('5px') } }, `sizeGroups 'b' ${FOR} Size does not exist in adSizes map.`],
    [
      { adSizes: { a: size('x') } },
      `adSizes '' ${FOR} Ad size dimensions must be a valid number either in pixels (px) or screen width (sw).`,
    ],
    [{ adSizes: { '': size('5px') } }, `adSizes '' ${FOR} Ad sizes cannot map from an empty event name.`],
    [{ maxTrustedBiddingSignalsURLLength: -1 }, `maxTrustedBiddingSignalsURLLength of interest group 'x' is less than 0 which is '-1'.`],
    [
      { trustedBiddingSignalsCoordinator: 'x' },
      `trustedBiddingSignalsCoordinator 'x' for AuctionAdInterestGroup with name 'x' must be a valid https origin.`,
    ],
  ])('%j', (members, message) => {
    expect(() => validateInterestGroup(group(members), BASE)).toThrow(new Error(message));
  });

  test('one of a mebibyte', () => {
    const name = 'x'.repeat(2 ** 20 - OWNER.length - 29);
    expect(() => validateInterestGroup(group({ name }), BASE)).toThrow(/interest groups must be less than 1048576 bytes$/);
    expect(validateInterestGroup(group({ name: name.slice(1) }), BASE).name).toHaveLength(name.length - 1);
  });
});

test('URLs are made absolute', () => {
  const ads = [{ renderURL: 'ad', metadata: '1' }];
  const owner = 'https://page.example/anything';
  const validated = validateInterestGroup({ owner, name: '', ads, biddingLogicURL: '/b' }, BASE);
  expect(validated).toMatchObject({
    owner: 'https://page.example',
    biddingLogicURL: 'https://page.example/b',
    ads: [{ renderURL: 'https://page.example/folder/ad', metadata: '1' }],
  });
});

test('sizes are estimated as natively', () => {
  const base = estimateSize(group());
  expect(base).toBe(OWNER.length + 'x'.length + 29);
  const added = (members: Partial<InterestGroup>) => estimateSize(group(members)) - base;
  expect(added({ biddingLogicURL: 'u'.repeat(34), trustedBiddingSignalsKeys: ['abc', 'de'], userBiddingSignals: '{"a":1}' })).toBe(46);
  expect(added({ priorityVector: { abc: 1 }, sellerCapabilities: { 'https://a.example': ['latency-stats'] } })).toBe(32);
  expect(added({ ads: [{ renderURL: 'https://a.example/', metadata: '{"x":1}' }] })).toBe(25);
});

test('a worklet is told of a group in the order of native members, and not of its lifetime', () => {
  const told = toStorageInterestGroup(
    {
      group: group({ ads: [{ renderURL: 'https://a.example/', metadata: '[1]' }], userBiddingSignals: '{"a":null}', priority: 2.5 }),
      joiningOrigin: 'https://top.example',
      joins: [700, 100],
      expiry: 5000,
    },
    1000,
  );
  expect(Object.entries(told)).toEqual([
    ['ads', [{ renderURL: 'https://a.example/', metadata: [1] }]],
    ['enableBiddingSignalsPrioritization', false],
    ['executionMode', 'compatibility'],
    ['maxTrustedBiddingSignalsURLLength', 0],
    ['name', 'x'],
    ['owner', OWNER],
    ['trustedBiddingSignalsSlotSizeMode', 'none'],
    ['userBiddingSignals', { a: null }],
    ['priority', 2.5],
    ['bidCount', 0],
    ['estimatedSize', expect.any(Number)],
    ['joinCount', 2],
    ['joiningOrigin', 'https://top.example'],
    ['lifetimeRemainingMs', 4000],
    ['prevWinsMs', []],
    ['timeSinceGroupJoinedMs', 300],
    ['timeSinceLastUpdateMs', 300],
    ['timeUntilNextUpdateMs', -300],
  ]);
});

describe('the store', () => {
  let now = 0;
  const store = new InterestGroups(async () => now);
  const names = async (owner = OWNER) => (await store.of(owner)).groups.map(({ group }) => group.name);

  beforeEach(async () => {
    for (const name of await names()) await store.leave(OWNER, name);
    now = 1_000_000;
  });

  test('keeps groups for their time, a month at most, and counts joins', async () => {
    await store.join(group({ name: 'short' }), 1000, 'https://a.example');
    await store.join(group({ name: 'long' }), 1e12, 'https://a.example');
    await store.join(group({ name: 'long', priority: 1 }), 1e12, 'https://b.example');
    expect(await names()).toEqual(['long', 'short']);
    now += 1000;
    expect(await names()).toEqual(['long']);
    const { groups } = await store.of(OWNER);
    expect(groups[0]).toMatchObject({ group: { priority: 1 }, joiningOrigin: 'https://b.example', joins: [1_000_000, 1_000_000] });
    now = 1_000_000 + LONGEST_LIFETIME;
    expect(await names()).toEqual([]);
    await store.purgeExpired();
  });

  test('tells nobody of the groups of others', async () => {
    await store.join(group(), 1000, 'https://a.example');
    expect(await names('https://owner.example')).toEqual([]);
    expect(await names('https://owner.example:844')).toEqual([]);
    await store.leave('https://owner.example', 'x');
    expect(await names()).toEqual(['x']);
  });

  test('leaves what was joined on one origin, but for some', async () => {
    for (const [name, origin] of [
      ['a', 'https://a.example'],
      ['b', 'https://a.example'],
      ['c', 'https://b.example'],
    ] as const)
      await store.join(group({ name }), 1000, origin);
    await store.clear(OWNER, 'https://a.example', ['b']);
    expect(await names()).toEqual(['b', 'c']);
    await store.leave(OWNER, 'b');
    expect(await names()).toEqual(['c']);
  });
});
