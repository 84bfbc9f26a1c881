/** interestGroups() in worklets, and the methods by which pages join. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, type Page, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  lab.serve(
    '/tell-groups.js',
    `interestGroups().then(() => {}, (error) => console.log('during addModule:', error.name + ': ' + error.message));
     register('tell', class { async run() { console.log('groups:', JSON.stringify(await interestGroups())); } });`,
  );
  await switchOn(true);
});
afterAll(() => lab.close());

async function switchOn(interestGroups: boolean): Promise<void> {
  await lab.configure({ interestGroups });
  const registered = `chrome.scripting.getRegisteredContentScripts({ ids: ['interest-groups'] }).then(({ length }) => length)`;
  const enabled = `chrome.declarativeNetRequest.getEnabledRulesets().then((ids) => ids.includes('interest-groups'))`;
  await until(
    async () => (await lab.inExtension(registered)) === (interestGroups ? 1 : 0) && (await lab.inExtension(enabled)) === interestGroups,
  );
}

const outcome = (page: Page, call: string) =>
  page.evaluate(`(async () => { try { return String(await ${call}); } catch (error) { return error.name + ': ' + error.message; } })()`);

/** What a worklet of the page is told. */
async function groups(page: Page): Promise<Record<string, unknown>[]> {
  const lines = () => page.console.filter(({ args }) => args[1] === 'groups:');
  const before = lines().length;
  await page.evaluate(`sharedStorage.createWorklet('/tell-groups.js').then((worklet) => worklet.run('tell'))`);
  await until(() => lines().length > before);
  return JSON.parse(String(lines().at(-1)?.args[2])) as Record<string, unknown>[];
}

const FAILED = (method: string) => `Failed to execute '${method}' on 'Navigator'`;

test('a worklet is told of the groups that its data origin has joined, and of no others', async () => {
  const page = await lab.page('owner');
  const origin = lab.origin('owner');
  const group = `{ owner: location.origin, name: 'g', lifetimeMs: 100000, ads: [{ renderURL: '/ad', metadata: { a: [1] } }], userBiddingSignals: 5 }`;
  expect(await outcome(page, `navigator.joinAdInterestGroup(${group})`)).toBe('undefined');
  expect(await outcome(page, `navigator.joinAdInterestGroup(${group})`)).toBe('undefined');
  expect(await outcome(page, `navigator.joinAdInterestGroup({ owner: location.origin, name: 'seconds' }, 100)`)).toBe('undefined');
  const [first, second, ...others] = await groups(page);
  expect(others).toEqual([]);
  expect(first).toMatchObject({
    owner: origin,
    name: 'g',
    joinCount: 2,
    bidCount: 0,
    prevWinsMs: [],
    joiningOrigin: origin,
    ads: [{ renderURL: `${origin}/ad`, metadata: { a: [1] } }],
    userBiddingSignals: 5,
    estimatedSize: expect.any(Number),
  });
  expect(first).not.toHaveProperty('lifetimeMs');
  expect(second).toMatchObject({ name: 'seconds', joinCount: 1 });
  for (const one of [first, second]) {
    expect(one?.lifetimeRemainingMs).toBeGreaterThan(0);
    expect(one?.lifetimeRemainingMs).toBeLessThanOrEqual(100_000);
    expect(one?.timeSinceGroupJoinedMs).toBeGreaterThanOrEqual(0);
    expect(one?.timeSinceLastUpdateMs).toBe(one?.timeSinceGroupJoinedMs);
    expect(one?.timeUntilNextUpdateMs).toBe(-(one?.timeSinceGroupJoinedMs as number));
  }
  expect(await groups(await lab.page('somebody-else'))).toEqual([]);
  expect(await outcome(page, `navigator.leaveAdInterestGroup({ owner: location.origin, name: 'g' })`)).toBe('undefined');
  expect((await groups(page)).map(({ name }) => name)).toEqual(['seconds']);
  expect(await outcome(page, `navigator.clearOriginJoinedAdInterestGroups(location.origin)`)).toBe('undefined');
  expect(await groups(page)).toEqual([]);
});

test('before the module has loaded nothing is told', async () => {
  const page = await lab.page('early');
  await page.evaluate(`sharedStorage.worklet.addModule('/tell-groups.js')`);
  const line = await until(() => page.console.find(({ args }) => args[1] === 'during addModule:'));
  const operation = "Failed to execute 'interestGroups' on 'SharedStorageWorkletGlobalScope'";
  expect(line.args[2]).toBe(`NotAllowedError: ${operation}: interestGroups() cannot be called during addModule().`);
});

test('conversions and errors are native', async () => {
  const page = await lab.page('errors');
  const JOIN = FAILED('joinAdInterestGroup');
  const read = (name: string) => `${JOIN}: Failed to read the '${name}' property from 'AuctionAdInterestGroup'`;
  for (const [argument, expected] of [
    ['', `TypeError: ${JOIN}: 1 argument required, but only 0 present.`],
    ['null', `TypeError: ${JOIN}: The provided value is not of type 'AuctionAdInterestGroup'.`],
    ['{}', `TypeError: ${read('name')}: Required member is undefined.`],
    [`{ name: 'x' }`, `TypeError: ${read('owner')}: Required member is undefined.`],
    [`{ owner: 'x', name: 'x' }`, `TypeError: ${JOIN}: Missing required field lifetimeMs`],
    [`{ owner: 'x', name: 'x', lifetimeMs: 'x' }`, `TypeError: ${read('lifetimeMs')}: The provided double value is non-finite.`],
    [
      `{ owner: 'x', name: 'x', lifetimeMs: 4, ads: 5 }`,
      `TypeError: ${read('ads')}: The provided value cannot be converted to a sequence.`,
    ],
    [`{ owner: 'x', name: 'x', ads: [{}] }`, `TypeError: ${JOIN}: Missing required field ad renderURL`],
    [`{ owner: 'x', ads: [{}] }`, `TypeError: ${read('name')}: Required member is undefined.`],
    [
      `{ owner: 'x', name: 'x', ads: [{ renderURL: 'a', renderUrl: 'b' }] }`,
      `TypeError: ${JOIN}: ad renderUrl doesn't have the same value as ad renderURL ('b' vs 'a')`,
    ],
    [
      `{ owner: 'x', name: 'x', updateURL: 'a', updateUrl: 'b', biddingLogicURL: 'a', biddingLogicUrl: 'b' }`,
      `TypeError: ${JOIN}: interest group biddingLogicUrl doesn't have the same value as interest group biddingLogicURL ('b' vs 'a')`,
    ],
    [
      `{ owner: location.origin, name: 'x', lifetimeMs: 4, privateAggregationConfig: { aggregationCoordinatorOrigin: 'x' } }`,
      `SyntaxError: ${JOIN}: aggregationCoordinatorOrigin 'x' must be a valid https origin.`,
    ],
    [
      `{ owner: 'x', name: 'x', lifetimeMs: 4 }`,
      `TypeError: ${JOIN}: owner 'x' for AuctionAdInterestGroup with name 'x' must be a valid https origin.`,
    ],
  ])
    expect([argument, await outcome(page, `navigator.joinAdInterestGroup(${argument})`)]).toEqual([argument, expected]);
  expect(await outcome(page, `navigator.leaveAdInterestGroup()`)).toBe('undefined');
  expect(await outcome(page, `navigator.leaveAdInterestGroup({})`)).toBe(
    `TypeError: ${FAILED('leaveAdInterestGroup')}: Failed to read the 'name' property from 'AuctionAdInterestGroupKey': Required member is undefined.`,
  );
  expect(await outcome(page, `navigator.clearOriginJoinedAdInterestGroups('x')`)).toBe(
    `TypeError: ${FAILED('clearOriginJoinedAdInterestGroups')}: owner 'x' must be a valid https origin.`,
  );
  expect(await outcome(page, `navigator.joinAdInterestGroup.call({}, {})`)).toBe(`TypeError: ${JOIN}: Illegal invocation`);
});

test('of an ad the members are read that native reads, in its order', async () => {
  const page = await lab.page('reads');
  const read = `(async () => {
    const names = [];
    const renderURL = location.origin + '/ad';
    const ad = new Proxy({ renderURL, selectableBuyerAndSellerReportingIds: 5 }, { get: (target, name) => (names.push(name), target[name]) });
    await navigator.joinAdInterestGroup({ owner: location.origin, name: 'reads', lifetimeMs: 1000, ads: [ad] });
    return names.join();
  })()`;
  expect(await outcome(page, read)).toBe(
    'adRenderId,allowedReportingOrigins,buyerAndSellerReportingId,buyerReportingId,metadata,renderURL,renderUrl,sizeGroup',
  );
});

test('they go with the data of their owner, and with everything', async () => {
  lab.serve('/clear', (_request, response) => response.writeHead(200, { 'Clear-Site-Data': '"storage"' }).end());
  const [cleared, other] = [await lab.page('cleared'), await lab.page('not-cleared')];
  const join = `navigator.joinAdInterestGroup({ owner: location.origin, name: 'x', lifetimeMs: 100000 }).then(() => undefined)`;
  for (const page of [cleared, other]) await page.evaluate(join);
  await cleared.evaluate(`fetch('/clear').then(() => undefined)`);
  await until(async () => (await groups(cleared)).length === 0);
  expect(await groups(other)).toMatchObject([{ name: 'x' }]);
  const options = await lab.browser.openPage(`chrome-extension://${lab.browser.extensionId}/src/options/index.html`);
  const reset = `chrome.runtime.sendMessage({ to: 'extension-page', method: 'state.reset', params: {} })`;
  expect(await options.evaluate(reset)).toMatchObject({ ok: true });
  expect(await groups(other)).toEqual([]);
});

test('another origin joins where the owner says that it may', async () => {
  let permissions: string | null = null;
  lab.serve('/.well-known/interest-group/permissions/', (request, response) => {
    const asked = new URL(request.url ?? '', 'http://x').searchParams.get('origin');
    const isOwner = request.headers.host?.startsWith('trusting.');
    if (!permissions || !isOwner) response.writeHead(404).end();
    else {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' });
      response.end(asked === lab.origin('joiner') ? permissions : '{}');
    }
  });
  const page = await lab.page('joiner');
  const join = `navigator.joinAdInterestGroup({ owner: '${lab.origin('trusting')}', name: 'theirs', lifetimeMs: 100000 })`;
  for (permissions of [null, '{}', '[', '{"joinAdInterestGroup": 1}'])
    expect(await outcome(page, join)).toBe('NotAllowedError: Permission to join interest group denied.');
  permissions = '{"joinAdInterestGroup": true}';
  expect(await outcome(page, join)).toBe('undefined');
  expect(await groups(await lab.page('trusting'))).toMatchObject([{ name: 'theirs', joiningOrigin: lab.origin('joiner') }]);
});

test('a permissions policy denies it', async () => {
  const denied = `NotAllowedError: ${FAILED('joinAdInterestGroup')}: Feature join-ad-interest-group is not enabled by Permissions Policy`;
  const join = `navigator.joinAdInterestGroup({ owner: location.origin, name: 'x', lifetimeMs: 4 })`;
  for (const [header, expected] of [
    ['join-ad-interest-group=()', denied],
    ['join-ad-interest-group=(self)', 'undefined'],
  ] as const) {
    lab.serve('/groups-policy.html', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Permissions-Policy': header }).end('<!doctype html>');
    });
    expect(await outcome(await lab.page('policy', '/groups-policy.html'), join)).toBe(expected);
  }
});

test('where the setting does not ask for it, pages are left as they are', async () => {
  await switchOn(false);
  try {
    const page = await lab.page('left-alone');
    // Only native functions show their name; a browser of some day has none.
    expect(await page.evaluate(`!('joinAdInterestGroup' in navigator) || String(navigator.joinAdInterestGroup).includes('joinAd')`)).toBe(
      true,
    );
  } finally {
    await switchOn(true);
  }
});
