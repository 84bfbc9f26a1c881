/** Frames that show what selectURL() selected: every way to make one, what happens inside, and what their page can find out. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, MUCH_LONGER, until } from './lab';

let lab: Lab;
let page: Awaited<ReturnType<Lab['page']>>;

/** The queries of the URLs that were loaded, with the referrer. */
const loaded: { query: string; referrer: string | undefined }[] = [];
const policies: Record<string, string> = {};

beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/creative', (request, response, url) => {
    loaded.push({ query: url.search.slice(1), referrer: request.headers.referer });
    response.writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame', 'Access-Control-Allow-Origin': '*' });
    response.end('<!doctype html><title>creative</title><body><a id="link" href="/landing" target="_unfencedTop">out</a>');
  });
  lab.serve('/with-policy', (_request, response, url) => {
    const policy = policies[url.searchParams.get('policy') ?? ''] ?? '';
    response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': policy }).end('<!doctype html><body>');
  });
  lab.serve('/landing', '<!doctype html><title>landing</title>');
  lab.serve('/select.js', `register('select', class { async run(urls, data) { return data.index; } })`);
  lab.serve(
    '/slow.js',
    `register('select', class { async run(urls, data) { while (!(await sharedStorage.get('go'))); return data.index; } })`,
  );
  lab.serve(
    '/budget.js',
    `register('budget', class { async run() { await sharedStorage.set('budget', String(await sharedStorage.remainingBudget())); } })`,
  );
});

afterAll(() => lab.close());

afterEach(async () => {
  await page?.close();
  loaded.length = 0;
});

const creative = (query: string) => `${lab.origin('ads')}/creative?${query}`;

/** Opens a page whose `urn` stands for the second of two URLs, `NAME-1`, and whose `config` does. */
async function open(name: string, { site = 'site', pathname = '/blank.html', module = '/select.js', metadata = '{}' } = {}): Promise<void> {
  page = await lab.page(site, pathname);
  await page.evaluate(`(async () => {
    await sharedStorage.worklet.addModule(${JSON.stringify(module)});
    const urls = [0, 1].map((index) => ({ url: ${JSON.stringify(creative(name))} + '-' + index, ...${metadata} }));
    const select = (resolveToConfig) => sharedStorage.selectURL('select', urls, { data: { index: 1 }, keepAlive: true, resolveToConfig });
    globalThis.urn = await select(false);
    globalThis.config = await select(true);
  })()`);
}

const isLoaded = (query: string, times = 1) => until(() => loaded.filter((one) => one.query === query).length === times);

async function inside(url: string): Promise<Session> {
  const session = await lab.browser.attach((target) => target.type === 'iframe' && target.url.startsWith(url));
  await until(() => session.evaluate(`document.readyState === 'complete'`));
  return session;
}

test.each([
  ['src before insertion', `const f = document.createElement('iframe'); f.src = urn; document.body.append(f)`],
  ['src after insertion', `const f = document.body.appendChild(document.createElement('iframe')); f.src = urn`],
  ['setAttribute', `const f = document.body.appendChild(document.createElement('iframe')); f.setAttribute('src', urn)`],
  ['innerHTML', `document.body.innerHTML = '<iframe src="' + urn + '"></iframe>'`],
  ['a closed shadow tree', `document.body.attachShadow({ mode: 'closed' }).innerHTML = '<iframe src="' + urn + '"></iframe>'`],
  ['location', `document.body.append(document.createElement('iframe')); frames[0].location = urn`],
  [
    'a link',
    `document.body.innerHTML = '<iframe name="there"></iframe><a target="there" href="' + urn + '">x</a>'; document.querySelector('a').click()`,
  ],
  ['window.open()', `document.body.innerHTML = '<iframe name="there"></iframe>'; open(urn, 'there')`],
  [
    'nested',
    `const f = document.body.appendChild(document.createElement('iframe')); f.contentDocument.body.innerHTML = '<iframe src="' + urn + '"></iframe>'`,
  ],
  ['a sandbox', `const f = document.createElement('iframe'); f.sandbox = 'allow-scripts'; f.src = urn; document.body.append(f)`],
  [
    'a document there',
    `const f = document.createElement('iframe'); f.src = '/blank.html'; f.onload = () => { f.onload = null; f.src = urn; }; document.body.append(f)`,
  ],
  ['a fenced frame', `const f = document.createElement('fencedframe'); f.config = config; document.body.append(f)`],
  [
    'a fenced frame of the URN',
    `const f = document.createElement('fencedframe'); f.config = new FencedFrameConfig(urn); document.body.append(f)`,
  ],
])('%s shows the selected URL', async (how, code) => {
  const name = `how-${how.replaceAll(/\W/g, '-')}`;
  await open(name);
  await page.evaluate(`{ ${code}; } undefined`);
  await isLoaded(`${name}-1`);
  expect(loaded.map(({ query }) => query)).toEqual([`${name}-1`]);
});

test('documents within have a fence, however deep; those of a page that calls something else so have none', async () => {
  lab.serve('/nested', '<!doctype html><iframe src="/nested-twice"></iframe>');
  lab.serve('/nested-twice', '<!doctype html><title>nested twice</title>');
  await open('nested-fence');
  await page.evaluate('function fence() {}');
  await page.evaluate(`{ document.body.innerHTML = '<iframe src="' + urn + '"></iframe>'; }`);
  await isLoaded('nested-fence-1');
  const frame = await inside(creative('nested-fence-1'));
  const add = `new Promise((resolve) => document.body.append(Object.assign(document.createElement('iframe'), { src: '/nested', onload: resolve })))`;
  const has = (view: string) => `[${view}, ${view}.frames[0]].map(({ fence }) => typeof fence?.reportEvent).join()`;
  await frame.evaluate(add);
  expect(await frame.evaluate(has('frames[0]'))).toBe('function,function');
  await page.evaluate(add);
  expect(await page.evaluate(has('frames[1]'))).toBe('undefined,undefined');
});

test('a URN may be used again; an unknown one, and one of another page, show nothing', async () => {
  await open('other');
  const foreign = (await page.evaluate('urn')) as string;
  const other = page;
  await open('again');
  await page.evaluate(`{
    const show = (src) => { const f = document.createElement('iframe'); f.src = src; document.body.append(f); };
    show('urn:uuid:00000000-0000-4000-8000-000000000000');
    show(${JSON.stringify(foreign)});
    show(urn);
    show(urn);
  }`);
  await isLoaded('again-1', 2);
  expect(loaded.length).toBe(2);
  await other.close();
});

test('a URL that is none of the web shows nothing', async () => {
  await open('of-the-web');
  await page.evaluate(`(async () => {
    const urls = [{ url: 'data:text/html,<script>parent.postMessage("data", "*")</script>' }, { url: 'javascript:parent.postMessage("javascript", "*")' }];
    globalThis.heard = [];
    addEventListener('message', ({ data }) => heard.push(data));
    for (const index of [0, 1]) {
      const urn = await sharedStorage.selectURL('select', urls, { data: { index }, keepAlive: true });
      document.body.append(Object.assign(document.createElement('iframe'), { src: urn }));
    }
    document.body.append(Object.assign(document.createElement('iframe'), { src: urn }));
  })()`);
  await isLoaded('of-the-web-1');
  expect(await page.evaluate('heard')).toEqual([]);
});

test('the frame waits for the operation', async () => {
  await open('waits', { site: 'waits', module: '/slow.js' });
  await page.evaluate(`{
    const f = document.createElement('iframe'); f.src = urn; document.body.append(f);
    const g = document.createElement('fencedframe'); g.config = config; document.body.append(g);
  }`);
  await page.evaluate(`new Promise((resolve) => setTimeout(resolve, 300))`);
  expect(loaded).toEqual([]);
  await page.evaluate(`sharedStorage.set('go', '1')`);
  await isLoaded('waits-1', 2);
});

test('frames made while the service worker is stopped show the selected URL', async () => {
  await open('stopped');
  await lab.stopServiceWorker();
  await page.evaluate(`{
    const f = document.createElement('iframe'); f.src = urn; document.body.append(f);
    const g = document.createElement('fencedframe'); g.config = config; document.body.append(g);
  }`);
  await isLoaded('stopped-1', 2);
});

test('a frame that is being filled when the service worker is stopped is filled by the next one', async () => {
  await open('interrupted', { site: 'interrupted', module: '/slow.js' });
  const worker = await lab.browser.serviceWorker();
  const isAsked = worker.evaluate(
    `new Promise((resolve) => chrome.runtime.onMessage.addListener(({ to }) => { if (to === 'selected-url') resolve(); }))`,
  );
  await page.evaluate(`{ const f = document.createElement('iframe'); f.src = urn; document.body.append(f); }`);
  await isAsked;
  await worker.detach();
  await lab.stopServiceWorker();
  await page.evaluate(`sharedStorage.set('go', '1')`);
  await isLoaded('interrupted-1');
});

test('100 frames of 100 calls on one page all load', async () => {
  await open('hundred');
  await page.evaluate(`(async () => {
    const urls = [{ url: ${JSON.stringify(creative('of100'))} }];
    const all = Array.from({ length: 100 }, () => sharedStorage.selectURL('select', urls, { data: { index: 0 }, keepAlive: true }));
    for (const urn of await Promise.all(all)) document.body.append(Object.assign(document.createElement('iframe'), { src: urn }));
  })()`);
  await until(() => loaded.filter(({ query }) => query === 'of100').length === 100, MUCH_LONGER);
});

/** Everything in the page's realm that may tell what a frame shows. */
const WATCH = `globalThis.seen = { violations: [], messages: [], navigations: [], loads: 0, focus: [] };
  addEventListener('securitypolicyviolation', (event) => seen.violations.push(event.blockedURI + event.sourceFile));
  addEventListener('message', (event) => seen.messages.push(event.origin));
  for (const type of ['focusin', 'blur', 'resize', 'scroll', 'error', 'pagehide', 'hashchange', 'popstate'])
    addEventListener(type, (event) => seen.focus.push(type + ' ' + event.target?.outerHTML + event.message), true);
  navigation.addEventListener('navigate', (event) => seen.navigations.push(event.destination.url));
  document.addEventListener('load', () => seen.loads++, true);
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => (seen.entries ??= []).push(entry.name))).observe({ entryTypes: PerformanceObserver.supportedEntryTypes });
  globalThis.before = history.length;`;

const TOLD = `(() => {
  const tell = (read) => { try { return String(read()); } catch (error) { return error.name; } };
  const frame = document.querySelector('iframe, fencedframe');
  return JSON.stringify([seen, performance.getEntries().map(({ name }) => name), document.documentElement.outerHTML, frame.src, frame.name,
    tell(() => frame.contentWindow?.location.href), tell(() => frame.contentDocument), tell(() => frame.contentWindow?.name), tell(() => JSON.stringify(frame.config)),
    document.referrer, location.href, history.state, document.cookie, document.activeElement.outerHTML, JSON.stringify(frame.getBoundingClientRect()),
    tell(() => frame.contentWindow?.length), tell(() => frame.contentWindow?.closed), tell(() => frame.contentWindow?.document), tell(() => frames.length)]);
})()`;

test.each(['iframe', 'fencedframe'])('the page with the %s is told nothing of the selected URL', async (element) => {
  const name = `secret-${element}`;
  const worker = `self.addEventListener('install', () => skipWaiting());
    self.addEventListener('activate', (event) => event.waitUntil(clients.claim()));
    self.addEventListener('fetch', ({ request }) => clients.matchAll({ includeUncontrolled: true }).then((all) => all.forEach((one) => one.postMessage(request.url))));`;
  lab.serve('/worker.js', worker);
  await open(name);
  await page.evaluate(`(async () => {
    ${WATCH}
    navigator.serviceWorker.onmessage = ({ data }) => seen.messages.push(data);
    await navigator.serviceWorker.register('/worker.js');
    await navigator.serviceWorker.ready;
  })()`);
  const assign = element === 'iframe' ? 'f.src = urn' : 'f.config = config';
  await page.evaluate(`{ const f = document.createElement('${element}'); ${assign}; document.body.append(f); }`);
  await isLoaded(`${name}-1`);
  const frame = await inside(creative(`${name}-1`));
  await frame.evaluate('focus()');
  // The worker has answered whatever it heard.
  await page.evaluate(`fetch('/blank.html').then(() => fetch('/blank.html'))`);
  const told = (await page.evaluate(TOLD)) as string;
  expect(told).not.toContain(`${name}-1`);
  expect(told).not.toContain(lab.origin('ads'));
  expect(await page.evaluate('history.length - before')).toBe(0);
  if (element === 'iframe') await until(() => page.evaluate('seen.loads > 0'));
  expect(await page.evaluate('seen.loads')).toBe(element === 'iframe' ? 1 : 0);
  expect(loaded).toEqual([{ query: `${name}-1`, referrer: element === 'iframe' ? `${lab.origin('site')}/` : undefined }]);
  await frame.detach();
});

test('a document of the page in the frame sees no navigation to the selected URL', async () => {
  await open('watched');
  await page.evaluate(`new Promise((resolve) => {
    globalThis.destinations = [];
    const f = document.createElement('iframe');
    f.onload = () => {
      f.onload = null;
      f.contentWindow.navigation.onnavigate = ({ destination }) => destinations.push(destination.url);
      f.contentWindow.location = urn;
      resolve();
    };
    f.src = '/blank.html';
    document.body.append(f);
  })`);
  await isLoaded('watched-1');
  expect(JSON.stringify(await page.evaluate('destinations'))).not.toContain('watched-1');
});

test.each([
  ['frame-src ads', () => `frame-src ${lab.origin('ads')}`, true],
  ["frame-src 'self'", () => "frame-src 'self'", false],
])('an iframe under the policy %s', async (name, policy, expected) => {
  policies[name] = policy();
  const query = `policy-${expected}`;
  await open(query, { pathname: `/with-policy?policy=${encodeURIComponent(name)}` });
  await page.evaluate(`{ ${WATCH}; const f = document.createElement('iframe'); f.src = urn; document.body.append(f); }`);
  if (expected) await isLoaded(`${query}-1`);
  else {
    const first = page;
    await open('control');
    await page.evaluate(`{ const f = document.createElement('iframe'); f.src = urn; document.body.append(f); }`);
    await isLoaded('control-1');
    await page.close();
    page = first;
    expect(loaded.map((one) => one.query)).toEqual(['control-1']);
  }
  expect(await page.evaluate('JSON.stringify(seen)')).not.toContain('ads.localhost');
});

const SHOW_IFRAME = `const f = document.createElement('iframe'); f.src = urn; document.body.append(f);`;
const SHOW_AFTER_OWN = `const f = document.createElement('iframe'); f.onload = () => { f.onload = null; f.src = urn; }; f.src = '/blank.html'; document.body.append(f);`;
const SHOW_FENCED = `const f = document.createElement('fencedframe'); f.config = config; document.body.append(f);`;

test.each([
  ['in an iframe', "frame-src 'self'", true, '', SHOW_IFRAME],
  ['in an iframe', "default-src 'self'", true, '', SHOW_IFRAME],
  ['in an iframe that another policy allows', "frame-src 'self'", false, 'frame-src http:', SHOW_IFRAME],
  ["in an iframe with the page's own document", "frame-src 'self'", false, '', SHOW_AFTER_OWN],
  ['in a fenced frame', "fenced-frame-src 'none'; frame-src 'none'", true, '', SHOW_FENCED],
])(
  '%s, under the policy %s, which only reports: shown is %s, and no report tells the selected URL',
  async (_where, policy, shown, enforced, show) => {
    const reports: string[] = [];
    lab.serve('/csp-reports', (request, response) => {
      request.on('data', (chunk) => reports.push(String(chunk)));
      request.on('end', () => response.writeHead(204).end());
    });
    lab.serve('/reporting', (_request, response) => {
      const header = `${policy}; connect-src 'self'; report-uri /csp-reports`;
      response
        .writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy-Report-Only': header, 'Content-Security-Policy': enforced })
        .end('<!doctype html><body>');
    });
    await open('reported', { pathname: '/reporting' });
    await page.evaluate(`{ ${WATCH}; ${show} }`);
    if (shown) await isLoaded('reported-1');
    // Something that is reported after whatever the frame led to.
    await page.evaluate(
      `new Promise((resolve) => setTimeout(resolve, 500)).then(() => fetch('https://reported-later.example/')).catch(() => {})`,
    );
    await until(() => reports.some((report) => report.includes('reported-later')));
    expect(reports.join()).not.toContain(lab.origin('ads'));
    expect(await page.evaluate('JSON.stringify(seen)')).not.toContain(lab.origin('ads'));
  },
);

const REPORTS = 'https://reports.example';

interface Report {
  readonly url: string;
  readonly method: string;
  readonly postData?: string;
  readonly headers: Record<string, string>;
}

/** The reports that leave the frame; none of them reaches a network. */
async function interceptReports(frame: Session): Promise<Report[]> {
  const reports: Report[] = [];
  frame.on('Fetch.requestPaused', ({ requestId, request }) => {
    reports.push(request);
    void frame.send('Fetch.fulfillRequest', { requestId, responseCode: 204 });
  });
  await frame.send('Fetch.enable', { patterns: [{ urlPattern: `${REPORTS}/*` }] });
  return reports;
}

/** The reports that the service worker sends to a server that there is not: in one that was started again the browser holds no request. */
async function hearReports(worker: Session): Promise<Report[]> {
  const reports: Report[] = [];
  worker.on('Network.requestWillBeSent', ({ request }) => {
    if (request.url.startsWith(`${REPORTS}/`)) reports.push(request);
  });
  await worker.send('Network.enable');
  return reports;
}

/** Stopped in the middle of it, the service worker is asked once more. */
test('an event is reported once, also where the service worker is stopped meanwhile', async () => {
  await open('report-stopped', { metadata: METADATA });
  await page.evaluate(`{ const f = document.createElement('fencedframe'); f.config = config; document.body.append(f); }`);
  const frame = await inside(creative('report-stopped-1'));
  const reports = await interceptReports(frame);
  const destination = ['shared-storage-select-url'];
  const report = (eventData: string) =>
    frame.evaluate(`fence.reportEvent(${JSON.stringify({ eventType: 'click', eventData, destination })})`);
  await report('first');
  await until(() => reports.length > 0);
  for (let i = 0; i < 5; i++) {
    await report(`data ${i}`);
    await lab.stopServiceWorker();
  }
  await report('last');
  await until(() => reports.some(({ postData }) => postData === 'last'));
  const data = reports.map(({ postData }) => postData);
  expect(data.toSorted()).toEqual(['data 0', 'data 1', 'data 2', 'data 3', 'data 4', 'first', 'last']);
  await frame.detach();
});

const METADATA = `{ reportingMetadata: { click: '${REPORTS}/click', 'reserved.top_navigation': '${REPORTS}/navigation' } }`;

test.each(['iframe', 'fencedframe'])('fence.reportEvent() in the %s: one POST from the frame to the URL of the event', async (element) => {
  const name = `report-${element}`;
  await open(name, { metadata: METADATA });
  const assign = element === 'iframe' ? 'f.src = urn' : 'f.config = config';
  await page.evaluate(`{ const f = document.createElement('${element}'); ${assign}; document.body.append(f); }`);
  const frame = await inside(creative(`${name}-1`));
  const reports = await interceptReports(frame);
  const report = (event: object) => frame.evaluate(`String(fence.reportEvent(${JSON.stringify(event)}))`);
  const destination = ['shared-storage-select-url'];
  await report({ eventType: 'unknown', eventData: 'no', destination });
  await report({ eventType: 'click', eventData: 'no', destination: ['buyer'] });
  await report({ eventType: 'reserved.top_navigation', eventData: 'no', destination });
  expect(await report({ eventType: 'click', eventData: 'yes', destination })).toBe('undefined');
  await until(() => reports.length > 0);
  await report({ eventType: 'click', eventData: 'last', destination });
  await until(() => reports.length > 1);
  expect(reports.map(({ url, method, postData }) => [url, method, postData])).toEqual([
    [`${REPORTS}/click`, 'POST', 'yes'],
    [`${REPORTS}/click`, 'POST', 'last'],
  ]);
  expect(reports[0]?.headers).toMatchObject({ Origin: lab.origin('ads'), 'Content-Type': 'text/plain;charset=UTF-8' });
  expect(reports[0]?.headers.Cookie).toBeUndefined();
  const outcome = (event: object) =>
    frame.evaluate(
      `(() => { try { fence.reportEvent(${JSON.stringify(event)}); } catch ({ name, message }) { return name + ': ' + message; } })()`,
    );
  expect(await outcome({ eventType: 'click', eventData: 'x'.repeat(64_001), destination })).toBe(
    "SecurityError: Failed to execute 'reportEvent' on 'Fence': The data provided to reportEvent() exceeds the maximum length, which is 64KB.",
  );
  expect(await outcome({ eventType: 'click' })).toBe(
    "TypeError: Failed to execute 'reportEvent' on 'Fence': Missing required 'destination' property.",
  );
  await frame.detach();
});

/** The site's navigation budget, as its worklets see it. */
async function remainingBudget(site: string): Promise<string | undefined> {
  const asking = await lab.page(site);
  await asking.evaluate(
    `sharedStorage.delete('budget').then(() => sharedStorage.worklet.addModule('/budget.js')).then(() => sharedStorage.run('budget'))`,
  );
  const budget = await until(async () => (await lab.stored(site)).budget);
  await asking.close();
  return budget;
}

test('a navigation of the top out of a fenced frame sends automatic beacons, and charges the site', async () => {
  await open('charged', { site: 'charged', metadata: METADATA });
  await page.evaluate(`{ const f = document.createElement('fencedframe'); f.config = config; document.body.append(f); }`);
  const frame = await inside(creative('charged-1'));
  const worker = await lab.browser.serviceWorker();
  const reports = await hearReports(worker);
  await frame.evaluate(
    `fence.setReportEventDataForAutomaticBeacons({ eventType: 'reserved.top_navigation', eventData: 'auto', destination: ['shared-storage-select-url'] })`,
  );
  await frame.evaluate(`document.getElementById('link').click()`);
  await until(() => page.evaluate('location.href').then((href: string) => href === `${lab.origin('ads')}/landing`));
  await until(() => reports.length > 0);
  expect(reports.map(({ url, postData }) => [url, postData])).toEqual([[`${REPORTS}/navigation`, 'auto']]);
  await worker.detach();
  expect(await remainingBudget('charged')).toBe('11');
});

test('a navigation of the top out of an iframe charges the site', async () => {
  await open('charged', { site: 'charged-too' });
  await page.evaluate(`{ const f = document.createElement('iframe'); f.src = urn; document.body.append(f); }`);
  const frame = await inside(creative('charged-1'));
  await frame.evaluate(`{ const link = document.getElementById('link'); link.target = '_top'; link.click(); }`);
  await until(() => page.evaluate('location.href').then((href: string) => href === `${lab.origin('ads')}/landing`));
  await until(async () => (await remainingBudget('charged-too')) === '11');
});

test('a navigation of the top out of an iframe charges the site, however long after the gesture', async () => {
  await open('charged-late', { site: 'charged-late' });
  await page.evaluate(`{ const f = document.createElement('iframe'); f.src = urn; document.body.append(f); }`);
  const frame = await inside(creative('charged-late-1'));
  await frame.evaluate('undefined');
  await frame.send('Runtime.evaluate', {
    expression: `{ const wait = () => { if (navigator.userActivation.isActive) setTimeout(wait, 100); else top.location.href = document.getElementById('link').href; }; wait(); }`,
    userGesture: false,
  });
  await until(() => page.evaluate('location.href').then((href: string) => href === `${lab.origin('ads')}/landing`));
  await until(async () => (await remainingBudget('charged-late')) === '11');
});
