/** The view *Isolation*: the agent cluster map of a tab, computed, compared with what the browser did, and shown; and what was stopped. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import type { AgentClusterMap, Row } from '../../src/protocol/agent-cluster-map';
import { Lab, until } from './lab';
import { openPanel } from './panel';

let lab: Lab;
let worker: Session;
let preset: Record<string, unknown>;
beforeAll(async () => {
  lab = await Lab.open({ args: ['--disable-popup-blocking', '--host-resolver-rules=MAP *.insecure.test 127.0.0.1'] });
  worker = await lab.browser.serviceWorker();
  preset = (await worker.evaluate(`chrome.storage.local.get('settings')`)).settings ?? {};
  lab.serve('/site-keyed', (_request, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html', 'Origin-Agent-Cluster': '?0' }).end('<p>'),
  );
  lab.serve('/coop', (_request, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html', 'Cross-Origin-Opener-Policy': 'same-origin' }).end('<p>'),
  );
});
afterAll(() => lab.close());

const tabOf = (url: string): Promise<number> =>
  until(() => worker.evaluate(`chrome.tabs.query({}).then((tabs) => tabs.find((tab) => tab.url === ${JSON.stringify(url)})?.id)`));

const openMap = (url: string) => openPanel(lab, url, 'isolation');

/** As the view asks for it. */
async function mapOf(url: string): Promise<AgentClusterMap> {
  const page = await openMap(url);
  const map = await page.evaluate(
    `chrome.runtime.sendMessage({ to: 'extension-page', method: 'isolation.read', params: { tabId: Number(new URLSearchParams(location.search).get('tab')) } }).then(({ value }) => value)`,
  );
  await page.close();
  return map as AgentClusterMap;
}

const brief = (rows: readonly Row[]) =>
  rows.map(({ key, reason, source, originKeyed }) => [`${key.kind} ${key.value}`, reason, source, originKeyed]);

async function isolate(isolation: Record<string, 'origin-keyed' | 'site-keyed'>): Promise<void> {
  const wanted = Object.fromEntries(Object.entries(isolation).map(([origin, keying]) => [origin, keying === 'origin-keyed' ? '?1' : '?0']));
  await worker.evaluate(`chrome.storage.local.set({ settings: ${JSON.stringify({ ...preset, isolation })} })`);
  await until(() =>
    worker.evaluate(
      `chrome.declarativeNetRequest.getDynamicRules().then((rules) => Object.entries(${JSON.stringify(wanted)}).every(([origin, value]) =>
        rules.some(({ condition, action }) => condition.urlFilter === '|' + origin + '/' && action.responseHeaders?.some((header) => header.value === value))))`,
    ),
  );
}

const embed = (page: Session, url: string) =>
  page.evaluate(`new Promise((resolve) => {
    const frame = Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(url)} });
    frame.onload = () => resolve();
    document.body.append(frame);
  })`);

test('frames of one tab: each with its key, its reason, and what the browser did', async () => {
  await isolate({ [lab.origin('a.map')]: 'site-keyed', [lab.origin('b.map')]: 'origin-keyed' });
  const page = await lab.page('a.map');
  await embed(page, `${lab.origin('b.map')}/blank.html`);
  await embed(page, `${lab.origin('c.map')}/site-keyed`);
  await embed(page, `${lab.origin('d.map')}/blank.html`);
  await embed(page, 'data:text/html,<p>');
  const { rows, tabIds } = await mapOf(`${lab.origin('a.map')}/blank.html`);
  expect(brief(rows)).toEqual([
    ['site http://map.localhost', 'not-requested', 'setting', false],
    [`origin ${lab.origin('b.map')}`, 'requested', 'setting', true],
    ['site http://map.localhost', 'not-requested', 'server', false],
    [`origin ${lab.origin('d.map')}`, 'requested', 'browser', true],
    ['origin null', 'opaque-origin', 'browser', true],
  ]);
  expect(rows.map(({ difference }) => difference)).toEqual([null, null, null, null, null]);
  expect(tabIds).toHaveLength(1);
  await page.close();
});

test('the first keying of a group stays, and the map says so; a new tab is a new group', async () => {
  const [main, sub] = [lab.origin('a.sticky'), lab.origin('b.sticky')];
  await isolate({ [sub]: 'site-keyed' });
  const page = await lab.page('a.sticky');
  await embed(page, `${sub}/blank.html`);
  await page.evaluate(`document.querySelector('iframe').remove()`);
  await isolate({ [main]: 'origin-keyed', [sub]: 'origin-keyed' });
  await embed(page, `${sub}/blank.html?again`);
  const rows = (await mapOf(`${main}/blank.html`)).rows.filter(({ origin }) => origin === sub);
  // The document that was keyed first is gone, and nobody can see it any more: only the browser remembers.
  expect(brief(rows)).toEqual([[`origin ${sub}`, 'requested', 'setting', false]]);
  expect(rows[0]?.difference).toEqual({ type: 'keyed-before', by: 'site' });
  const shown = await openMap(`${main}/blank.html`);
  expect(await until(() => shown.evaluate(`first('.difference')?.textContent.trim()`))).toMatch(
    /^The browser keyed it by site, not as Origin.+this group keyed http:\/\/b\.sticky\.localhost:\d+ first by site\. Open it in a new tab/,
  );
  await shown.close();
  const fresh = await lab.page('b.sticky', '/blank.html?fresh');
  expect((await mapOf(`${sub}/blank.html?fresh`)).rows[0]).toMatchObject({ originKeyed: true, difference: null });
  await Promise.all([page.close(), fresh.close()]);
});

test('a popup is in its opener’s group, unless noopener or COOP cut it off; so is another tab never', async () => {
  const opener = await lab.page('opener');
  const other = await lab.page('opener', '/blank.html?unrelated');
  await opener.evaluate(
    `open('/blank.html?popup'), open('/blank.html?cut', '_blank', 'noopener'), open('${lab.origin('opened')}/coop'), 0`,
  );
  const popupTab = await tabOf(`${lab.origin('opener')}/blank.html?popup`);
  await tabOf(`${lab.origin('opener')}/blank.html?cut`);
  await tabOf(`${lab.origin('opened')}/coop`);
  const map = await mapOf(`${lab.origin('opener')}/blank.html`);
  expect(map.rows.map(({ url }) => url.replace(lab.origin('opener'), ''))).toEqual(['/blank.html', '/blank.html?popup']);
  expect(map.tabIds).toContain(popupTab);
  expect((await mapOf(`${lab.origin('opener')}/blank.html?popup`)).tabIds.toSorted()).toEqual(map.tabIds.toSorted());
  expect((await mapOf(`${lab.origin('opener')}/blank.html?cut`)).tabIds).toHaveLength(1);
  expect((await mapOf(`${lab.origin('opened')}/coop`)).tabIds).toHaveLength(1);
  await Promise.all([opener.close(), other.close()]);
});

test('a policy is shown with its hints', async () => {
  const origin = lab.origin('hinted');
  lab.serve('/.well-known/origin-policy', '{"id": "p", "isolation": {"for_memory_measurement": true, "prefer_isolated_memory": true}}');
  lab.serve('/policy', (_request, response) =>
    response
      .writeHead(200, { 'Content-Type': 'text/html', 'Origin-Policy': 'allowed=("p" null)', 'Origin-Agent-Cluster': '?0' })
      .end('<p>'),
  );
  const first = await lab.page('hinted', '/policy');
  const policy = { ids: ['p'], isolation: ['prefer_isolated_memory', 'for_memory_measurement'], applies: true };
  const row = await until(async () => (await mapOf(`${origin}/policy`)).rows.find((one) => one.policy !== null));
  expect(row).toMatchObject({ source: 'server', originKeyed: false, policy, difference: { type: 'changed', by: 'origin' } });
  await first.close();
  const page = await lab.page('hinted', '/policy?again');
  expect((await mapOf(`${origin}/policy?again`)).rows[0]).toMatchObject({ source: 'origin-policy', originKeyed: true, difference: null });
  const shown = await openMap(`${origin}/policy?again`);
  expect(await until(() => shown.evaluate(`first('.policy')?.textContent.trim()`))).toBe(
    'Its Origin-Policy "p" asks for isolation (prefer_isolated_memory, for_memory_measurement).',
  );
  await Promise.all([page.close(), shown.close()]);
});

test('an insecure document is said to be one', async () => {
  const origin = `http://a.insecure.test:${lab.port}`;
  const page = await lab.browser.openPage(`${origin}/site-keyed`);
  const { rows } = await mapOf(`${origin}/site-keyed`);
  expect(rows[0]).toMatchObject({ isSecureContext: false, source: 'browser' });
  await page.close();
});

test('the view shows the documents as a tree, and its choice is the setting', async () => {
  await isolate({ [lab.origin('a.shown')]: 'site-keyed' });
  const page = await lab.page('a.shown');
  await embed(page, `${lab.origin('b.shown')}/blank.html`);
  const shown = await openMap(`${lab.origin('a.shown')}/blank.html`);
  await until(() => shown.evaluate(`all('.tree.root > li > .tree > li').length === 1`));
  expect(await shown.evaluate(`all('.key').map((key) => key.textContent)`)).toEqual([
    'Site{http://shown.localhost}',
    `Origin{${lab.origin('b.shown')}}`,
  ]);
  expect(await shown.evaluate(`all('.card > p:not(.label)').map((p) => p.textContent.trim())`)).toEqual([
    'The setting keys it by its site. originAgentCluster is false.',
    'Nobody asked for anything: this browser keys by origin then. originAgentCluster is true.',
  ]);
  expect(await shown.evaluate(`first('#summary').textContent.trim()`)).toBe(
    '2 documents · 2 agent clusters · 1 tab in this browsing context group',
  );
  await shown.evaluate(
    `(() => { const [select] = all('.tree select'); select.value = 'origin-keyed'; select.dispatchEvent(new Event('change')); })()`,
  );
  await until(() =>
    worker.evaluate(
      `chrome.storage.local.get('settings').then(({ settings }) => settings.isolation['${lab.origin('a.shown')}'] === 'origin-keyed')`,
    ),
  );
  await until(() => shown.evaluate(`first('.notice[role=status]') !== undefined && first('.difference') !== undefined`));
  await Promise.all([page.close(), shown.close()]);
});

test('what was stopped in the tab is told as it is stopped', async () => {
  await isolate({ [lab.origin('a.stopped')]: 'origin-keyed' });
  const page = await lab.page('a.stopped');
  const shown = await openMap(`${lab.origin('a.stopped')}/blank.html`);
  await until(() => shown.evaluate(`first('.empty')?.textContent.startsWith('Nothing was stopped')`));
  await page.evaluate(`document.domain = 'stopped.localhost', undefined`);
  const card: string = await until(() => shown.evaluate(`all('.cards .card')[0]?.innerText`));
  expect(card).toContain('document.domain');
  expect(card).toContain('stopped.localhost');
  expect(card).toContain('setting document.domain does nothing');
  await Promise.all([page.close(), shown.close()]);
});
