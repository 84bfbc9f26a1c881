/** Interest groups: what is refused, in native's words; what they weigh; what a worklet is told. */

import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, test } from 'vitest';
import { adoptFormerNames } from '../../src/spec/interest-groups/former-names';
import {
  type Ad,
  estimateSize,
  type GivenInterestGroup,
  type InterestGroup,
  LONGEST_LIFETIME,
} from '../../src/spec/interest-groups/interest-group';
import { InvalidInterestGroup } from '../../src/spec/interest-groups/invalid';
import { resolveInterestGroup } from '../../src/spec/interest-groups/resolve';
import { toStorageInterestGroup } from '../../src/spec/interest-groups/storage-interest-group';
import { validateInterestGroup } from '../../src/spec/interest-groups/validate';
import { InterestGroups } from '../../src/store/interest-groups';

const OWNER = 'https://owner.example:8443';
const BASE = 'https://page.example/folder/';
const FOR = `for AuctionAdInterestGroup with owner '${OWNER}' and name 'x'`;
const group = (members: Partial<InterestGroup> = {}): InterestGroup => ({ owner: OWNER, name: 'x', ...members });
function validate(given: GivenInterestGroup): InterestGroup {
  const resolved = resolveInterestGroup(
    adoptFormerNames({ lifetimeMs: 1, ...given }),
    BASE,
    (origin) => origin === 'https://coordinator.example',
  );
  validateInterestGroup(resolved);
  return resolved;
}
const size = (width: string) => ({ width, height: '5px' });
const DIMENSIONS = 'Ad size dimensions must be a valid number either in pixels (px) or screen width (sw).';
const KEY = btoa('x'.repeat(32));
const NEGATIVE = `AuctionAdInterestGroup with owner '${OWNER}' and name 'x' Interest groups that provide a value of additionalBidKey for negative targeting must not provide`;
const ad = (members: Partial<Ad>): Partial<InterestGroup> => ({ ads: [{ renderURL: 'https://x.example/', ...members }] });
const OF_OWNER = 'must have the same origin as the InterestGroup owner and have no fragment identifier or embedded credentials.';

/** Each was asked of Chromium 150. */
describe('is refused:', () => {
  test.each<[Partial<GivenInterestGroup>, string]>([
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
    [{ sellerCapabilities: { x: [] } }, `sellerCapabilities 'null' ${FOR} sellerCapabilities origins must all be HTTPS.`],
    [{ additionalBidKey: '!!' }, `additionalBidKey '!!' ${FOR} cannot be base64 decoded.`],
    [{ additionalBidKey: btoa('x') }, `additionalBidKey 'eA==' ${FOR} must be exactly 32' bytes, was 1.`],
    [{ additionalBidKey: KEY, ads: [] }, `${NEGATIVE} a value for ads.`],
    [{ additionalBidKey: KEY, updateURL: `${OWNER}/u` }, `${NEGATIVE} an updateURL.`],
    [{ additionalBidKey: KEY, updateURL: 'https://other.example' }, `updateURL 'https://other.example/' ${FOR} updateURL ${OF_OWNER}`],
    [ad({ allowedReportingOrigins: ['http://x.example'] }), `ad allowedReportingOrigins '' ${FOR} must all be https origins.`],
    [
      ad({ allowedReportingOrigins: Array(11).fill('https://x.example') }),
      `ads[0].allowedReportingOrigins '' ${FOR} allowedReportingOrigins cannot have more than 10 elements.`,
    ],
    [ad({ adRenderId: 'x'.repeat(13) }), `ads[0].adRenderId '${'x'.repeat(13)}' ${FOR} The adRenderId is too long.`],
    [ad({ sizeGroup: '' }), `ads[0].sizeGroup '' ${FOR} Size group name cannot be empty.`],
    [
      { adSizes: { a: size('0') } },
      `adSizes '0.000000 x 5.000000' ${FOR} Ad sizes must have a valid (non-zero/non-infinite) width and height.`,
    ],
    [{ adSizes: { a: size('.5px') } }, `adSizes '' ${FOR} ${DIMENSIONS}`],
    [{ adSizes: { a: size('9'.repeat(400)) } }, `adSizes '' ${FOR} ${DIMENSIONS}`],
    [{ sizeGroups: {} }, `sizeGroups '' ${FOR} An adSizes map must exist for sizeGroups to work.`],
    [{ sizeGroups: { '': ['a'] }, adSizes: {} }, `sizeGroups '' ${FOR} Size groups cannot map from an empty group name.`],
    [{ sizeGroups: { a: [''] }, adSizes: {} }, `sizeGroups '' ${FOR} Size groups cannot map to an empty ad size name.`],
    // The order of the checks.
    [
      { ads: [{ renderURL: 'http://x.example/' }], adSizes: { a: size('x') } },
      `ads[0].renderURL 'http://x.example/' ${FOR} renderURLs must be HTTPS and have no embedded credentials.`,
    ],
    [{ userBiddingSignals: null, ads: [{ renderURL: 'http://[' }] }, `userBiddingSignals ${FOR} must be a JSON-serializable object.`],
    [
      { userBiddingSignals: null, trustedBiddingSignalsCoordinator: 'x' },
      `trustedBiddingSignalsCoordinator 'x' for AuctionAdInterestGroup with name 'x' must be a valid https origin.`,
    ],
    [{ additionalBidKey: '', biddingLogicURL: 'https://y.example' }, `additionalBidKey '' ${FOR} must be exactly 32' bytes, was 0.`],
    // What is given by a former name as well.
    [
      { dailyUpdateUrl: `${OWNER}/a`, updateURL: `${OWNER}/b` },
      `updateURL '${OWNER}/b' ${FOR} must match dailyUpdateUrl, when both are present.`,
    ],
    [
      { biddingLogicUrl: 'a', biddingLogicURL: 'b', updateUrl: 'a', updateURL: 'b' },
      `interest group biddingLogicUrl doesn't have the same value as interest group biddingLogicURL ('a' vs 'b')`,
    ],
    [
      { ads: [{ renderURL: 'b', renderUrl: 'a' }], biddingLogicUrl: 'a', biddingLogicURL: 'b', owner: 'x' },
      `ad renderUrl doesn't have the same value as ad renderURL ('a' vs 'b')`,
    ],
    [{ ads: [{}], owner: 'x', lifetimeMs: undefined }, 'Missing required field ad renderURL'],
    [{ owner: 'x', lifetimeMs: undefined }, 'Missing required field lifetimeMs'],
    [{ biddingWasmHelperUrl: 'https://y.example' }, `biddingWasmHelperURL 'https://y.example/' ${FOR} biddingWasmHelperURL ${OF_OWNER}`],
    [{ dailyUpdateUrl: 'https://y.example' }, `updateURL 'https://y.example/' ${FOR} updateURL ${OF_OWNER}`],
  ])('%j', (members, message) => {
    expect(() => validate({ ...group(), ...members })).toThrow(new InvalidInterestGroup(message));
  });

  test.each([
    ['x', `aggregationCoordinatorOrigin 'x' must be a valid https origin.`, 'SyntaxError'],
    ['https://x.example', `aggregationCoordinatorOrigin 'https://x.example' is not a recognized coordinator origin.`, 'DataError'],
  ])('a coordinator %s', (aggregationCoordinatorOrigin, message, errorName) => {
    const given = { ...group(), privateAggregationConfig: { aggregationCoordinatorOrigin } };
    expect(() => validate(given)).toThrow(expect.objectContaining({ message, errorName }));
  });

  test('nothing that native takes', () => {
    const components = [{ renderURL: 'a', allowedReportingOrigins: ['http://x.example'] }];
    const taken: Partial<GivenInterestGroup>[] = [
      { additionalBidKey: ` ${KEY.slice(0, -1)}`, adComponents: components },
      { adSizes: Object.fromEntries(['0.5px', '10', '1.0', ' 5sh ', '9'.repeat(45)].map((width, index) => [`${index}`, size(width)])) },
      { sizeGroups: { a: [] }, adSizes: {} },
      { ...ad({ adRenderId: 'x'.repeat(12), allowedReportingOrigins: Array(10).fill('https://x.example') }) },
      { ads: [{ renderUrl: 'a' }], updateUrl: `${OWNER}/u`, updateURL: `${OWNER}/u` },
      { executionMode: 'nonsense', sellerCapabilities: { '*': ['nonsense'] }, dailyUpdateUrl: `${OWNER}/u` },
      { privateAggregationConfig: { aggregationCoordinatorOrigin: 'https://coordinator.example' } },
    ];
    for (const members of taken) expect(() => validate({ ...group(), ...members })).not.toThrow();
  });

  test('one of a mebibyte', () => {
    const name = 'x'.repeat(2 ** 20 - OWNER.length - 29);
    expect(() => validate(group({ name }))).toThrow(/interest groups must be less than 1048576 bytes$/);
    expect(validate(group({ name: name.slice(1) })).name).toHaveLength(name.length - 1);
  });
});

test('URLs are made absolute', () => {
  const ads = [{ renderURL: 'ad', metadata: '1' }];
  const owner = 'https://page.example/anything';
  const validated = validate({ owner, name: '', ads, biddingLogicURL: '/b' });
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

  test('forgets the groups of one owner, whoever joined, and of all', async () => {
    const other = 'https://other.example';
    await store.join(group({ name: 'a' }), 1000, 'https://a.example');
    await store.join(group({ name: 'b' }), 1000, OWNER);
    await store.join(group({ owner: other }), 1000, OWNER);
    await store.forget(OWNER);
    expect([await names(), await names(other)]).toEqual([[], ['x']]);
    await store.forget(null);
    expect(await names(other)).toEqual([]);
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

  test('has room for ten mebibytes of an owner: those that expire first give way, and nobody else has less', async () => {
    const other = 'https://other.example';
    await store.join(group({ owner: other, name: 'theirs' }), 1000, OWNER);
    const userBiddingSignals = JSON.stringify('x'.repeat(1_000_000));
    const large = (name: string, lifetime: number, inStore = store) => inStore.join(group({ name, userBiddingSignals }), lifetime, OWNER);
    for (let index = 0; index < 10; index++) await large(`group ${index}`, 1000 + index);
    expect(await names()).toHaveLength(10);
    await large('last', 5000);
    expect(await names()).toEqual([...Array.from({ length: 9 }, (_, index) => `group ${index + 1}`), 'last']);
    // Neither has a service worker that was started since, nor one that joins the same group again and again.
    const restarted = new InterestGroups(async () => now);
    await large('of another worker', 6000, restarted);
    for (let times = 0; times < 12; times++) await large('last', 5000);
    expect(await names()).toEqual([...Array.from({ length: 8 }, (_, index) => `group ${index + 2}`), 'last', 'of another worker']);
    expect(await names(other)).toEqual(['theirs']);
    await store.forget(null);
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
