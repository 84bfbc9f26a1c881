/**
 * Private Aggregation as pages and worklets see it. What native says was asked of Chromium 150 (the interface's members, and configs, which it checks
 * where the rest is switched off) and 120 (the conversions, whose texts have more context in 150, as of every other method there).
 */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Lab, MUCH_LONGER, type Page, until } from './lab';
import { cleartextOf, contributionsOf, type ReceivedReport, receiveReports } from './reports';

let lab: Lab;
let received: ReceivedReport[];
beforeAll(async () => {
  lab = await Lab.open();
});
beforeEach(async () => {
  received = receiveReports(lab);
  await lab.configure({});
});
afterAll(() => lab.close());

/** A page of a site of its own whose worklet has the test's operations. */
async function contributor(site: string): Promise<Page> {
  const page = await lab.page(site);
  await page.evaluate(`sharedStorage.worklet.addModule('/contribute.js')`);
  return page;
}

const run = (page: Page, name: string, data: string, more = '') =>
  page.evaluate(`sharedStorage.run('${name}', { data: ${data}, keepAlive: true, ${more} }).then(() => undefined)`);

/** What a page's worklet logged after a label. */
async function logged<T>(page: Page, label: string): Promise<T> {
  const line = await until(() => page.console.find(({ args }) => args[1] === label));
  return JSON.parse(String(line.args[2])) as T;
}

/** The contributions of a debug report that are no padding, as `bucket: value`. */
const contributionsIn = (report: ReceivedReport) => contributionsOf(cleartextOf(report)).map(([bucket, value]) => `${bucket}: ${value}`);

const debugReports = () => received.filter(({ kind }) => kind === 'debug');

describe('the interface', () => {
  const READ = `Failed to read the 'privateAggregation' property from 'SharedStorageWorkletGlobalScope'`;
  const MEMBERS = [
    ['privateAggregation', 'returns [object PrivateAggregation]'],
    ['typeof PrivateAggregation', 'returns function'],
    ['new PrivateAggregation()', "throws TypeError: Failed to construct 'PrivateAggregation': Illegal constructor"],
    ['PrivateAggregation()', 'throws TypeError: Illegal constructor'],
    [
      'Reflect.ownKeys(PrivateAggregation.prototype).map(String).join()',
      'returns contributeToHistogram,enableDebugMode,contributeToHistogramOnEvent,constructor,Symbol(Symbol.toStringTag)',
    ],
    [
      'PrivateAggregation.prototype.contributeToHistogram.length + PrivateAggregation.prototype.contributeToHistogram.name',
      'returns 1contributeToHistogram',
    ],
    ['PrivateAggregation.prototype.contributeToHistogram.call({}, { bucket: 1n, value: 1 })', 'throws TypeError: Illegal invocation'],
    ['PrivateAggregation.prototype.enableDebugMode.call({})', 'throws TypeError: Illegal invocation'],
    ["Object.getOwnPropertyDescriptor(globalThis, 'privateAggregation').get.call({})", 'throws TypeError: Illegal invocation'],
  ];

  test('is there while the module is being added, and its object is not', async () => {
    const page = await contributor('members');
    const [[expression], ...others] = MEMBERS as [string[], ...string[][]];
    const denied = `throws NotAllowedError: ${READ}: privateAggregation cannot be accessed during addModule().`;
    expect(await logged(page, 'during addModule:')).toEqual([[expression, denied], ...others]);
    await run(page, 'evaluate', JSON.stringify({ expressions: MEMBERS.map(([one]) => one) }));
    expect(await logged(page, 'outcomes:')).toEqual(MEMBERS.map(([, outcome]) => outcome));
  });

  const EXECUTE = "Failed to execute 'contributeToHistogram' on 'PrivateAggregation'";
  const memberOf = (name: string) => `${EXECUTE}: Failed to read the '${name}' property from 'PrivateAggregationHistogramContribution'`;
  const NOT_A_CONTRIBUTION = `throws TypeError: ${EXECUTE}: The provided value is not of type 'PrivateAggregationHistogramContribution'.`;
  const NO_BUCKET = `throws DataError: ${EXECUTE}: contribution['bucket'] is negative or does not fit in 128 bits`;
  const NO_FILTERING_ID = `throws DataError: ${EXECUTE}: contribution['filteringId'] is negative or does not fit in byte size`;
  const CONTRIBUTIONS = [
    ['', `throws TypeError: ${EXECUTE}: 1 argument required, but only 0 present.`],
    ['undefined', NOT_A_CONTRIBUTION],
    ['5', NOT_A_CONTRIBUTION],
    ['{}', `throws TypeError: ${memberOf('bucket')}: Required member is undefined.`],
    ['{ bucket: 1n }', `throws TypeError: ${memberOf('value')}: Required member is undefined.`],
    ['{ bucket: 1, value: 1 }', `throws TypeError: ${memberOf('bucket')}: Cannot convert 1 to a BigInt`],
    ["{ bucket: 'x', value: 1 }", `throws SyntaxError: ${memberOf('bucket')}: Cannot convert x to a BigInt`],
    ["{ bucket: '5', value: '7' }", 'returns undefined'],
    ['{ bucket: 0n, value: 0 }', 'returns undefined'],
    ['{ bucket: -1n, value: -1 }', NO_BUCKET],
    ['{ bucket: 2n ** 128n, value: 1 }', NO_BUCKET],
    ['{ bucket: 2n ** 128n - 1n, value: 2 ** 31 - 1 }', 'returns undefined'],
    ['{ bucket: 1n, value: -1 }', `throws DataError: ${EXECUTE}: contribution['value'] is negative`],
    ['{ bucket: 1n, value: 2 ** 31 }', `throws DataError: ${EXECUTE}: contribution['value'] is negative`],
    ['{ bucket: 1n, value: 1n }', `throws TypeError: ${memberOf('value')}: Cannot convert a BigInt value to a number`],
    ['{ bucket: 1n, value: 2.9 }', 'returns undefined'],
    ['{ bucket: 1n, value: 1, filteringId: 255n }', 'returns undefined'],
    ['{ bucket: 1n, value: 1, filteringId: 256n }', NO_FILTERING_ID],
    ['{ bucket: 1n, value: 1, filteringId: -1n }', NO_FILTERING_ID],
    ['{ bucket: 1n, value: 1, filteringId: 1 }', `throws TypeError: ${memberOf('filteringId')}: Cannot convert 1 to a BigInt`],
  ];

  test('converts and checks contributions as natively', async () => {
    const page = await contributor('conversions');
    const expressions = CONTRIBUTIONS.map(([argument]) => `privateAggregation.contributeToHistogram(${argument})`);
    await run(page, 'evaluate', JSON.stringify({ expressions }));
    const outcomes = await logged<string[]>(page, 'outcomes:');
    expect(outcomes.map((outcome, index) => [CONTRIBUTIONS[index]?.[0], outcome])).toEqual(CONTRIBUTIONS);
  });

  const ENABLE = "Failed to execute 'enableDebugMode' on 'PrivateAggregation'";
  const TWICE = `throws DataError: ${ENABLE}: enableDebugMode may be called at most once`;
  const NO_OPTIONS = `throws TypeError: ${ENABLE}: The provided value is not of type 'PrivateAggregationDebugModeOptions'.`;
  const NO_KEY = `throws DataError: ${ENABLE}: options['debugKey'] is negative or does not fit in 64 bits`;
  const KEY = `${ENABLE}: Failed to read the 'debugKey' property from 'PrivateAggregationDebugModeOptions'`;

  test.each([
    [
      ['5', '{ debugKey: 1 }', '{}', "{ debugKey: '5' }", ''],
      [
        NO_OPTIONS,
        `throws TypeError: ${KEY}: Cannot convert 1 to a BigInt`,
        `throws TypeError: ${KEY}: Required member is undefined.`,
        'returns undefined',
        TWICE,
      ],
    ],
    [
      ['null', 'undefined', '{ debugKey: 1n }'],
      [NO_OPTIONS, 'returns undefined', TWICE],
    ],
    [
      ['{ debugKey: -1n }', '{ debugKey: 1n }'],
      [NO_KEY, TWICE],
    ],
    [
      ['{ debugKey: 2n ** 64n }', ''],
      [NO_KEY, TWICE],
    ],
    [
      ['{ debugKey: 2n ** 64n - 1n }', '{ debugKey: -1n }'],
      ['returns undefined', TWICE],
    ],
  ])('enables debug mode once in each operation: %j', async (options, expected) => {
    const page = await contributor('debug-mode');
    const expressions = options.map((option) => `privateAggregation.enableDebugMode(${option})`);
    await run(page, 'evaluate', JSON.stringify({ expressions }));
    expect(await logged(page, 'outcomes:')).toEqual(expected);
  });

  test('takes the events that it knows, ignores what may be one some day, and refuses others', async () => {
    const page = await contributor('events');
    const on = (event: string, bucket = '1n') =>
      `privateAggregation.contributeToHistogramOnEvent('${event}', { bucket: ${bucket}, value: 1 })`;
    const ON_EVENT = "Failed to execute 'contributeToHistogramOnEvent' on 'PrivateAggregation'";
    const expressions = [on('reserved.report-success'), on('reserved.some-day'), on('report-success'), on('report-success', '-1n')];
    await run(page, 'evaluate', JSON.stringify({ expressions }));
    expect(await logged(page, 'outcomes:')).toEqual([
      'returns undefined',
      'returns undefined',
      `throws TypeError: ${ON_EVENT}: event must begin with "reserved."`,
      `throws DataError: ${ON_EVENT}: contribution['bucket'] is negative or does not fit in 128 bits`,
    ]);
    const warning = 'Unrecognized event reserved.some-day was passed to contributeToHistogramOnEvent(). The call will be ignored.';
    await until(() => page.console.some(({ level, args }) => level === 'warning' && String(args.at(-1)) === warning));
  });
});

describe('an operation contributes', () => {
  test('at once, in promises that it waits for, and under its debug key', async () => {
    const page = await contributor('promises');
    await run(page, 'contribute', '{ buckets: [11n, 12n, 2n ** 128n - 1n], debugKey: 777n }');
    const [report] = await until(() => debugReports().length === 1 && debugReports());
    expect(contributionsIn(report as ReceivedReport)).toEqual(['11: 1', '12: 2', `${2n ** 128n - 1n}: 3`]);
    expect(report?.body.debug_key).toBe('777');
    expect(report?.origin).toBe(lab.origin('promises'));
  });

  test.each([
    [false, ['22: 6', '20: 4']],
    [true, ['22: 6', '21: 5', '20: 4']],
  ])('in selectURL(), and conditionally (the operation throws: %s)', async (fails, expected) => {
    const page = await contributor('selects');
    const data = `{ bucket: 20n, fails: ${fails} }`;
    await page.evaluate(`sharedStorage.selectURL('select', [{ url: '/a' }, { url: '/b' }], { data: ${data}, keepAlive: true })`);
    const [report] = await until(() => debugReports().length === 1 && debugReports());
    expect(contributionsIn(report as ReceivedReport).toSorted()).toEqual(expected.toSorted());
  });

  test('for itself, while others wait for the same promise', async () => {
    const page = await contributor('together');
    for (const one of [1, 2, 3]) await run(page, 'wait', `{ bucket: ${one}n, debugKey: ${one}n }`);
    await until(() => debugReports().length === 3);
    const found = debugReports().map((report) => [report.body.debug_key, ...contributionsIn(report)]);
    expect(found.toSorted()).toEqual([
      ['1', '1: 1', '101: 1'],
      ['2', '2: 1', '102: 1'],
      ['3', '3: 1', '103: 1'],
    ]);
  });

  test('for itself, however often another has contributed just before', async () => {
    const page = await contributor('crowd');
    for (const [one, times] of [
      [1, 1500],
      [2, 2],
      [3, 3],
    ])
      await run(page, 'wait', `{ bucket: ${one}n, debugKey: ${one}n, times: ${times} }`);
    await until(() => debugReports().length === 3);
    const found = debugReports().map((report) => [report.body.debug_key, ...contributionsIn(report)]);
    expect(found.toSorted()).toEqual([
      ['1', '1: 1500', '101: 1'],
      ['2', '2: 2', '102: 1'],
      ['3', '3: 3', '103: 1'],
    ]);
  });

  test('while it holds a lock', async () => {
    const page = await contributor('locks');
    await run(page, 'lock', '{}');
    const [report] = await until(() => debugReports().length === 1 && debugReports());
    expect(contributionsIn(report as ReceivedReport)).toEqual(['7: 1', '8: 1']);
  });

  test('until it ends: what it leaves behind contributes to no report, neither its own nor that of another', async () => {
    const page = await contributor('left-over');
    await run(page, 'leave', '{}');
    await run(page, 'wake', '{}');
    const [report] = await until(() => debugReports().length === 1 && debugReports());
    expect(contributionsIn(report as ReceivedReport)).toEqual(['5: 1']);
    const warning = 'privateAggregation was used after its operation had ended: that is in no report.';
    await until(() => page.console.some(({ args }) => String(args.at(-1)) === warning));
    await run(page, 'contribute', '{ buckets: [1n, 2n, 3n], debugKey: 1n }');
    await until(() => received.length >= 4);
    expect(received.map(({ kind }) => kind).toSorted()).toEqual(['debug', 'debug', 'live', 'live']);
  });

  test('however often: in bounded memory, and to the harm of nobody', async () => {
    const bystander = await contributor('bystander');
    const page = await contributor('flood');
    await run(page, 'flood', '{ times: 1000000 }');
    await run(bystander, 'contribute', '{ buckets: [1n, 2n, 3n], debugKey: 1n }');
    await until(() => debugReports().some(({ origin }) => origin === lab.origin('bystander')));
    const flood = await until(() => debugReports().find(({ origin }) => origin === lab.origin('flood')), MUCH_LONGER);
    // The budget of the site does not suffice for a million, and what is left of it is for others.
    expect(contributionsIn(flood as ReceivedReport).length).toBeLessThanOrEqual(20);
    expect(page.console.some(({ args }) => args[1] === 'flooded')).toBe(true);
  });

  test('while the service worker is stopped again and again', async () => {
    const page = await contributor('stopped');
    await run(page, 'contribute', '{ buckets: [1n, 2n, 3n], debugKey: 1n }');
    await lab.stopServiceWorker();
    await run(page, 'contribute', '{ buckets: [4n, 5n, 6n], debugKey: 2n }');
    await lab.stopServiceWorker();
    // What was stored by then is sent when the browser starts the service worker the next time: for a page, or for an alarm half a minute later.
    await contributor('wakes');
    await until(() => debugReports().length === 2);
    expect(
      debugReports()
        .map(({ body }) => body.debug_key)
        .toSorted(),
    ).toEqual(['1', '2']);
  });
});

describe('a config', () => {
  const RANGE = (name: string, text: string) =>
    `TypeError: Failed to execute 'run' on 'SharedStorage': Failed to read the 'privateAggregationConfig' property from 'SharedStorageRunOperationMethodOptions': Failed to read the '${name}' property from 'SharedStoragePrivateAggregationConfig': ${text}`;
  const REFUSED: [config: string, refusal: string][] = [
    [`{ contextId: 'c'.repeat(65) }`, 'DataError: contextId length cannot be larger than 64'],
    [`{ filteringIdMaxBytes: 0 }`, 'DataError: filteringIdMaxBytes must be positive'],
    [`{ filteringIdMaxBytes: 9 }`, 'DataError: filteringIdMaxBytes is too big'],
    [`{ filteringIdMaxBytes: -1 }`, RANGE('filteringIdMaxBytes', `Value is outside the 'unsigned long long' value range.`)],
    [`{ filteringIdMaxBytes: 3n }`, RANGE('filteringIdMaxBytes', 'Cannot convert a BigInt value to a number')],
    [`{ maxContributions: 0 }`, 'DataError: maxContributions must be positive'],
    [`{ maxContributions: NaN }`, RANGE('maxContributions', `Value is not of type 'unsigned long long'.`)],
    [`{ aggregationCoordinatorOrigin: 'x' }`, 'SyntaxError: aggregationCoordinatorOrigin must be a valid origin'],
    [`{ aggregationCoordinatorOrigin: 'https://other.example' }`, 'DataError: aggregationCoordinatorOrigin must be on the allowlist'],
  ];

  test("is refused in native's words, and uses its worklet up as natively", async () => {
    const page = await contributor('configs');
    const outcome = (call: string) => page.evaluate(`${call}.then(() => 'resolved', (error) => error.name + ': ' + error.message)`);
    for (const [config, refusal] of REFUSED)
      expect(
        await outcome(`sharedStorage.run('evaluate', { data: { expressions: [] }, keepAlive: true, privateAggregationConfig: ${config} })`),
      ).toBe(refusal);
    const call = (method: string) => `sharedStorage.createWorklet('/contribute.js').then((worklet) => worklet.${method})`;
    const config = 'privateAggregationConfig: { filteringIdMaxBytes: 9 }';
    expect(await outcome(call(`run('evaluate', { ${config} })`))).toBe('DataError: filteringIdMaxBytes is too big');
    expect(await outcome(call(`selectURL('select', [{ url: '/a' }], { ${config} })`))).toBe('DataError: filteringIdMaxBytes is too big');
    expect(await outcome(`sharedStorage.run('evaluate', { ${config} })`)).toBe('DataError: filteringIdMaxBytes is too big');
    expect(await outcome(`sharedStorage.run('evaluate', {})`)).toMatch(/cannot execute further operations/);
  });

  test('lets coordinators be used that the settings name', async () => {
    await lab.configure({ privateAggregation: { keys: { 'https://coordinator.example': 'local' } } });
    const page = await contributor('coordinators');
    const config = `privateAggregationConfig: { aggregationCoordinatorOrigin: 'https://coordinator.example' }`;
    await run(page, 'contribute', '{ buckets: [1n, 2n, 3n], debugKey: 1n }', config);
    const [report] = await until(() => debugReports().length === 1 && debugReports());
    expect(report?.body.aggregation_coordinator_origin).toBe('https://coordinator.example');
  });

  test('with a context ID makes one report, whether the operation contributes, exists, or does not', async () => {
    const page = await contributor('deterministic');
    for (const [name, id] of [
      ['evaluate', 'empty'],
      ['no such operation', 'unknown'],
      ['contribute', 'contributes'],
    ])
      await run(
        page,
        `${name}`,
        '{ expressions: [], buckets: [1n, 2n, 3n], debugKey: 1n }',
        `privateAggregationConfig: { contextId: '${id}' }`,
      );
    await until(() => received.filter(({ kind }) => kind === 'live').length === 3);
    expect(
      received
        .filter(({ kind }) => kind === 'live')
        .map(({ body }) => body.context_id)
        .toSorted(),
    ).toEqual(['contributes', 'empty', 'unknown']);
  });

  test('says how large filtering IDs may be', async () => {
    const page = await contributor('filtering');
    const data = '{ buckets: [1n, 2n, 3n], debugKey: 1n, configured: { filteringId: 2n ** 24n - 1n } }';
    await run(page, 'contribute', data, 'privateAggregationConfig: { filteringIdMaxBytes: 3 }');
    const [report] = await until(() => debugReports().length === 1 && debugReports());
    expect(contributionsIn(report as ReceivedReport)).toEqual(['1: 1', '2: 2', '3: 3']);
  });
});

describe('the permissions policy', () => {
  const DENIED = `throws InvalidAccessError: Failed to execute 'contributeToHistogram' on 'PrivateAggregation': The "private-aggregation" Permissions Policy denied the method on privateAggregation`;
  const expression = 'privateAggregation.contributeToHistogram({ bucket: 1n, value: 1 })';

  test.each([
    ['', 'self', 'returns undefined'],
    ['', 'other', 'returns undefined'],
    ['private-aggregation=()', 'self', DENIED],
    ['private-aggregation=(self)', 'self', 'returns undefined'],
    ['private-aggregation=(self)', 'other', DENIED],
    ['private-aggregation=*', 'other', 'returns undefined'],
  ])('%j of a page, for a worklet with the data of %s', async (header, whose, expected) => {
    lab.serve('/policy.html', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', ...(header && { 'Permissions-Policy': header }) }).end('<!doctype html>');
    });
    lab.serve('/contribute-elsewhere.js', (_request, response) => {
      const allowed = { 'Access-Control-Allow-Origin': '*', 'Shared-Storage-Cross-Origin-Worklet-Allowed': '?1' };
      const source = `register('evaluate', class { async run({ expressions }) {
        console.log('outcomes:', JSON.stringify(expressions.map((one) => {
          try { return 'returns ' + (0, eval)(one); } catch (error) { return 'throws ' + error.name + ': ' + error.message; }
        })));
      } });`;
      response.writeHead(200, { 'Content-Type': 'text/javascript', ...allowed }).end(source);
    });
    const page = await lab.page('policy', '/policy.html');
    const module = `${lab.origin(whose === 'self' ? 'policy' : 'other')}/contribute-elsewhere.js`;
    await page.evaluate(`sharedStorage.createWorklet('${module}', { dataOrigin: 'script-origin' }).then((worklet) =>
      worklet.run('evaluate', { data: { expressions: [${JSON.stringify(expression)}] } }))`);
    expect(await logged(page, 'outcomes:')).toEqual([expected]);
  });

  test.each([
    ['', 'returns undefined'],
    [`allow="private-aggregation 'none'"`, DENIED],
    [`allow="shared-storage"`, 'returns undefined'],
  ])('of a frame whose iframe has %j', async (attribute, expected) => {
    const child = `<script>
      sharedStorage.worklet.addModule('/contribute.js')
        .then(() => sharedStorage.run('evaluate', { data: { expressions: [${JSON.stringify(expression)}] } }))
        .then(() => parent.postMessage('done', '*'));
    </script>`;
    lab.serve('/child.html', child);
    // Of another origin and the same site: the console is that of the same process.
    lab.serve('/parent.html', `<iframe src="${lab.origin('child.parent')}/child.html" ${attribute}></iframe>`);
    const page = await lab.page('parent', '/parent.html');
    expect(await logged(page, 'outcomes:')).toEqual([expected]);
  });
});
