/** Permissions policy `shared-storage`, which the browser has forgotten: headers, `allow`, and what frames inherit. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;

/** What each document of a page reports about one write, by the document's name. */
type Outcomes = Record<string, string>;

const SAYS_NO = 'The "shared-storage" Permissions Policy denied the method';
const deniedTo = (method: string): string =>
  `InvalidAccessError: Failed to execute '${method}' on 'SharedStorage': ${SAYS_NO} on window.sharedStorage.`;
const DENIED = deniedTo('set');
const DENIED_WORKLET = `InvalidAccessError: ${SAYS_NO} for the worklet origin.`;

interface Page {
  readonly name: string;
  /** Default: the site of the top. */
  readonly site?: string;
  /** `Permissions-Policy`, a line each. */
  readonly header?: readonly string[];
  /** `Feature-Policy`, a line each. */
  readonly featurePolicy?: readonly string[];
  readonly body?: string;
}

const SCRIPT = `<!doctype html><body><script>
  globalThis.outcomes = {};
  globalThis.seen = [];
  addEventListener('message', ({ data }) => {
    if (data?.name) outcomes[data.name] = data.outcome;
    else seen.push(data);
  });
  globalThis.report = (name, storage = sharedStorage) => storage.set('k', 'v').then(() => 'allowed', (error) => error.name + ': ' + error.message)
    .then((outcome) => (opener ?? top).postMessage({ name, outcome }, '*'));
</script>`;

const escaped = (html: string): string => html.replaceAll('&', '&amp;').replaceAll('"', '&quot;');

function urlOf({ name, site = 'top', header = [], featurePolicy = [], body = '' }: Page): string {
  const query = new URLSearchParams({ name, body });
  for (const line of header) query.append('header', line);
  for (const line of featurePolicy) query.append('featurePolicy', line);
  return `${lab.origin(site)}/policy.html?${query}`;
}

const script = (name: string): string => `${SCRIPT}<script>report(${JSON.stringify(name)})</script>`;
const iframe = (page: Page, attributes = ''): string => `<iframe ${attributes} src="${escaped(urlOf(page))}"></iframe>`;
const srcdoc = (name: string, body = '', attributes = ''): string =>
  `<iframe ${attributes} srcdoc="${escaped(script(name) + body)}"></iframe>`;

const serviceWorker = () =>
  [...lab.browser.targets.values()].find(({ type, url }) => type === 'service_worker' && String(url).startsWith('chrome-extension://'));

/** Opens a page and waits until each of the names has reported. */
async function outcomesOf(page: Page, names: readonly string[]): Promise<Outcomes> {
  const opened = await lab.page('top', urlOf(page).slice(lab.origin('top').length));
  const outcomes = await until(async () => {
    const reported = (await opened.evaluate('outcomes')) as Outcomes;
    return names.every((name) => name in reported) && reported;
  });
  await opened.close();
  return outcomes;
}

async function expectOutcomes(page: Page, expected: Outcomes): Promise<void> {
  expect(await outcomesOf(page, Object.keys(expected))).toEqual(expected);
}

beforeAll(async () => {
  lab = await Lab.open({ args: ['--disable-popup-blocking'] });
  lab.serve('/policy.html', (_request, response, { searchParams }) => {
    const header = searchParams.getAll('header');
    const featurePolicy = searchParams.getAll('featurePolicy');
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      ...(header.length > 0 ? { 'Permissions-Policy': header } : {}),
      ...(featurePolicy.length > 0 ? { 'Feature-Policy': featurePolicy } : {}),
    });
    response.end(script(searchParams.get('name') ?? '') + searchParams.get('body'));
  });
});
afterAll(() => lab.close());

describe('the header', () => {
  /** Each header, what it says of its own document, and of frames of the same site and of another. */
  test.each([
    [[], 'allowed', 'allowed', 'allowed'],
    [['camera=(), shared-storage-select-url=()'], 'allowed', 'allowed', 'allowed'],
    [['shared-storage=()'], DENIED, DENIED, DENIED],
    [['shared-storage=(self)'], 'allowed', 'allowed', DENIED],
    [['shared-storage=self'], 'allowed', 'allowed', DENIED],
    [['shared-storage=*'], 'allowed', 'allowed', 'allowed'],
    [['shared-storage=(*)'], 'allowed', 'allowed', 'allowed'],
    [['fullscreen=(self "https://a.example"), shared-storage=() , camera=()'], DENIED, DENIED, DENIED],
    [['shared-storage=(self "OTHER")'], 'allowed', 'allowed', 'allowed'],
    [['shared-storage=(self "http://elsewhere.localhost")'], 'allowed', 'allowed', DENIED],
    // A document that denies itself denies everyone in it.
    [['shared-storage=("OTHER")'], DENIED, DENIED, DENIED],
    // Of one feature's members the last counts; several lines are one dictionary.
    [['shared-storage=()', 'shared-storage=*'], 'allowed', 'allowed', 'allowed'],
    [['shared-storage=*, camera=()', 'shared-storage=()'], DENIED, DENIED, DENIED],
    [['shared-storage=none'], DENIED, DENIED, DENIED],
    [['shared-storage'], DENIED, DENIED, DENIED],
    // The old syntax does not parse.
    [["shared-storage 'none'"], 'allowed', 'allowed', 'allowed'],
  ])('%j', async (header, top, same, cross) => {
    const lines = header.map((line) => line.replace('OTHER', lab.origin('other')));
    const body = iframe({ name: 'same' }) + iframe({ name: 'cross', site: 'other' });
    await expectOutcomes({ name: 'top', header: lines, body }, { top, same, cross });
  });

  test('of a frame speaks for that frame and what is in it', async () => {
    const header = ['shared-storage=(self)'];
    const inner = iframe({ name: 'back at the top site' }) + iframe({ name: 'same as frame', site: 'other' });
    const body = iframe({ name: 'frame', site: 'other', header, body: inner });
    await expectOutcomes(
      { name: 'top', body },
      { top: 'allowed', frame: 'allowed', 'same as frame': 'allowed', 'back at the top site': DENIED },
    );
  });

  test('of the final response counts, not that of a redirect', async () => {
    lab.serve('/redirect', (_request, response, { searchParams }) => {
      response.writeHead(302, { Location: searchParams.get('to') ?? '', 'Permissions-Policy': searchParams.get('header') ?? '' }).end();
    });
    const redirect = (header: string, to: Page) =>
      `<iframe src="${escaped(`${lab.origin('middle')}/redirect?${new URLSearchParams({ header, to: urlOf(to) })}`)}"></iframe>`;
    const body =
      redirect('shared-storage=()', { name: 'to nothing', site: 'other' }) +
      redirect('shared-storage=*', { name: 'to denied', site: 'other', header: ['shared-storage=()'] });
    await expectOutcomes({ name: 'top', body }, { top: 'allowed', 'to nothing': 'allowed', 'to denied': DENIED });
  });

  test('with a list is read exactly, out of the cache, for the address that the page came from', async () => {
    lab.serve('/quiet', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Permissions-Policy': 'shared-storage=(self "https://a.example")' });
      response.end(SCRIPT);
    });
    const page = await lab.page('top', '/quiet');
    await page.evaluate(`history.replaceState(null, '', '/policy.html?header=shared-storage=()')`);
    const before = lab.requests.length;
    for (const name of ['one', 'two']) await page.evaluate(`report('${name}')`);
    expect(
      await until(async () => {
        const outcomes = (await page.evaluate('outcomes')) as Outcomes;
        return outcomes.two && outcomes;
      }),
    ).toEqual({ one: 'allowed', two: 'allowed' });
    expect(lab.requests.slice(before).filter((request) => !request.endsWith('/favicon.ico'))).toEqual([]);
    await page.close();
  });
});

describe('the header Feature-Policy', () => {
  /** What both headers say of their document, and of frames of the same site and of another. */
  test.each([
    [["shared-storage 'none'"], [], DENIED, DENIED, DENIED],
    [["shared-storage 'self'"], [], 'allowed', 'allowed', DENIED],
    [['shared-storage'], [], 'allowed', 'allowed', DENIED],
    [['shared-storage *'], [], 'allowed', 'allowed', 'allowed'],
    [["camera 'none'; shared-storage 'none'"], [], DENIED, DENIED, DENIED],
    [["camera 'none'", "shared-storage 'none'"], [], DENIED, DENIED, DENIED],
    [['shared-storage OTHER'], [], DENIED, DENIED, DENIED],
    [["shared-storage 'self' OTHER"], [], 'allowed', 'allowed', 'allowed'],
    [["shared-storage 'none' *"], [], 'allowed', 'allowed', 'allowed'],
    // The first declaration counts, and small letters.
    [["shared-storage 'none'; shared-storage *"], [], DENIED, DENIED, DENIED],
    [['shared-storage *', "shared-storage 'none'"], [], 'allowed', 'allowed', 'allowed'],
    [["SHARED-STORAGE 'none'"], [], 'allowed', 'allowed', 'allowed'],
    [["shared-storage-select-url 'none'"], [], 'allowed', 'allowed', 'allowed'],
    // What Permissions-Policy names is for that header to say, if it parses.
    [["shared-storage 'none'"], ['shared-storage=*'], 'allowed', 'allowed', 'allowed'],
    [['shared-storage *'], ['shared-storage=()'], DENIED, DENIED, DENIED],
    [["shared-storage 'none'"], ['camera=()'], DENIED, DENIED, DENIED],
    [["shared-storage 'none'"], ['shared-storage=((('], DENIED, DENIED, DENIED],
  ])('%j beside Permissions-Policy %j', async (featurePolicy, header, top, same, cross) => {
    const lines = featurePolicy.map((line) => line.replace('OTHER', lab.origin('other')));
    const body = iframe({ name: 'same' }) + iframe({ name: 'cross', site: 'other' });
    await expectOutcomes({ name: 'top', header, featurePolicy: lines, body }, { top, same, cross });
  });
});

describe('a document behind a service worker that passes its requests on', () => {
  test.each([
    ['shared-storage=()', DENIED],
    ['shared-storage=("https://a.example")', DENIED],
    ['shared-storage=(self)', 'allowed'],
  ])('has its header: %s', async (header, expected) => {
    const worker = `onfetch = (event) => event.respondWith(fetch(event.request)); onactivate = () => clients.claim(); oninstall = () => skipWaiting();`;
    lab.serve('/passes-on.js', worker);
    const page = await lab.page('behind');
    await page.evaluate(`navigator.serviceWorker.register('/passes-on.js').then(() => navigator.serviceWorker.ready)`);
    await until(() => page.evaluate('navigator.serviceWorker.controller !== null'));
    await page.navigate(urlOf({ name: 'behind', site: 'behind', header: [header] }));
    expect(await page.evaluate('navigator.serviceWorker.controller !== null')).toBe(true);
    expect(await until(async () => ((await page.evaluate('outcomes')) as Outcomes).behind)).toBe(expected);
    await page.close();
  });
});

describe('the allow attribute', () => {
  /** What it says to a frame of the same site and to one of another. */
  test.each([
    ['', 'allowed', 'allowed'],
    ['camera; fullscreen *', 'allowed', 'allowed'],
    ['shared-storage', 'allowed', 'allowed'],
    ["shared-storage 'src'", 'allowed', 'allowed'],
    ['shared-storage *', 'allowed', 'allowed'],
    ["shared-storage 'none'", DENIED, DENIED],
    ["shared-storage 'self'", 'allowed', DENIED],
    ["camera *;shared-storage 'SELF' ; fullscreen", 'allowed', DENIED],
    ['shared-storage OTHER', DENIED, 'allowed'],
    ["shared-storage 'self' OTHER/some/path", 'allowed', 'allowed'],
    ['shared-storage https://a.example', DENIED, DENIED],
    ["shared-storage-select-url 'none'", 'allowed', 'allowed'],
    // As in Chromium, the first of two declarations counts, and a feature's name is written in small letters.
    ["shared-storage 'none'; shared-storage *", DENIED, DENIED],
    ["SHARED-STORAGE 'none'", 'allowed', 'allowed'],
  ])('%j', async (allow, same, cross) => {
    const attribute = `allow="${escaped(allow.replace('OTHER', lab.origin('other')))}"`;
    const body = iframe({ name: 'same' }, attribute) + iframe({ name: 'cross', site: 'other' }, attribute);
    await expectOutcomes({ name: 'top', body }, { top: 'allowed', same, cross });
  });

  test('each frame is found among its siblings, in shadow trees too', async () => {
    const none = `allow="shared-storage 'none'"`;
    const siblings = [
      iframe({ name: 'first', site: 'other' }),
      iframe({ name: 'second', site: 'other' }, none),
      iframe({ name: 'third', site: 'other' }),
      iframe({ name: 'fourth', site: 'third' }, none),
    ];
    const open = (name: string, html: string) =>
      `<div id="${name}"></div><script>${name}.attachShadow({ mode: 'closed' }).innerHTML = ${JSON.stringify(html)};</script>`;
    const body = `${siblings.join('')}${open('host', iframe({ name: 'in a shadow tree', site: 'other' }, none))}`;
    await expectOutcomes(
      { name: 'top', body },
      { top: 'allowed', first: 'allowed', second: DENIED, third: 'allowed', fourth: DENIED, 'in a shadow tree': DENIED },
    );
    const allowed = siblings[1] + open('host', iframe({ name: 'in a shadow tree', site: 'other' }));
    await expectOutcomes({ name: 'top', body: allowed }, { top: 'allowed', second: DENIED, 'in a shadow tree': 'allowed' });
  });
});

describe('nested frames', () => {
  test('three deep, across sites: what is denied once is never given back', async () => {
    const third = iframe({ name: 'third', site: 'c', header: ['shared-storage=*'] }, 'allow="shared-storage *"');
    const second = (attributes: string) => iframe({ name: 'second', site: 'b', body: third }, attributes);
    const first = (attributes: string) => iframe({ name: 'first', site: 'a', body: second(attributes) }, 'allow="shared-storage *"');
    await expectOutcomes({ name: 'top', body: first('') }, { top: 'allowed', first: 'allowed', second: 'allowed', third: 'allowed' });
    await expectOutcomes(
      { name: 'top', body: first(`allow="shared-storage 'none'"`) },
      { top: 'allowed', first: 'allowed', second: DENIED, third: DENIED },
    );
    // What comes back to a site that is allowed is denied all the same, for the one between is not.
    const back = iframe({ name: 'back', site: 'top' });
    const between = iframe({ name: 'between', site: 'b', body: back });
    await expectOutcomes(
      { name: 'top', header: ['shared-storage=(self)'], body: between },
      { top: 'allowed', between: DENIED, back: DENIED },
    );
  });

  test('srcdoc and about:blank inherit', async () => {
    const blank = (name: string) => `<iframe id="${name}"></iframe><script>report('${name}', ${name}.contentWindow.sharedStorage)</script>`;
    const inherits = `<iframe id="none" allow="shared-storage 'none'"></iframe><script>report('none', none.contentWindow.sharedStorage)</script>`;
    const body =
      srcdoc('doc', iframe({ name: 'other in doc', site: 'other' }, `allow="shared-storage 'none'"`)) + blank('blank') + inherits;
    await expectOutcomes({ name: 'top', body }, { top: 'allowed', doc: 'allowed', blank: 'allowed', none: DENIED, 'other in doc': DENIED });
    await expectOutcomes(
      { name: 'top', header: ['shared-storage=()'], body: srcdoc('doc') + blank('blank') },
      { top: DENIED, doc: DENIED, blank: DENIED },
    );
    const other = iframe({ name: 'other', site: 'other', body: srcdoc('doc') }, `allow="shared-storage 'none'"`);
    await expectOutcomes({ name: 'top', body: other }, { top: 'allowed', other: DENIED, doc: DENIED });
  });

  test('a frame that is navigated away from its empty document gets the policy of the new one', async () => {
    const page = await lab.page('top', urlOf({ name: 'top' }).slice(lab.origin('top').length));
    await page.evaluate(`(() => {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      frame.contentWindow.sharedStorage.set('k', 'v');
      frame.src = ${JSON.stringify(urlOf({ name: 'navigated', header: ['shared-storage=()'] }))};
    })()`);
    const outcomes = await until(async () => {
      const reported = (await page.evaluate('outcomes')) as Outcomes;
      return 'navigated' in reported && reported;
    });
    expect(outcomes).toMatchObject({ navigated: DENIED });
    await page.close();
  });

  test('blob: documents inherit, and hide nobody from a policy', async () => {
    const blob = `<iframe id="frame"></iframe><script>
      frame.allow = "shared-storage 'none'";
      frame.src = URL.createObjectURL(new Blob([${JSON.stringify(script('blob')).replaceAll('</', '<\\/')}], { type: 'text/html' }));
    </script>`;
    await expectOutcomes({ name: 'top', body: blob }, { top: 'allowed', blob: DENIED });
    const leaves = `<script>
      if (top !== self) location = URL.createObjectURL(new Blob([${JSON.stringify(script('blob')).replaceAll('</', '<\\/')}], { type: 'text/html' }));
    </script>`;
    const body = iframe({ name: 'leaver', site: 'other', body: leaves }, `allow="shared-storage 'none'"`);
    expect(await outcomesOf({ name: 'top', body }, ['blob'])).toMatchObject({ blob: DENIED });
  });

  test.each([
    ['', [], 'allowed'],
    ['allow="shared-storage"', [], 'allowed'],
    [`allow="shared-storage 'none'"`, [], DENIED],
    ['', ['shared-storage=(self)'], DENIED],
  ])('blob: documents in a frame of another site: its attribute %j, the header %j above it', async (attributes, header, expected) => {
    const blobOf = (html: string) =>
      `<iframe id="frame"></iframe><script>
        frame.src = URL.createObjectURL(new Blob([${JSON.stringify(html).replaceAll('</', '<\\/')}], { type: 'text/html' }));
      </script>`;
    const nested = blobOf(script('blob') + blobOf(script('blob in blob')) + iframe({ name: 'in blob', site: 'third' }));
    // A second frame like it, which is not where the blob: documents are.
    const twin = iframe({ name: 'twin', site: 'network' }, `allow="shared-storage 'none'"`);
    const body = twin + iframe({ name: 'frame', site: 'network', body: nested }, attributes);
    const outcomes = { frame: expected, blob: expected, 'blob in blob': expected, 'in blob': expected };
    await expectOutcomes({ name: 'top', header, body }, { top: 'allowed', twin: DENIED, ...outcomes });
  });

  test('a popup is a top', async () => {
    const popup = `<script>open(${JSON.stringify(urlOf({ name: 'popup', site: 'other' }))})</script>`;
    await expectOutcomes({ name: 'top', header: ['shared-storage=()'], body: popup }, { top: DENIED, popup: 'allowed' });
  });

  test('object elements have no attribute of their own', async () => {
    const body = `<object type="text/html" data="${escaped(urlOf({ name: 'object', site: 'other' }))}"></object>`;
    await expectOutcomes({ name: 'top', body }, { top: 'allowed', object: 'allowed' });
    await expectOutcomes({ name: 'top', header: ['shared-storage=(self)'], body }, { top: 'allowed', object: DENIED });
  });
});

describe('nobody but us takes part', () => {
  test('pages see no message, and messages of theirs change nothing', async () => {
    const forger = `<script>
      const facts = { documents: [{ origin: self.origin, url: location.href, marks: [], container: null }], position: null };
      for (const target of [parent, self]) {
        target.postMessage({ to: 'service-worker', method: 'policy.require', sequence: 1, facts, params: {} }, '*');
        target.postMessage(facts, '*');
      }
      performance.getEntriesByType = () => [{ serverTiming: [] }];
      PerformanceServerTiming.prototype.toJSON = () => ({});
      Object.defineProperty(self, 'parent', { get: () => self, configurable: true });
      Object.defineProperty(self, 'sharedStorageLabURL', { value: '/', configurable: true });
      performance.clearResourceTimings();
    </script>`;
    const again = `<script>setTimeout(() => report('again'))</script>`;
    const denied = iframe({ name: 'denied', site: 'other', body: forger + again }, `allow="shared-storage 'none'"`);
    const own = iframe({ name: 'own', site: 'other', header: ['shared-storage=()'], body: forger + again.replace('again', 'own again') });
    const page = await lab.page('top', urlOf({ name: 'top', body: denied + own }).slice(lab.origin('top').length));
    const outcomes = await until(async () => {
      const reported = (await page.evaluate('outcomes')) as Outcomes;
      return ['top', 'denied', 'again', 'own', 'own again'].every((name) => name in reported) && reported;
    });
    expect(outcomes).toEqual({ top: 'allowed', denied: DENIED, again: DENIED, own: DENIED, 'own again': DENIED });
    // Two forgeries of each of two frames, and nothing of ours.
    expect(await page.evaluate('seen.length')).toBe(4);
    await page.close();
  });

  test('a parent cannot speak for its frames either', async () => {
    const page = await lab.page(
      'top',
      urlOf({
        name: 'top',
        body: `${iframe({ name: 'ready', site: 'other', body: '<script>addEventListener("message", () => report("late"))</script>' }, 'allow="camera"')}
          <script>
            Object.defineProperty(HTMLIFrameElement.prototype, 'allow', { get: () => "shared-storage 'none'" });
            Object.defineProperty(HTMLIFrameElement.prototype, 'contentWindow', { get: () => null });
            document.querySelectorAll = Document.prototype.querySelectorAll = () => [];
          </script>`,
      }).slice(lab.origin('top').length),
    );
    await until(async () => ((await page.evaluate('outcomes')) as Outcomes).ready);
    expect(await page.evaluate('outcomes')).toEqual({ top: 'allowed', ready: 'allowed' });
    await page.close();
  });

  test('pages whose policies are about other features wake no service worker', async () => {
    await lab.stopServiceWorker();
    const quiet = (header: string) => {
      lab.serve('/idle', (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html', 'Permissions-Policy': header }).end('<p>idle');
      });
      const frames = ['top', 'other'].map((site) => `<iframe allow="shared-storage 'none'" src="${lab.origin(site)}/idle"></iframe>`);
      lab.serve('/idle-top', (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html', 'Permissions-Policy': header }).end(frames.join(''));
      });
      return lab.page('top', '/idle-top');
    };
    for (const header of ['camera=()', 'geolocation=(self), camera=(self "https://a.example")']) {
      const page = await quiet(header);
      await page.evaluate(`new Promise((resolve) => requestIdleCallback(resolve)).then(() => undefined)`);
      await page.close();
    }
    expect(serviceWorker()).toBeUndefined();
  });

  test('the verdict is the same after the service worker was stopped', async () => {
    const frame = iframe(
      { name: 'frame', site: 'other', body: '<script>addEventListener("message", () => report("late"))</script>' },
      `allow="shared-storage 'none'"`,
    );
    const page = await lab.page('top', urlOf({ name: 'top', body: frame }).slice(lab.origin('top').length));
    await until(async () => ((await page.evaluate('outcomes')) as Outcomes).frame);
    await lab.stopServiceWorker();
    await page.evaluate(`frames[0].postMessage('go', '*')`);
    expect(await until(async () => ((await page.evaluate('outcomes')) as Outcomes).late)).toBe(DENIED);
    await page.close();
  });

  test('requests keep their order while a policy is being resolved', async () => {
    lab.serve(
      '/ordered.html',
      `<script>
        for (let i = 0; i < 50; i++) sharedStorage.append('order', i + ',');
        sharedStorage.append('order', 'end').then(() => top.postMessage({ name: 'end', outcome: 'written' }, '*'));
      </script>`,
    );
    const body = `<iframe src="${lab.origin('ordered')}/ordered.html" allow="shared-storage *"></iframe>`;
    await outcomesOf({ name: 'top', body }, ['end']);
    expect(await lab.stored('ordered')).toEqual({ order: `${Array.from({ length: 50 }, (_, i) => `${i},`).join('')}end` });
  });

  test('a frame that is gone right after its first write has written, unless it was denied', async () => {
    lab.serve(
      '/hasty.html',
      `<script>sharedStorage.set(location.search, 'written'); top.postMessage({ name: 'hasty' + location.search, outcome: 'called' }, '*'); location = '/blank.html'</script>`,
    );
    const hasty = (key: string, attributes: string) => `<iframe src="${lab.origin('hasty')}/hasty.html?${key}" ${attributes}></iframe>`;
    const body = hasty('free', '') + hasty('denied', `allow="shared-storage 'none'"`);
    await outcomesOf({ name: 'top', body }, ['hasty?free', 'hasty?denied']);
    await until(async () => '?free' in (await lab.stored('hasty')));
    expect(await lab.stored('hasty')).toEqual({ '?free': 'written' });
  });
});

describe('addModule and run', () => {
  test('a worklet needs the policy for the origin whose data it works on, and for no other', async () => {
    lab.serve('/agreed.js', (_request, response) => {
      const headers = { 'Access-Control-Allow-Origin': '*', 'Shared-Storage-Cross-Origin-Worklet-Allowed': '?1' };
      response.writeHead(200, { ...headers, 'Content-Type': 'text/javascript' }).end();
    });
    const created = async (header: string) => {
      const page = await lab.page('top', urlOf({ name: 'top', header: [header] }).slice(lab.origin('top').length));
      const create = (dataOrigin: string) =>
        `sharedStorage.createWorklet('${lab.origin('script')}/agreed.js', { dataOrigin: '${dataOrigin}' })`;
      const outcome = (call: string) => page.evaluate(`${call}.then(() => 'created', (error) => error.name + ': ' + error.message)`);
      const outcomes = [await outcome(create('context-origin')), await outcome(create('script-origin'))];
      await page.close();
      return outcomes;
    };
    expect(await created('shared-storage=*')).toEqual(['created', 'created']);
    expect(await created(`shared-storage=(self "${lab.origin('script')}")`)).toEqual(['created', 'created']);
    expect(await created('shared-storage=(self)')).toEqual(['created', DENIED_WORKLET]);
    expect(await created(`shared-storage=("${lab.origin('script')}")`)).toEqual([DENIED_WORKLET, 'created']);
    const before = lab.requests.filter((request) => request.includes('agreed.js')).length;
    expect(await created('shared-storage=()')).toEqual([DENIED_WORKLET, DENIED_WORKLET]);
    expect(lab.requests.filter((request) => request.includes('agreed.js'))).toHaveLength(before);
  });

  test('a document that might have been denied, and is not, gets the error that its call deserves', async () => {
    const page = await lab.page('top', urlOf({ name: 'top', header: ['shared-storage=(self)'] }).slice(lab.origin('top').length));
    const error = `sharedStorage.run('early').catch((error) => error.message)`;
    expect(await page.evaluate(error)).toBe('sharedStorage.worklet.addModule() has to be called before run().');
    await page.close();
  });

  test('a denied document neither fetches a module nor runs an operation', async () => {
    const page = await lab.page('top', urlOf({ name: 'top', header: ['shared-storage=()'] }).slice(lab.origin('top').length));
    const outcome = (call: string) => page.evaluate(`${call}.then(() => 'allowed', (error) => error.name + ': ' + error.message)`);
    expect(await outcome(`sharedStorage.worklet.addModule('/denied-module.js')`)).toBe(DENIED_WORKLET);
    expect(await outcome(`sharedStorage.run('read all')`)).toContain('addModule() has to be called before run()');
    expect(lab.requests.some((request) => request.includes('denied-module'))).toBe(false);
    // What native asks the policy before, and what after.
    expect(await outcome(`sharedStorage.worklet.addModule('https://')`)).toBe('DataError: The module script url is invalid.');
    expect(await outcome(`sharedStorage.worklet.addModule('/denied-module.js')`)).toBe(DENIED_WORKLET);
    expect(await outcome(`sharedStorage.set('', 'v')`)).toBe(DENIED);
    expect(await outcome(`sharedStorage.append('k', 'v'.repeat(2_621_441))`)).toBe(deniedTo('append'));
    expect(await outcome(`sharedStorage.set('k')`)).toMatch(/^TypeError/);
    await page.close();
  });
});

describe('header writes', () => {
  const write = `fetch(URL, { sharedStorageWritable: true }).then((response) => response.text())`;
  beforeAll(() => {
    lab.serve('/write', (request, response) => {
      const opted = request.headers['sec-shared-storage-writable'] ?? 'absent';
      const headers = { 'Access-Control-Allow-Origin': request.headers.origin ?? '*', 'Shared-Storage-Write': 'append;key=w;value=x' };
      response.writeHead(200, headers).end(opted);
    });
    lab.serve('/to-write', (request, response, { searchParams }) => {
      const headers = { 'Access-Control-Allow-Origin': request.headers.origin ?? '*', 'Shared-Storage-Write': 'append;key=w;value=hop' };
      response.writeHead(302, { ...headers, Location: `${searchParams.get('to')}/write` }).end();
    });
  });
  const fetched = async (header: string[], url: string) => {
    const page = await lab.page('top', urlOf({ name: 'top', header }).slice(lab.origin('top').length));
    const text = await page.evaluate(write.replace('URL', JSON.stringify(url)));
    await page.close();
    return text;
  };

  test('go by the policy for the origin that is asked, at each hop', async () => {
    expect(await fetched(['shared-storage=()'], `${lab.origin('w1')}/write`)).toBe('absent');
    expect(await fetched(['shared-storage=(self)'], `${lab.origin('w1')}/write`)).toBe('absent');
    expect(await lab.stored('w1')).toEqual({});
    expect(await fetched([`shared-storage=(self "${lab.origin('w2')}")`], `${lab.origin('w2')}/write`)).toBe('?1');
    expect(await lab.stored('w2')).toEqual({ w: 'x' });
    const hop = `${lab.origin('w3')}/to-write?to=${lab.origin('w4')}`;
    await fetched([`shared-storage=("${lab.origin('w3')}")`], hop);
    expect(await lab.stored('w3')).toEqual({ w: 'hop' });
    expect(await lab.stored('w4')).toEqual({});
  });

  test('of an opaque origin: "self" and origins never match it, * does, and so does the attribute of its own frame', async () => {
    const inner = (url: string) => `<script>if (top !== self) ${write.replace('URL', JSON.stringify(url))}
      .then((outcome) => top.postMessage({ name: 'wrote', outcome }, '*'))</script>`;
    const wrote = async (attributes: string, header: string[] = [], own: string[] = []) => {
      const frame = iframe(
        { name: 'frame', site: 'other', header: own, body: inner(`${lab.origin('w5')}/write`) },
        `sandbox="allow-scripts" ${attributes}`,
      );
      return (await outcomesOf({ name: 'top', header, body: frame }, ['wrote'])).wrote;
    };
    expect(await wrote('')).toBe('?1');
    expect(await wrote('allow="shared-storage *"')).toBe('?1');
    expect(await wrote('allow="shared-storage"')).toBe('?1');
    expect(await wrote(`allow="shared-storage 'none'"`)).toBe('absent');
    expect(await wrote(`allow="shared-storage ${lab.origin('other')}"`)).toBe('absent');
    expect(await wrote('', ['shared-storage=(self)'])).toBe('absent');
    expect(await wrote('allow="shared-storage *"', [`shared-storage=(self "${lab.origin('other')}")`])).toBe('absent');
    expect(await wrote('', ['shared-storage=*'])).toBe('?1');
    expect(await wrote('', [], [`shared-storage=("${lab.origin('w5')}" "https://a.example")`])).toBe('?1');
    expect(await wrote('', [], ['shared-storage=(self "https://a.example")'])).toBe('absent');
  });
});
