/** Who may report what of a fenced frame, with which data: documents of other origins within, and automatic beacons. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, type Page, until } from './lab';

let lab: Lab;
let page: Page;
let worker: Session;

const REPORTS = 'https://reports.example';

interface Report {
  readonly url: string;
  readonly postData?: string;
}

const reports: Report[] = [];

/** Nothing of it reaches a network. */
async function intercept(session: Session): Promise<void> {
  session.on('Fetch.requestPaused', ({ requestId, request }) => {
    reports.push(request);
    void session.send('Fetch.fulfillRequest', { requestId, responseCode: 204 });
  });
  await session.send('Fetch.enable', { patterns: [{ urlPattern: `${REPORTS}/*` }] });
}

beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/document', (_request, response, url) => {
    const headers = url.searchParams.getAll('header').map((header) => header.split(': ', 2) as [string, string]);
    response.writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame', ...Object.fromEntries(headers) });
    response.end(`<!doctype html><title>document</title><body><script>
      for (const url of new URLSearchParams(location.search).getAll('iframe')) {
        const iframe = document.createElement('iframe');
        iframe.src = url;
        document.body.append(iframe);
      }
    </script>`);
  });
  lab.serve('/select.js', `register('first', class { async run() { return 0; } });`);
  lab.serve('/landing', '<!doctype html><title>landing</title>');
  worker = await lab.browser.serviceWorker();
  await intercept(worker);
});

afterAll(() => lab.close());
afterEach(async () => {
  await page?.close();
  reports.length = 0;
});

const at = (site: string, query = '') => `${lab.origin(site)}/document?${query}`;
const header = (text: string) => `&header=${encodeURIComponent(text)}`;

async function inside(url: string): Promise<Session> {
  const session = await lab.browser.attach((target) => target.type === 'iframe' && target.url.startsWith(url));
  await until(() => session.evaluate(`document.readyState === 'complete'`));
  return session;
}

/** A page with a fenced frame of `ads`, and in that an iframe of another origin. */
async function open(name: string, ofRoot: string, ofChild: string): Promise<{ root: Session; child: Session }> {
  const child = at('child', `${name}${ofChild}`);
  const root = at('ads', `${name}${ofRoot}&iframe=${encodeURIComponent(child)}`);
  page = await lab.page('site');
  const types = ['click', 'reserved.top_navigation_start', 'reserved.top_navigation_commit'];
  const reportingMetadata = Object.fromEntries(types.map((type) => [type, `${REPORTS}/${type}`]));
  await page.evaluate(`(async () => {
    await sharedStorage.worklet.addModule('/select.js');
    const urls = [${JSON.stringify({ url: root, reportingMetadata })}];
    const frame = document.createElement('fencedframe');
    frame.config = await sharedStorage.selectURL('first', urls, { resolveToConfig: true });
    document.body.append(frame);
  })()`);
  const sessions = { root: await inside(at('ads', name)), child: await inside(at('child', name)) };
  await intercept(sessions.root);
  await intercept(sessions.child);
  return sessions;
}

const destination = `destination: ['shared-storage-select-url']`;
const seen = () => reports.map(({ url, postData = '' }) => `${url.slice(REPORTS.length + 1)} ${postData}`).toSorted();

test('an event is reported by a document of another origin where it says so, and the document of the fenced frame allows it', async () => {
  const allowing = header('Allow-Cross-Origin-Event-Reporting: true');
  const allowed = await open('allowed', allowing, '');
  await allowed.child.evaluate(`fence.reportEvent({ eventType: 'click', eventData: 'not exposed', ${destination} })`);
  await allowed.child.evaluate(`fence.reportEvent({ eventType: 'click', eventData: 'exposed', ${destination}, crossOriginExposed: true })`);
  await until(() => reports.length > 0);
  expect(seen()).toEqual(['click exposed']);
  await page.close();
  reports.length = 0;
  const refused = await open('refused', '', '');
  await refused.child.evaluate(`fence.reportEvent({ eventType: 'click', eventData: 'refused', ${destination}, crossOriginExposed: true })`);
  await refused.root.evaluate(`fence.reportEvent({ eventType: 'click', eventData: 'own', ${destination} })`);
  await until(() => reports.length > 0);
  expect(seen()).toEqual(['click own']);
});

test('what is not reported is told in the console of the document, in the words of native', async () => {
  const said: string[] = [];
  const hear = async (session: Session) => {
    session.on('Runtime.consoleAPICalled', ({ type, args }) => said.push(`${type}: ${args[0].value}`));
    await session.send('Runtime.enable');
  };
  const refused = 'error: This document is cross-origin to the document that contains reporting metadata, but';
  const event = (type: string, destinations: string, more = '') =>
    `fence.reportEvent({ eventType: '${type}', eventData: 'x', destination: [${destinations}]${more} })`;
  const own = `'shared-storage-select-url'`;
  const without = await open('silent', '', '');
  await hear(without.child);
  await without.child.evaluate(event('click', own, ', crossOriginExposed: true'));
  await until(() => said.length === 1);
  await page.close();
  const { root, child } = await open('telling', header('Allow-Cross-Origin-Event-Reporting: true'), '');
  await Promise.all([hear(root), hear(child)]);
  await child.evaluate(event('click', own));
  await until(() => said.length === 2);
  await root.evaluate(event('reserved.top_navigation', own));
  await until(() => said.length === 3);
  await root.evaluate(event('other', `'component-seller', ${own}, ${own}`));
  await until(() => said.length === 5);
  expect(said).toEqual([
    `${refused} the fenced frame's document was not served with the 'Allow-Cross-Origin-Event-Reporting' header.`,
    `${refused} reportEvent() was not called with crossOriginExposed=true.`,
    'error: Reserved events cannot be triggered manually.',
    "warning: This frame did not register reporting metadata for destination 'ComponentSeller'.",
    "warning: This frame did not register reporting url for destination 'SharedStorageSelectUrl' and event_type 'other'.",
  ]);
  expect(reports).toEqual([]);
});

const leave = (session: Session) => session.evaluate(`open(${JSON.stringify(`${lab.origin('landing')}/landing`)}, '_unfencedTop')`);

test('automatic beacons go out without data as well, once for each type that is registered', async () => {
  const { root } = await open('without', '', '');
  await root.evaluate(
    `fence.setReportEventDataForAutomaticBeacons({ eventType: 'reserved.top_navigation_start', eventData: 'start', ${destination} })`,
  );
  await leave(root);
  await until(() => reports.length > 1);
  expect(seen()).toEqual(['reserved.top_navigation_commit ', 'reserved.top_navigation_start start']);
});

test('a document of another origin within sets automatic beacons off where it agrees, with data that is exposed to it', async () => {
  const { root, child } = await open('agrees', '', header('Allow-Fenced-Frame-Automatic-Beacons: true'));
  const set = (type: string, more: string) =>
    root.evaluate(`fence.setReportEventDataForAutomaticBeacons({ eventType: '${type}', eventData: '${type}', ${destination}${more} })`);
  await set('reserved.top_navigation_start', ', crossOriginExposed: true');
  await set('reserved.top_navigation_commit', '');
  await leave(child);
  await until(() => reports.length > 1);
  expect(seen()).toEqual(['reserved.top_navigation_commit ', 'reserved.top_navigation_start reserved.top_navigation_start']);
});

test('a document of another origin that has not agreed sets no automatic beacon off', async () => {
  const { child } = await open('disagrees', '', '');
  await leave(child);
  await until(() => page.evaluate(`location.pathname === '/landing'`));
  const { root } = await open('after', '', '');
  await leave(root);
  await until(() => reports.length > 1);
  expect(seen()).toEqual(['reserved.top_navigation_commit ', 'reserved.top_navigation_start ']);
});
