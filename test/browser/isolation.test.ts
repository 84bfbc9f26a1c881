/** Origin isolation by the settings and by origin policies: what the browser then really does, in both directions. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, until } from './lab';

const ARGS = ['--disable-popup-blocking', '--host-resolver-rules=MAP *.insecure.test 127.0.0.1'];

let lab: Lab;
let worker: Session;
let preset: Record<string, unknown>;
beforeAll(async () => {
  lab = await Lab.open({ args: ARGS });
  worker = await lab.browser.serviceWorker();
  preset = (await worker.evaluate(`chrome.storage.local.get('settings')`)).settings ?? {};
});
afterAll(() => lab.close());
afterEach(() => isolate({}));

const rules = (): Promise<{ urlFilter: string; value: string }[]> =>
  worker.evaluate(`chrome.declarativeNetRequest.getDynamicRules().then((rules) => rules
    .filter(({ condition }) => condition.urlFilter && condition.resourceTypes.includes('main_frame'))
    .map(({ condition, action }) => ({ urlFilter: condition.urlFilter, value: action.responseHeaders[0].value })))`);

const HEADER = { 'origin-keyed': '?1', 'site-keyed': '?0' } as const;

/** Sets the setting, and waits until the browser has the rules. */
async function isolate(isolation: Record<string, 'origin-keyed' | 'site-keyed' | 'respect'>): Promise<void> {
  await worker.evaluate(`chrome.storage.local.set({ settings: ${JSON.stringify({ ...preset, isolation })} })`);
  const wanted = Object.entries(isolation).flatMap(([origin, keying]) =>
    keying === 'respect' ? [] : [{ urlFilter: `|${origin}/`, value: HEADER[keying] }],
  );
  await until(async () => {
    const actual = await rules();
    const missing = wanted.filter(({ urlFilter, value }) => !actual.some((rule) => rule.urlFilter === urlFilter && rule.value === value));
    const stale = actual.filter(
      (rule) => !wanted.some(({ urlFilter }) => urlFilter === rule.urlFilter) && !rule.urlFilter.includes('policy'),
    );
    return missing.length + stale.length === 0;
  });
}

const PATH = '/blank.html';

/** Embeds or opens a same-site document, relaxes both to their site, and tries to reach into it. */
function reachInto(page: Session, url: string, how: 'frame' | 'popup'): Promise<Record<string, unknown>> {
  return page.evaluate(`(async () => {
    const site = ${JSON.stringify(new URL(url).hostname.split('.').slice(1).join('.'))};
    let target;
    if (${how === 'frame'}) {
      const frame = document.createElement('iframe');
      frame.src = ${JSON.stringify(url)};
      await new Promise((resolve) => { frame.onload = resolve; document.body.append(frame); });
      target = frame.contentWindow;
    } else target = open(${JSON.stringify(url)});
    const answer = new Promise((resolve) => addEventListener('message', ({ source, data }) => { if (source === target && data.relaxed) resolve(data); }));
    const timer = setInterval(() => target.postMessage({ relax: site }, '*'), 20);
    const child = await answer;
    clearInterval(timer);
    document.domain = site;
    let access;
    try { access = typeof target.document.body; } catch ({ name }) { access = name; }
    if (${how === 'popup'}) target.close();
    return { own: originAgentCluster, domain: document.domain, child: child.originAgentCluster, childDomain: child.relaxed, access };
  })()`);
}

const CHILD = `<!doctype html><script>addEventListener('message', ({ data, source }) => {
  if (!data.relax) return;
  document.domain = data.relax;
  source.postMessage({ relaxed: document.domain, originAgentCluster }, '*');
})</script>`;

describe.each(['frame', 'popup'] as const)('a same-site %s', (how) => {
  test('keyed by site on both sides: document.domain relaxes both, and they reach into each other', async () => {
    lab.serve('/child.html', CHILD);
    const [a, b] = [`a.loose-${how}`, `b.loose-${how}`];
    await isolate({ [lab.origin(a)]: 'site-keyed', [lab.origin(b)]: 'site-keyed' });
    const page = await lab.page(a, PATH);
    const site = `loose-${how}.localhost`;
    expect(await reachInto(page, `${lab.origin(b)}/child.html`, how)).toEqual({
      own: false,
      domain: site,
      child: false,
      childDomain: site,
      access: 'object',
    });
    await page.close();
  });

  test('keyed by origin on one side: that side stays as it is, and nobody gets in', async () => {
    lab.serve('/child.html', CHILD);
    const [a, b] = [`a.tight-${how}`, `b.tight-${how}`];
    await isolate({ [lab.origin(a)]: 'site-keyed', [lab.origin(b)]: 'origin-keyed' });
    const page = await lab.page(a, PATH);
    expect(await reachInto(page, `${lab.origin(b)}/child.html`, how)).toEqual({
      own: false,
      domain: `tight-${how}.localhost`,
      child: true,
      childDomain: `${b}.localhost`,
      access: 'SecurityError',
    });
    await page.close();
  });
});

const keyed = async (site: string, path = PATH): Promise<boolean> => {
  const page = await lab.page(site, path);
  const result = (await page.evaluate('originAgentCluster')) as boolean;
  await page.close();
  return result;
};

describe('what the server says', () => {
  const serve = (value: string) =>
    lab.serve('/asks', (_request, response) =>
      response.writeHead(200, { 'Content-Type': 'text/html', 'Origin-Agent-Cluster': value }).end('<p>'),
    );

  test('counts where the setting respects it or says nothing, and not where it says something else', async () => {
    await isolate({ [lab.origin('respected')]: 'respect', [lab.origin('forced')]: 'origin-keyed', [lab.origin('loosened')]: 'site-keyed' });
    serve('?0');
    expect([await keyed('respected', '/asks'), await keyed('unlisted', '/asks'), await keyed('forced', '/asks')]).toEqual([
      false,
      false,
      true,
    ]);
    serve('?1');
    expect([await keyed('respected', '/asks'), await keyed('unlisted', '/asks'), await keyed('loosened', '/asks')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

test('a setting is taken back by the next one, live', async () => {
  const origin = lab.origin('live');
  for (const [keying, expected] of [
    ['site-keyed', false],
    ['origin-keyed', true],
    ['site-keyed', false],
  ] as const) {
    await isolate({ [origin]: keying });
    expect(await keyed('live')).toBe(expected);
  }
});

test('a user name in the URL makes no difference', async () => {
  const site = 'with-a-rather-long-name-as-origins-of-previews-can-have';
  await isolate({ [lab.origin(site)]: 'site-keyed' });
  const page = await lab.browser.openPage(`http://user:password@${site}.localhost:${lab.port}${PATH}`);
  expect(await page.evaluate('[location.origin, originAgentCluster]')).toEqual([lab.origin(site), false]);
  await page.close();
  // An address that only looks like it is another origin's.
  const other = await lab.page('other', `${PATH}?@${site}.localhost:${lab.port}/`);
  expect(await other.evaluate('originAgentCluster')).toBe(true);
  await other.close();
});

test('an insecure origin gets no rule', async () => {
  const origin = `http://x.insecure.test:${lab.port}`;
  await worker.evaluate(
    `chrome.storage.local.set({ settings: ${JSON.stringify({ ...preset, isolation: { [origin]: 'origin-keyed', [lab.origin('secure')]: 'site-keyed' } })} })`,
  );
  await until(async () => (await rules()).some(({ urlFilter }) => urlFilter.includes('secure')));
  expect((await rules()).some(({ urlFilter }) => urlFilter.includes('insecure'))).toBe(false);
});

test('a document that the service worker of its page fetched is keyed too', async () => {
  lab.serve(
    '/sw.js',
    `onfetch = (event) => event.respondWith(fetch(event.request)); onactivate = (event) => event.waitUntil(clients.claim());`,
  );
  await isolate({ [lab.origin('served')]: 'site-keyed' });
  const page = await lab.page('served', PATH);
  await page.evaluate(`navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => undefined)`);
  await page.close();
  const controlled = await lab.page('served', '/blank.html?controlled');
  expect(await controlled.evaluate('[Boolean(navigator.serviceWorker.controller), originAgentCluster]')).toEqual([true, false]);
  await controlled.close();
});

interface LoggedEvent {
  readonly method: string;
  readonly dataOrigin: string | null;
  readonly refusal: string | null;
  readonly result: { ids: string[]; isolation: string[] | null; applies: boolean } | null;
}

const events = () => lab.events<LoggedEvent>();

describe('Origin-Policy', () => {
  const PATHNAME = '/.well-known/origin-policy';
  const fetched = (site: string) => lab.requests.filter((request) => request === `${site}.localhost:${lab.port}${PATHNAME}`).length;

  function serve(header: string, manifest: string): void {
    lab.serve(PATHNAME, (_request, response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(manifest));
    // Site-keyed by its server, so that the policy is what makes the difference.
    lab.serve('/policy', (_request, response) =>
      response.writeHead(200, { 'Content-Type': 'text/html', 'Origin-Policy': header, 'Origin-Agent-Cluster': '?0' }).end('<p>'),
    );
  }

  /** Visits the page, and waits until its header has been dealt with. */
  async function visit(site: string): Promise<{ keyed: boolean; event: LoggedEvent }> {
    const of = async () =>
      (await events()).filter(({ method, dataOrigin }) => method === 'origin-policy' && dataOrigin === lab.origin(site));
    const before = (await of()).length;
    const result = await keyed(site, '/policy');
    const event = await until(async () => (await of())[before]);
    return { keyed: result, event };
  }

  test('is fetched once per id, counts from the next document on, and is updated', async () => {
    const site = 'policy-once';
    serve('allowed=("first" null)', '{"id": "first", "isolation": {"prefer_isolated_memory": true}}');
    expect(await visit(site)).toMatchObject({
      keyed: false,
      event: { refusal: null, result: { ids: ['first'], isolation: ['prefer_isolated_memory'], applies: true } },
    });
    expect(await visit(site)).toMatchObject({ keyed: true });
    expect(await visit(site)).toMatchObject({ keyed: true });
    expect(fetched(site)).toBe(1);
    serve('allowed=("first" null), preferred="second"', '{"id": "second", "isolation": false}');
    expect(await visit(site)).toMatchObject({ keyed: true, event: { result: { ids: ['second'], isolation: null } } });
    expect(await visit(site)).toMatchObject({ keyed: false });
    expect(fetched(site)).toBe(2);
  });

  test('is taken back by allowed=(null), and is not fetched for it', async () => {
    const site = 'policy-killed';
    serve('allowed=("any")', '{"id": "any", "isolation": true}');
    await visit(site);
    expect(await visit(site)).toMatchObject({ keyed: true });
    serve('allowed=(null)', '{"id": "any", "isolation": true}');
    expect(await visit(site)).toMatchObject({ keyed: false, event: { result: { applies: false } } });
    expect(fetched(site)).toBe(1);
    serve('allowed=("any" null)', '');
    expect(await visit(site)).toMatchObject({ keyed: true, event: { result: { applies: true } } });
    expect(fetched(site)).toBe(1);
  });

  test('does not count for a document without the header', async () => {
    const site = 'policy-absent';
    serve('allowed=("here" null)', '{"id": "here", "isolation": true}');
    lab.serve('/no-policy', (_request, response) =>
      response.writeHead(200, { 'Content-Type': 'text/html', 'Origin-Agent-Cluster': '?0' }).end('<p>'),
    );
    await visit(site);
    expect(await visit(site)).toMatchObject({ keyed: true });
    expect(await keyed(site, '/no-policy')).toBe(false);
  });

  test('by "latest" is whatever the origin has, as long as HTTP lets it be kept', async () => {
    const site = 'policy-latest';
    serve('allowed=(latest null)', '{"id": "one", "isolation": true}');
    await visit(site);
    expect(await visit(site)).toMatchObject({ keyed: true });
    lab.serve(PATHNAME, (_request, response) => response.writeHead(200, { 'Cache-Control': 'max-age=600' }).end('{"id": "two"}'));
    expect(await visit(site)).toMatchObject({ keyed: true, event: { result: { ids: ['two'], isolation: null } } });
    const before = fetched(site);
    expect(await visit(site)).toMatchObject({ keyed: false, event: { result: { ids: ['two'] } } });
    expect(fetched(site)).toBe(before);
  });

  test('that the header does not allow has no effect, and the log says so', async () => {
    const site = 'policy-refused';
    serve('allowed=("wanted" null)', '{"id": "other", "isolation": true}');
    expect((await visit(site)).event.refusal).toBe('The header does not allow the policy "other"');
    expect(await visit(site)).toMatchObject({ keyed: false });
  });

  test('is asked about without cookies where another site had the document loaded, and with them where a person had', async () => {
    const site = 'policy-cookies';
    const cookies: (string | undefined)[] = [];
    serve('allowed=("p" null)', '{"id": "p"}');
    lab.serve('/policy', (request, response) => {
      if (request.method === 'HEAD') cookies.push(request.headers.cookie);
      const headers = { 'Content-Type': 'text/html', 'Origin-Policy': 'allowed=("p" null)', 'Set-Cookie': 'secret=1; SameSite=Strict' };
      response.writeHead(200, headers).end('<p>');
    });
    await visit(site);
    expect(cookies).toEqual(['secret=1']);
    const page = await lab.page('attacker');
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('iframe'), { src: '${lab.origin(site)}/policy' })), undefined`,
    );
    await until(() => cookies.length === 2);
    expect(cookies[1]).toBeUndefined();
    await page.close();
  });

  test('that never ends is not read to its end', async () => {
    const site = 'policy-endless';
    serve('allowed=("p" null)', '');
    lab.serve(PATHNAME, (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const more = () => {
        while (!response.closed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    });
    expect((await visit(site)).event).toMatchObject({
      refusal: '/.well-known/origin-policy has more than 65536 characters',
      result: null,
    });
  });

  test('of a server that does not answer holds up no other site, and one document of an origin waits for it', async () => {
    const site = 'policy-slow';
    serve('allowed=("p" null)', '{"id": "p"}');
    let asked = 0;
    lab.serve('/slow', (request, response) => {
      // A request for the header alone stays without an answer.
      if (request.method === 'HEAD') asked++;
      else response.writeHead(200, { 'Content-Type': 'text/html', 'Origin-Policy': 'allowed=("p")' }).end('<p>');
    });
    const page = await lab.page(site);
    await page.evaluate(`Promise.all(Array.from({ length: 30 }, () => new Promise((onload) =>
      document.body.append(Object.assign(document.createElement('iframe'), { src: '/slow', onload }))))).then(() => undefined)`);
    const superseded = async () =>
      (await events()).filter(({ dataOrigin, refusal }) => dataOrigin === lab.origin(site) && refusal?.startsWith('A newer document'));
    await until(async () => (await superseded()).length === 28);
    expect((await visit('policy-quick')).event.refusal).toBeNull();
    expect(asked).toBe(1);
    await page.close();
  });

  test('is weaker than the setting', async () => {
    const site = 'policy-overruled';
    serve('allowed=("p")', '{"id": "p", "isolation": true}');
    await isolate({ [lab.origin(site)]: 'site-keyed' });
    await visit(site);
    expect(await visit(site)).toMatchObject({ keyed: false });
    await isolate({ [lab.origin(site)]: 'respect' });
    await until(async () => (await rules()).some(({ urlFilter, value }) => urlFilter.includes(site) && value === '?1'));
    expect(await visit(site)).toMatchObject({ keyed: true });
  });
});

test('the keying outlives the service worker and the rules are there before it runs', async () => {
  await isolate({ [lab.origin('restarted')]: 'site-keyed' });
  await worker.detach();
  await lab.stopServiceWorker();
  expect(await keyed('restarted')).toBe(false);
  // Something has to wake it.
  const page = await lab.page('waking');
  await page.evaluate(`sharedStorage.set('k', 'v')`);
  worker = await lab.browser.serviceWorker();
  expect(await rules()).toContainEqual({ urlFilter: `|${lab.origin('restarted')}/`, value: '?0' });
});
