/** What of an embedder keeps a fenced frame empty, as in native Chromium 150. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Lab, type Page, until } from './lab';

let lab: Lab;
let page: Page;

beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/document', (_request, response, url) => {
    const headers = url.searchParams.getAll('header').map((header) => header.split(': ', 2) as [string, string]);
    response.writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame', ...Object.fromEntries(headers) });
    response.end('<!doctype html><body>');
  });
  lab.serve('/select.js', `register('first', class { async run() { return 0; } });`);
});

afterAll(() => lab.close());
afterEach(() => page?.close());

const withHeaders = (headers: readonly string[]) =>
  `/document?${headers.map((header) => `header=${encodeURIComponent(header)}`).join('&')}`;

interface Case {
  /** The embedder's headers. */
  readonly headers?: string[];
  /** The frame's own. */
  readonly own?: string[];
  readonly allow?: string;
  /** Attributes of an iframe that the embedder is in. */
  readonly iframe?: string;
  readonly site?: string;
  /** Of configs with a URL and of selectURL(), which load. */
  readonly loads: [url: boolean, opaque: boolean];
}

/** The configs of the page, shown one after the other, and then what shows in any case that they have been decided. */
const SHOW = `(async ({ url, allow }) => {
  const show = (config) => {
    const frame = document.createElement('fencedframe');
    frame.allow = allow;
    frame.config = config;
    document.body.append(frame);
  };
  show(new FencedFrameConfig(url + '&config=url'));
  try {
    await sharedStorage.worklet.addModule('/select.js');
    const urls = [{ url: url + '&config=opaque' }];
    show(await sharedStorage.selectURL('first', urls, { resolveToConfig: true, keepAlive: true }));
  } catch {
    // Where the page itself may not select anything, nothing is selected.
  }
})`;

/** Which of the configs come to be shown while a frame that nothing is said against does. */
async function shown({ headers = [], own = [], allow = '', iframe, site = 'ads' }: Case): Promise<[boolean, boolean]> {
  const url = `${lab.origin(site)}${withHeaders(own)}&${crypto.randomUUID()}`;
  const embedder = withHeaders(headers);
  page = await lab.page('site', iframe === undefined ? embedder : '/document?');
  const given = JSON.stringify({ url, allow: allow.replaceAll('PORT', String(lab.port)) });
  if (iframe === undefined) await page.evaluate(`${SHOW}(${given})`);
  else
    await page.evaluate(`new Promise((resolve) => {
      document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(`<iframe ${iframe}></iframe>`)});
      const [iframe] = document.querySelectorAll('iframe');
      iframe.onload = () => resolve(iframe.contentWindow.eval(${JSON.stringify(`${SHOW}(${given})`)}));
      iframe.src = ${JSON.stringify(embedder)};
    })`);
  const other = await lab.page('other');
  const control = `${lab.origin('ads')}/document?${crypto.randomUUID()}`;
  await other.evaluate(
    `{ const frame = document.createElement('fencedframe'); frame.config = new FencedFrameConfig(${JSON.stringify(control)}); document.body.append(frame); undefined }`,
  );
  const isShown = (wanted: string) => [...lab.browser.targets.values()].some((target) => String(target.url).startsWith(wanted));
  await until(() => isShown(control));
  await other.close();
  const frames = async (): Promise<string[]> => {
    const { frameTree } = await page.send('Page.getFrameTree');
    const urls = (tree: { frame: { url: string }; childFrames?: unknown[] }): string[] => [
      tree.frame.url,
      ...(tree.childFrames ?? []).flatMap((child) => urls(child as typeof tree)),
    ];
    return [...urls(frameTree), ...[...lab.browser.targets.values()].map((target) => String(target.url))];
  };
  const is = async (config: string) => (await frames()).some((one) => one.startsWith(`${url}&config=${config}`));
  // What is to come has come by then, or comes.
  return [await is('url'), await is('opaque')];
}

async function expectLoads(one: Case): Promise<void> {
  const found = await until(async () => {
    const seen = await shown(one);
    const isAsExpected = seen.join() === one.loads.join();
    // A frame that is to be shown may take longer than the other one.
    if (isAsExpected || seen.some((is, index) => is && !one.loads[index])) return seen;
    await page.close();
    return undefined;
  });
  expect({ ...one, loads: found }).toEqual(one);
}

const NONE = "shared-storage 'none'";
const COEP = 'Cross-Origin-Embedder-Policy: require-corp';
const CORP = 'Cross-Origin-Resource-Policy: cross-origin';
const FLAGS = ['same-origin', 'forms', 'scripts', 'popups', 'popups-to-escape-sandbox', 'top-navigation-by-user-activation'];
const flags = (without?: string) =>
  FLAGS.filter((flag) => flag !== without)
    .map((flag) => `allow-${flag}`)
    .join(' ');

test.each<Case>([
  { headers: ['Permissions-Policy: shared-storage=*'], loads: [true, true] },
  { headers: ['Permissions-Policy: shared-storage=(self)'], loads: [true, false] },
  { headers: ['Permissions-Policy: shared-storage-select-url=(self)'], loads: [true, false] },
  { headers: ['Permissions-Policy: attribution-reporting=()'], loads: [true, false] },
  { headers: ['Permissions-Policy: geolocation=()'], loads: [true, true] },
  { headers: ["Feature-Policy: attribution-reporting 'self'"], loads: [true, false] },
  { allow: NONE, loads: [true, false] },
  { allow: 'shared-storage', loads: [true, false] },
  { allow: 'shared-storage *', loads: [true, true] },
  { allow: "private-aggregation 'none'", loads: [true, true] },
  { allow: 'shared-storage http://ads.localhost:PORT', loads: [true, true] },
  { allow: "attribution-reporting 'self' http://ads.localhost:PORT; shared-storage *", loads: [true, true] },
  { allow: 'shared-storage http://elsewhere.localhost:PORT', loads: [true, false] },
  { allow: "shared-storage 'self'", loads: [true, false] },
  { allow: "shared-storage 'self'", site: 'site', loads: [true, true] },
])('the features that a config needs: %j', expectLoads);

test.each<Case>([
  { headers: [COEP], loads: [false, false] },
  { headers: ['Cross-Origin-Embedder-Policy: credentialless'], loads: [false, false] },
  { headers: [COEP], own: [COEP], loads: [false, false] },
  { headers: [COEP], own: [COEP, 'Cross-Origin-Resource-Policy: same-origin'], loads: [false, false] },
  { headers: [COEP], own: [COEP, CORP], loads: [true, true] },
  { headers: [COEP], own: ['Cross-Origin-Embedder-Policy: credentialless', CORP], loads: [true, true] },
  { headers: [COEP], site: 'site', loads: [false, false] },
  { headers: [COEP], own: [COEP], site: 'site', loads: [true, true] },
])("the embedder's Cross-Origin-Embedder-Policy: %j", expectLoads);

test.each<Case>([
  { headers: [`Content-Security-Policy: sandbox ${flags()}`], loads: [true, true] },
  { headers: [`Content-Security-Policy: sandbox ${flags('popups')}`], loads: [false, false] },
  { iframe: `sandbox="${flags()}"`, loads: [true, true] },
  ...['forms', 'popups', 'popups-to-escape-sandbox', 'top-navigation-by-user-activation'].map(
    (flag): Case => ({ iframe: `sandbox="${flags(flag)}"`, loads: [false, false] }),
  ),
  { iframe: `csp="img-src 'none'"`, headers: [`Content-Security-Policy: img-src 'none'`], loads: [false, false] },
])('a sandbox, or a policy that is required of the embedder: %j', expectLoads);

test.each<[what: string, reason: string, Case]>([
  [
    "a feature that the page's policy denies",
    "permissions policy 'attribution-reporting' is not allowed for the frame's origin.",
    { headers: ['Permissions-Policy: attribution-reporting=()'], loads: [true, false] },
  ],
  [
    'a feature that the element denies',
    "permissions policy 'shared-storage' is not allowed for the frame's origin.",
    { allow: NONE, loads: [true, false] },
  ],
  [
    'a feature that the element gives to another origin',
    "permissions policy 'shared-storage' is not allowed for the frame's origin.",
    { allow: 'shared-storage http://elsewhere.localhost:PORT', loads: [true, false] },
  ],
  [
    'a policy that is required of the page',
    'CSP Embedded Enforcement is specified by the embedder',
    { iframe: `csp="img-src 'none'"`, headers: [`Content-Security-Policy: img-src 'none'`], loads: [false, false] },
  ],
])('%s keeps a frame empty, and the console says so as an error', async (_what, reason, one) => {
  await shown(one);
  const expected = one.loads.flatMap((loads) => (loads ? [] : [reason]));
  const said = () => page.console.filter(({ args }) => String(args[0]).startsWith('Refused to frame'));
  await until(() => said().length >= expected.length);
  expect(said().map(({ level, args }) => [level, String(args[0]).split(' as a fenced frame because ')[1]])).toEqual(
    expected.map((text) => ['error', text]),
  );
});
