/** Whole ways: from what a page asks for to the report that a server receives. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Lab, MUCH_LONGER, type Page, until } from './lab';
import { cleartextOf, contributionsOf, decrypt, exportedKey, type ReceivedReport, receiveReports } from './reports';

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

/** The third party's frame on a publisher's page. */
async function embed(publisher: string, html: string): Promise<Page> {
  const page = await lab.page(publisher);
  await page.evaluate(`new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.src = '${lab.origin('measure')}${html}';
    frame.onload = () => resolve();
    document.body.append(frame);
  })`);
  return page;
}

describe("a third party's measurement", () => {
  test('is reported once on each of three publishers, never twice for one content, in debug mode and for real', async () => {
    lab.serve(
      '/measurement.js',
      `register('content-view', class {
        async run({ contentId }) {
          privateAggregation.enableDebugMode({ debugKey: 777n });
          const key = 'has-reported-content: ' + contentId;
          if ((await sharedStorage.get(key)) === 'true') {
            console.log('already reported', contentId);
            return;
          }
          privateAggregation.contributeToHistogram({ bucket: BigInt(contentId), value: 128 });
          await sharedStorage.set(key, 'true');
          console.log('reported', contentId);
        }
      });`,
    );
    lab.serve(
      '/measurement.html',
      `<!doctype html><script>
        const contentId = new URLSearchParams(location.search).get('content');
        sharedStorage.worklet.addModule('/measurement.js').then(() => sharedStorage.run('content-view', { data: { contentId }, keepAlive: true }));
      </script>`,
    );
    const contents = { 'publisher-a': 1234, 'publisher-b': 5678, 'publisher-c': 9012 };
    const logged: string[] = [];
    for (let visit = 1; visit <= 2; visit++)
      for (const [publisher, contentId] of Object.entries(contents)) {
        const page = await embed(publisher, `/measurement.html?content=${contentId}`);
        const worker = await lab.browser.attach(
          (target) => target.type === 'iframe' && String(target.url).includes(`content=${contentId}`),
        );
        worker.on('Runtime.consoleAPICalled', ({ args }) => {
          const line = args.map((arg: { value?: unknown }) => arg.value).join(' ');
          if (line.includes('content-view') && line.includes('reported')) logged.push(line);
        });
        await worker.send('Runtime.enable');
        await until(() => logged.length === (visit - 1) * 3 + Object.keys(contents).indexOf(publisher) + 1);
        await page.close();
      }
    await until(() => received.length === 6);
    expect(logged.filter((line) => line.includes('already reported'))).toHaveLength(3);
    const { privateKey } = await exportedKey(lab);
    for (const kind of ['debug', 'live'] as const) {
      const reports = received.filter((report) => report.kind === kind);
      // They arrive in any order.
      expect(reports.map((report) => contributionsOf(cleartextOf(report))).sort()).toEqual(
        Object.values(contents).map((id) => [[String(id), 128]]),
      );
      for (const report of reports) {
        expect(report.origin).toBe(lab.origin('measure'));
        expect(report.body.debug_key).toBe('777');
        expect(decrypt(report, privateKey).equals(cleartextOf(report))).toBe(true);
      }
    }
    expect(new Set(received.map(({ body }) => body.shared_info)).size).toBe(3);
  });
});

describe('the console of the page', () => {
  test('says what did not become part of a report, and why', async () => {
    lab.serve(
      '/many.js',
      `register('many', class {
        async run({ value }) {
          for (let bucket = 0n; bucket < 25n; bucket++) privateAggregation.contributeToHistogram({ bucket, value });
        }
      });`,
    );
    const page = await lab.page('many');
    await page.evaluate(
      `sharedStorage.worklet.addModule('/many.js').then(() => sharedStorage.run('many', { data: { value: 3000 }, keepAlive: true }))`,
    );
    const lines = () =>
      page.console.map(({ level, args }) => `${level} ${args.join(' ')}`).filter((line) => line.includes('private aggregation'));
    await until(() => lines().length === 4);
    expect(lines()).toEqual([
      'warning [private aggregation: many] The contribution budget of the reporting site did not suffice for 4 contributions.',
      'warning [private aggregation: many] A report has 20 different buckets and filtering IDs at most: one contribution did not fit in.',
      expect.stringMatching(/^debug \[private aggregation: many\] Report [0-9a-f-]{36} to http:\/\/many\.localhost/),
      expect.stringContaining('enableDebugMode() was not called'),
    ]);
    await page.evaluate(`sharedStorage.run('many', { data: { value: 6000 } })`);
    await until(() =>
      lines().some((line) => line.includes('There is no report: the contribution budget of the reporting site is exhausted.')),
    );
    // The first report may still be on its way: what was refused is said sooner than what is encrypted and sent has come.
    await until(() => received.length > 0);
    expect(received).toHaveLength(1);
    await page.close();
  });
});

describe('a report whose number is fixed', () => {
  test('comes for operations that contribute nothing, throw, or do not exist, and says whose it is', async () => {
    lab.serve(
      '/null.js',
      `register('nothing', class { async run() {} });
       register('throws', class { async run() { throw new Error('on purpose'); } });`,
    );
    const page = await lab.page('null');
    await page.evaluate(`(async () => {
      await sharedStorage.worklet.addModule('/null.js');
      for (const name of ['nothing', 'throws', 'no such operation'])
        await sharedStorage.run(name, { keepAlive: true, privateAggregationConfig: { contextId: name } });
    })()`);
    await until(() => received.length === 3);
    expect(received.map(({ body }) => body.context_id).sort()).toEqual(['no such operation', 'nothing', 'throws']);
    const { privateKey } = await exportedKey(lab);
    for (const report of received) expect(contributionsOf(decrypt(report, privateKey))).toEqual([]);
    await page.close();
  });

  test('comes five seconds after the operation began, which contributes in vain from then on', async () => {
    lab.serve(
      '/long.js',
      `let release;
       const released = new Promise((resolve) => (release = resolve));
       register('long', class {
        async run() {
          privateAggregation.enableDebugMode();
          privateAggregation.contributeToHistogram({ bucket: 1n, value: 2 });
          await released;
          try {
            privateAggregation.contributeToHistogram({ bucket: 3n, value: 4 });
          } catch (error) {}
          console.log('too late');
        }
       });
       register('release', class { async run() { release(); } });`,
    );
    const page = await lab.page('long');
    const begun = Date.now();
    await page.evaluate(`sharedStorage.worklet.addModule('/long.js').then(() =>
      sharedStorage.run('long', { keepAlive: true, privateAggregationConfig: { contextId: 'long' } }))`);
    await until(() => received.length === 2);
    expect(Date.now() - begun).toBeGreaterThan(4900);
    await page.evaluate(`sharedStorage.run('release', { keepAlive: true })`);
    await until(() => page.console.some(({ args }) => args[1] === 'too late'));
    // Another operation's report comes after whatever that one could have made.
    await page.evaluate(`sharedStorage.run('release', { privateAggregationConfig: { contextId: 'after' } })`);
    await until(() => received.some(({ body }) => body.context_id === 'after'));
    expect(received).toHaveLength(3);
    expect(received.slice(0, 2).map((report) => contributionsOf(cleartextOf(report)))).toEqual([[['1', 2]], [['1', 2]]]);
    await page.close();
  });
});

describe('many', () => {
  test('reports, a thousand of a hundred worklets, are all sent, while a page goes on', async () => {
    lab.serve(
      '/burst.js',
      `register('burst', class {
        async run({ number }) {
          privateAggregation.contributeToHistogram({ bucket: BigInt(number), value: 1 });
        }
      });`,
    );
    const page = await lab.page('burst');
    const other = await lab.page('undisturbed');
    await page.evaluate(`(async () => {
      const worklets = [];
      for (let index = 0; index < 100; index++) worklets.push(sharedStorage.createWorklet('/burst.js'));
      globalThis.worklets = await Promise.all(worklets);
      globalThis.bursts = Promise.all(globalThis.worklets.map(async (worklet, index) => {
        for (let call = 0; call < 10; call++) await worklet.run('burst', { data: { number: index * 10 + call }, keepAlive: call < 9 });
      }));
    })()`);
    // Somebody else's writes are acknowledged meanwhile.
    let longest = 0;
    const goOn = async () => {
      const took = await other.evaluate(`(async () => {
        const begun = performance.now();
        await sharedStorage.append('k', 'x');
        return performance.now() - begun;
      })()`);
      longest = Math.max(longest, took as number);
      return received.length === 1000;
    };
    const begun = Date.now();
    await until(goOn, MUCH_LONGER);
    // However busy the machine is: not one of them waits for the reports.
    expect(longest).toBeLessThan((Date.now() - begun) / 4);
    const { privateKey } = await exportedKey(lab);
    const buckets = received.map((report) => contributionsOf(decrypt(report, privateKey))[0]?.[0]);
    expect(new Set(buckets).size).toBe(1000);
    await page.close();
    await other.close();
  });

  test('contributions of an operation that is not alone, a million at once, are kept as far as a budget has room for them', async () => {
    lab.serve(
      '/not-alone.js',
      `register('wait', class { async run() { await new Promise(() => undefined); } });
      register('flood', class {
        async run() {
          privateAggregation.enableDebugMode();
          for (let made = 0; made < 1_000_000; made++) privateAggregation.contributeToHistogram({ bucket: 1n, value: 1 });
        }
      });`,
    );
    await lab.configure({ privateAggregation: { tenMinuteBudget: 2 ** 32 - 1, dailyBudget: 2 ** 32 - 1 } });
    const page = await lab.page('not-alone');
    await page.evaluate(`sharedStorage.worklet.addModule('/not-alone.js').then(() => sharedStorage.run('wait', { keepAlive: true }))`);
    await page.evaluate(`sharedStorage.run('flood', { keepAlive: true })`);
    await until(() => received.length === 2, MUCH_LONGER);
    // Each of them is known by itself until it is known whose it is.
    for (const report of received) expect(contributionsOf(cleartextOf(report))).toEqual([['1', 2 ** 16]]);
    await page.close();
  });

  test('contributions of one operation, a million, make one report of those that fit in, and cost others nothing', async () => {
    lab.serve(
      '/hostile.js',
      `register('hostile', class {
        async run() {
          privateAggregation.enableDebugMode();
          for (let bucket = 0n; bucket < 1_000_000n; bucket++) {
            privateAggregation.contributeToHistogram({ bucket, value: 1 });
            if (bucket % 1000n === 0n)
              for (const bad of [{ bucket: 1 }, { bucket: -1n, value: 1 }, { bucket: 2n ** 128n, value: 1 }, null, { bucket, value: -1 }])
                try {
                  privateAggregation.contributeToHistogram(bad);
                  console.log('a bad contribution was taken');
                } catch {}
          }
        }
      });
      register('modest', class { async run() { privateAggregation.contributeToHistogram({ bucket: 7n, value: 8 }); } });`,
    );
    const hostile = await lab.page('hostile');
    const modest = await lab.page('modest');
    await hostile.evaluate(`sharedStorage.worklet.addModule('/hostile.js').then(() => sharedStorage.run('hostile'))`);
    await modest.evaluate(`sharedStorage.worklet.addModule('/hostile.js').then(() => sharedStorage.run('modest'))`);
    await until(() => received.length === 3, MUCH_LONGER);
    const ofHostile = received.filter(({ origin }) => origin === lab.origin('hostile'));
    expect(ofHostile).toHaveLength(2);
    for (const report of ofHostile)
      expect(contributionsOf(cleartextOf(report))).toEqual(Array.from({ length: 20 }, (_, bucket) => [String(bucket), 1]));
    expect(hostile.console.some(({ args }) => String(args).includes('a bad contribution was taken'))).toBe(false);
    await hostile.close();
    await modest.close();
  });
});
