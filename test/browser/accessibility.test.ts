/** axe-core finds nothing wrong in any view of the panel, in light and in dark, in a narrow and in a wide window. */

import fs from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { configureHandlers } from './event-handlers';
import { Lab, until } from './lab';
import { openPanel, press, rowsOf } from './panel';
import { receiveReports } from './reports';
import { isLive, readAloud, unnamed } from './screen-reader';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Longer than a narrow window is wide. */
const PATH = '/blank.html?campaign=0123456789&creative=0123456789&placement=0123456789';

const SIZES = [
  { width: 400, height: 700 },
  { width: 1280, height: 800 },
];

let lab: Lab;
let panel: Session;
beforeAll(async () => {
  lab = await Lab.open();
  lab.serve(
    '/module.js',
    `register('o', class { async run() { console.warn('said'); await sharedStorage.get('k'); throw new Error('no'); } });
    register('select', class { async run() { return 1; } });
    register('contribute', class { async run() { privateAggregation.contributeToHistogram({ bucket: 1n, value: 2 }); } });`,
  );
  receiveReports(lab);
  lab.serve('/write', (_request, response) => response.writeHead(200, { 'Shared-Storage-Write': 'set;key=a;value=b, oops' }).end());
  await configureHandlers(lab);
  const page = await lab.page('accessible', PATH);
  await page.evaluate(`sharedStorage.set('json', '{"a": [1, {"b": null}]}')
    .then(() => sharedStorage.worklet.addModule('/module.js'))
    .then(() => sharedStorage.run('o', { keepAlive: true }))
    .then(() => sharedStorage.addEventListener('key', 'o', { key: 'handled' }))
    .then(() => sharedStorage.set('handled', 'v'))
    .then(() => sharedStorage.run('contribute', { keepAlive: true }))
    .then(() => sharedStorage.selectURL('select', [{ url: '/0.html' }, { url: '/1.html' }], { keepAlive: true }))
    .then(() => fetch('/write', { sharedStorageWritable: true }))
    .then(() => undefined)`);
  // Something to be refused: a frame without storage.
  await page.evaluate(
    `document.body.append(Object.assign(document.createElement('iframe'), { sandbox: 'allow-scripts', src: '/blank.html' }))`,
  );
  panel = await openPanel(lab, `${lab.origin('accessible')}${PATH}`, 'storage');
  await until(async () => (await rowsOf(panel)).length > 0);
  await panel.evaluate(AXE);
});
afterAll(() => lab.close());

/** One line for each thing that is wrong, with the first element that it is wrong with. */
async function violations(): Promise<string[]> {
  const { violations } = await panel.evaluate(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => ({ violations }))`,
  );
  return violations.map(
    ({ id, nodes }: { id: string; nodes: { target: unknown[]; failureSummary: string }[] }) =>
      `${id} (${nodes.length}): ${JSON.stringify(nodes[0]?.target)} ${nodes[0]?.failureSummary}`,
  );
}

const tabs = (): Promise<string[]> => panel.evaluate(`all('[role=tab]').map(({ id }) => id)`);

/**
 * What has no room for its words: tabs beyond the edge, headings of columns that end in dots, a view that is wider than there is room, a field that
 * is wider than its place, and a page that is longer than its window.
 */
const cut = (): Promise<string[]> =>
  panel.evaluate(`[
    ...all('[role=tab]').filter((tab) => tab.getBoundingClientRect().right > innerWidth),
    ...all('[role=columnheader] *').filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth),
    ...all('[role=tabpanel] > *').filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth),
    ...all('label > select, label > input, label > textarea').filter((field) =>
      field.getBoundingClientRect().right > field.parentElement.getBoundingClientRect().right + 1),
    ...[document.documentElement].filter(({ scrollHeight }) => scrollHeight > innerHeight),
  ].map(({ localName, textContent }) => localName + ': ' + textContent.trim().slice(0, 40))`);

/** The tree follows the document a little later. */
const expectAllNamed = (view: string) =>
  until(async () => (await unnamed(panel)).length === 0, 10_000).catch(async () => expect(await unnamed(panel), view).toEqual([]));

/** In each size and each scheme. */
async function expectNothingWrong(): Promise<void> {
  for (const size of SIZES) {
    await panel.send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false });
    // A table finds out by itself how wide it is, with the next frame.
    await until(async () => (await cut()).length === 0).catch(async () => expect(await cut(), `cut at ${size.width} px`).toEqual([]));
    for (const value of ['light', 'dark']) {
      await panel.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] });
      expect(await violations(), `${size.width} px, ${value}`).toEqual([]);
    }
  }
}

test('each view, with what it shows of a real page, and the details of what is chosen in it', async () => {
  for (const id of await tabs()) {
    await panel.evaluate(`first('#${id}').click()`);
    await until(() => panel.evaluate(`first('#${id}').ariaSelected === 'true'`));
    await panel.evaluate(`all('details').forEach((details) => { details.open = true; })`);
    await expectNothingWrong();
    await expectAllNamed(id);
    // Where the view has a table, its last one is what it is about.
    const hasRows = await panel.evaluate(`(() => {
      const row = all('lab-table').at(-1)?.shadowRoot.querySelector('.body [role=row]');
      row?.click();
      return Boolean(row);
    })()`);
    if (!hasRows) continue;
    await until(() => panel.evaluate(`Boolean(first('[role=row][aria-selected=true]'))`));
    await expectNothingWrong();
    await expectAllNamed(id);
  }
});

test('what changes by itself, and what a change came to, is in live regions that were there before', async () => {
  /** What the live regions say, by how urgent they are. */
  const announced = async (): Promise<string[]> => {
    const nodes = await readAloud(panel);
    const { result } = (await panel.send('Runtime.evaluate', {
      expression: `JSON.stringify(all('[role=status], [role=alert], [aria-live]').map(({ textContent }) => textContent.trim()))`,
    })) as { result: { value: string } };
    return nodes.some(isLive) ? (JSON.parse(result.value) as string[]) : [];
  };
  const counts = {
    events: /events?$/,
    worklets: /worklets?, /,
    'select-url': /^\d+ calls? of/,
    reports: /reports?$/,
    'header-writes': /responses?|attempts?/,
  };
  for (const [id, says] of Object.entries(counts)) {
    await panel.evaluate(`first('#tab-${id}').click()`);
    await until(async () => (await announced()).some((said) => says.test(said)));
  }
  await panel.evaluate(`first('#tab-storage').click()`);
  await until(async () => (await rowsOf(panel)).length > 0);
  const region = `first('lab-storage').shadowRoot.querySelector('[role=status]')`;
  await panel.evaluate(`globalThis.before = ${region}; undefined`);
  await panel.evaluate(`all('button').find(({ textContent }) => textContent.trim() === 'Clear…').click()`);
  await until(() =>
    panel.evaluate(
      `(() => { const sure = all('button').find(({ textContent }) => textContent.trim().startsWith('Yes, clear')); sure?.click(); return Boolean(sure); })()`,
    ),
  );
  // A region that came with its words would not be read.
  await until(() => panel.evaluate(`before === ${region} && before.textContent.includes('cleared')`));
});

test('the views can be chosen with the keyboard alone', async () => {
  const all = await tabs();
  await panel.evaluate(`first('#${all[0]}').click(), first('#${all[0]}').focus()`);
  const focused = () => panel.evaluate(`first('[role=tab]:focus')?.id`);
  await press(panel, 'ArrowRight');
  await until(async () => (await focused()) === all[1]);
  await press(panel, 'End');
  await until(async () => (await focused()) === all.at(-1));
  await press(panel, 'ArrowRight');
  await until(async () => (await focused()) === all[0]);
  expect(await panel.evaluate(`all('[role=tab]').filter(({ tabIndex }) => tabIndex === 0).length`)).toBe(1);
  expect(await panel.evaluate(`first('#panel').getAttribute('aria-labelledby')`)).toBe(all[0]);
});
