/** What the setting `simulations` makes happen, as pages, the console, the event log and the badge see it. */

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Lab, type Page, until } from './lab';
import { openOwnPage, receiveReports } from './reports';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(() => lab.configure({ simulations: {} }));
afterAll(() => lab.close());

const simulate = (site: string, simulation: object, more = {}) =>
  lab.configure({ ...more, simulations: { [lab.origin(site)]: simulation } });

/** What calls come to: a value, or an error by its name and text. */
const outcomeOf = (page: Page, call: string) =>
  page.evaluate(`Promise.resolve().then(() => ${call}).then(() => 'fulfilled', ({ name, message }) => name + ': ' + message)`);

const refusals = async (site: string) =>
  (await lab.events<{ dataOrigin: string | null; refusal: string | null; method: string }>())
    .filter(({ dataOrigin, refusal }) => dataOrigin === lab.origin(site) && refusal !== null)
    .map(({ method, refusal }) => `${method}: ${refusal}`);

const badgeOf = (site: string) =>
  lab.inExtension<string>(
    `chrome.tabs.query({ url: '*://${site}.localhost/*' }).then(([tab]) => chrome.action.getBadgeText({ tabId: tab.id }))`,
  );

const DISABLED = 'OperationError: sharedStorage is disabled';
const MODULE_DISABLED =
  'OperationError: sharedStorage.worklet.addModule is disabled because either sharedStorage is disabled or both sharedStorage.selectURL and privateAggregation are disabled';

test('an origin that is not enrolled is refused, its console says so in the words of native, and no other origin is concerned', async () => {
  await simulate('unenrolled', { notEnrolled: true });
  const [page, other] = [await lab.page('unenrolled'), await lab.page('enrolled')];
  expect(await outcomeOf(page, `sharedStorage.set('k', 'v')`)).toBe(DISABLED);
  expect(await outcomeOf(page, `sharedStorage.worklet.addModule('/nothing.js')`)).toBe(MODULE_DISABLED);
  const text = `Attestation check for Shared Storage on ${lab.origin('unenrolled')} failed.`;
  await until(() => page.console.length === 2);
  expect(page.console).toEqual([
    { level: 'error', args: [text] },
    { level: 'error', args: [text] },
  ]);
  expect(await outcomeOf(other, `sharedStorage.set('k', 'v')`)).toBe('fulfilled');
  expect(other.console).toEqual([]);
  await until(async () => (await refusals('unenrolled')).length === 2);
  expect(await refusals('unenrolled')).toEqual([
    'update: settings.simulations says that the origin is not enrolled',
    'addModule: settings.simulations says that the origin is not enrolled',
  ]);
});

test('responses of an origin that is not enrolled write nothing, and the console of their page says so', async () => {
  lab.serve('/writes', (_request, response) =>
    response.writeHead(200, { 'Shared-Storage-Write': 'set;key=k;value=v', 'Access-Control-Allow-Origin': '*' }).end(),
  );
  const page = await lab.page('asks');
  await simulate('writes', { notEnrolled: true });
  const ask = () => page.evaluate(`fetch('${lab.origin('writes')}/writes', { sharedStorageWritable: true }).then(({ ok }) => ok)`);
  expect(await ask()).toBe(true);
  await until(() => page.console.some(({ args }) => args[0] === `Attestation check for Shared Storage on ${lab.origin('writes')} failed.`));
  await until(async () => (await badgeOf('asks')) === 'SIM');
  await lab.configure({ simulations: {} });
  expect(await lab.stored('writes')).toEqual({});
  expect(await ask()).toBe(true);
  expect(await lab.stored('writes')).toEqual({ k: 'v' });
});

test('an origin whose user has disabled the API is refused without a word in the console', async () => {
  await simulate('disabled', { userDisabled: true });
  const page = await lab.page('disabled');
  expect(await outcomeOf(page, `sharedStorage.set('k', 'v')`)).toBe(DISABLED);
  await until(async () => (await refusals('disabled')).includes('update: settings.simulations says that the user has disabled the API'));
  expect(page.console).toEqual([]);
});

test('without a budget selectURL() selects the first URL, charges nothing, and contributions find none either', async () => {
  await simulate('broke', { budgetExhausted: true });
  receiveReports(lab);
  const page = await lab.page('broke');
  await page.evaluate(`sharedStorage.worklet.addModule('/select-url.js')`);
  const urls = JSON.stringify([0, 1, 2, 3].map((index) => ({ url: `${lab.origin('broke')}/blank.html?${index}` })));
  const select = () => page.evaluate(`sharedStorage.selectURL('select', ${urls}, { data: { returns: 2 }, keepAlive: true }).then(String)`);
  const results = async () =>
    (await lab.records<{ dataOrigin: string; result: object | null }>('shared-storage-selections', 'selections'))
      .filter(({ dataOrigin, result }) => dataOrigin === lab.origin('broke') && result)
      .map(({ result }) => result);
  await select();
  await until(async () => (await results()).length === 1);
  expect(await results()).toEqual([{ index: 0, reason: { text: 'reasonPageBudget', values: [] }, charged: false }]);
  await until(() => page.console.some(({ args }) => String(args).includes('Insufficient budget for selectURL().')));
  await page.evaluate(`sharedStorage.run('remaining budget', { keepAlive: true })`);
  await until(() => page.console.some(({ args }) => args[1] === 'remaining:' && args[2] === 0));
  await lab.configure({ simulations: {} });
  await select();
  await until(async () => (await results()).length === 2);
  expect(await results()).toContainEqual({ index: 2, reason: null, charged: true });

  await simulate('broke', { budgetExhausted: true });
  await page.evaluate(
    `sharedStorage.createWorklet('/contribute.js').then((worklet) => worklet.run('contribute', { data: { buckets: [1n, 2n, 3n], debugKey: 1n } }))`,
  );
  await until(async () => (await refusals('broke')).some((line) => line.startsWith('privateAggregation:') && line.includes('budget')));
  await page.close();
});

test('where the storage is full nothing grows any more, and what is there can be made smaller', async () => {
  const page = await lab.page('full');
  await page.evaluate(`sharedStorage.set('k', 'value').then(() => undefined)`);
  await until(async () => (await lab.stored('full')).k === 'value');
  await simulate('full', { storageFull: true });
  await page.evaluate(
    `Promise.all([sharedStorage.set('other', 'v'), sharedStorage.append('k', '+'), sharedStorage.set('k', 'v')]).then(() => undefined)`,
  );
  await until(async () => (await refusals('full')).length === 2);
  expect(await refusals('full')).toEqual([
    'set: The data origin would have more than its quota of 0 bytes.',
    'append: The data origin would have more than its quota of 0 bytes.',
  ]);
  expect(await lab.stored('full')).toEqual({ k: 'v' });
});

test('a slow worklet loads and runs later, in the order of the calls', async () => {
  lab.serve('/says.js', `register('say', class { async run({ number }) { console.log('says', number); } });`);
  const page = await lab.page('slow');
  await simulate('slow', { slowWorkletMs: 400 });
  const timed = (call: string) =>
    page.evaluate(`(async () => { const begun = performance.now(); await ${call}; return performance.now() - begun; })()`);
  expect(await timed(`sharedStorage.worklet.addModule('/says.js')`)).toBeGreaterThan(399);
  await page.evaluate(`window.begun = Date.now()`);
  for (const number of [1, 2, 3]) await page.evaluate(`sharedStorage.run('say', { data: { number: ${number} }, keepAlive: true })`);
  await until(() => page.console.filter(({ args }) => args[1] === 'says').length === 3);
  expect(page.console.filter(({ args }) => args[1] === 'says').map(({ args }) => args[2])).toEqual([1, 2, 3]);
  expect(await page.evaluate(`Date.now() - begun`)).toBeGreaterThan(399);
});

test('a report whose endpoint is down is not received, waits to be sent again, and arrives later', async () => {
  const received = receiveReports(lab);
  await simulate('down', { reportEndpointDown: true });
  const page = await lab.page('down');
  await page.evaluate(`sharedStorage.worklet.addModule('/contribute.js')`);
  await page.evaluate(
    `sharedStorage.run('contribute', { data: { buckets: [1n, 2n, 3n], debugKey: 1n }, keepAlive: true }).then(() => undefined)`,
  );
  interface Report {
    readonly kind: string;
    readonly state: string;
    readonly reason: string | null;
    readonly reportingOrigin: string;
  }
  const states = async () => {
    const { reports } = await lab.request<{ reports: Report[] }>('reports.read', { limit: 1000 });
    const own = reports.filter(({ kind, reportingOrigin }) => kind === 'live' && reportingOrigin === lab.origin('down'));
    return own.map(({ state, reason }) => ({ state, reason }));
  };
  const reason = `${lab.origin('down')} could not be reached: settings.simulations says that nobody answers there`;
  await until(async () => (await states())[0]?.reason === reason);
  expect(await states()).toEqual([{ state: 'pending', reason }]);
  expect(received).toEqual([]);
  // The next attempt is due five minutes later.
  await lab.configure({ simulations: {}, clockOffsetMs: 6 * 60 * 1000 });
  await until(() => received.some(({ kind, origin }) => kind === 'live' && origin === lab.origin('down')));
  await lab.configure({ simulations: {}, clockOffsetMs: 0 });
});

test('the badge says of each switch that it is on, and no more once it is off', async () => {
  const page = await lab.page('each');
  await page.evaluate(`sharedStorage.set('k', 'v').then(() => undefined)`);
  await until(async () => (await badgeOf('each')) === 'API');
  const title = () =>
    lab.inExtension(`chrome.tabs.query({ url: '*://each.localhost/*' }).then(([tab]) => chrome.action.getTitle({ tabId: tab.id }))`);
  for (const simulation of [
    { notEnrolled: true },
    { userDisabled: true },
    { budgetExhausted: true },
    { storageFull: true },
    { slowWorkletMs: 5 },
    { reportEndpointDown: true },
  ]) {
    await simulate('each', simulation);
    await until(async () => (await badgeOf('each')) === 'SIM');
    const [name] = Object.keys(simulation);
    await until(async () => (await title()) === `Shared Storage Lab: simulated for ${lab.origin('each')}: ${name}`);
    await lab.configure({ simulations: {} });
    await until(async () => (await badgeOf('each')) === 'API');
  }
  await page.close();
});

test('the badge says so while something is simulated for what the page uses', async () => {
  const page = await lab.page('shown');
  await page.evaluate(`sharedStorage.set('k', 'v').then(() => undefined)`);
  await until(async () => (await badgeOf('shown')) === 'API');
  await simulate('shown', { storageFull: true });
  await until(async () => (await badgeOf('shown')) === 'SIM');
  // The change itself starts the next worker.
  const own = await openOwnPage(lab);
  await lab.stopServiceWorker();
  await own.evaluate(`chrome.storage.local.set({ settings: {} })`);
  await until(async () => (await badgeOf('shown')) === 'API');
  await simulate('shown', { budgetExhausted: true, storageFull: false });
  await until(async () => (await badgeOf('shown')) === 'SIM');
  const title = await lab.inExtension(
    `chrome.tabs.query({ url: '*://shown.localhost/*' }).then(([tab]) => chrome.action.getTitle({ tabId: tab.id }))`,
  );
  expect(title).toBe(`Shared Storage Lab: simulated for ${lab.origin('shown')}: budgetExhausted`);
  await page.navigate(`${lab.origin('shown')}/blank.html?again`);
  expect(await badgeOf('shown')).toBe('');
});
