/** createWorklet(): whose data a worklet works on, who has to agree to it, and what servers see of it. */

import type http from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Lab, until } from './lab';

const MODULE = `
register('mark', class {
  async run({ key = 'mark', value = 'x' } = {}) {
    await sharedStorage.append(key, value);
    console.log('marked', key, await sharedStorage.get(key), await sharedStorage.get('whose'));
  }
});`;

const TRUSTED_ORIGINS = '/.well-known/shared-storage/trusted-origins';

interface Seen {
  readonly host: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
}

let lab: Lab;
const seen: Seen[] = [];

/** What each site answers under TRUSTED_ORIGINS. */
const trusted = new Map<string, { body: unknown; headers?: Record<string, string>; status?: number }>();

const hostOf = (site: string) => new URL(lab.origin(site)).host;
const script = (site: string, query = '') => `${lab.origin(site)}/module.js${query}`;
const requestsFor = (path: string) => seen.filter((request) => request.path === path);

beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/module.js', (request, response, url) => {
    seen.push({ host: url.host, path: url.pathname, headers: request.headers });
    const { searchParams } = url;
    const allowed = searchParams.getAll('allowed');
    if (request.headers['if-none-match']) {
      response.writeHead(304, { 'Access-Control-Allow-Origin': '*' }).end();
      return;
    }
    response.writeHead(searchParams.has('redirect') ? 302 : Number(searchParams.get('status') ?? 200), {
      ...(searchParams.has('no-type') ? {} : { 'Content-Type': searchParams.get('type') ?? 'text/javascript' }),
      ...(searchParams.has('no-cors') ? {} : { 'Access-Control-Allow-Origin': request.headers.origin ?? '*' }),
      ...(searchParams.has('redirect') ? { Location: '/module.js?allowed=?1' } : {}),
      ...(searchParams.has('cache') ? { 'Cache-Control': searchParams.get('cache') as string, ETag: '"1"' } : {}),
      ...(allowed.length > 0 ? { 'Shared-Storage-Cross-Origin-Worklet-Allowed': allowed } : {}),
      'Access-Control-Allow-Credentials': 'true',
    });
    response.end(MODULE);
  });
  lab.serve(TRUSTED_ORIGINS, (request, response, url) => {
    seen.push({ host: url.host, path: url.pathname, headers: request.headers });
    const answer = trusted.get(url.host);
    const headers = answer?.headers ?? { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' };
    response.writeHead(answer ? (answer.status ?? 200) : 404, headers);
    response.end(typeof answer?.body === 'string' ? answer.body : JSON.stringify(answer?.body));
  });
  for (const site of ['context', 'script', 'data']) {
    const page = await lab.page(site);
    await page.evaluate(`sharedStorage.set('whose', ${JSON.stringify(site)})`);
    await page.close();
  }
});
afterAll(() => lab.close());
beforeEach(() => {
  seen.length = 0;
});

type Page = Awaited<ReturnType<Lab['page']>>;

/** Creates a worklet in a page (or in a frame of it) and runs one operation in it; the name of the exception where that fails. */
function create(url: string, options: object | null = null, key = 'mark'): string {
  const args = options ? `${JSON.stringify(url)}, ${JSON.stringify(options)}` : JSON.stringify(url);
  return `sharedStorage.createWorklet(${args})
    .then((worklet) => worklet.run('mark', { data: { key: ${JSON.stringify(key)} } }))
    .then(() => 'created', (error) => error.name + ': ' + error.message)`;
}

async function marked(page: Page, key = 'mark'): Promise<unknown[]> {
  const line = await until(() => page.console.find(({ args }) => args[1] === 'marked' && args[2] === key));
  return line.args.slice(3);
}

/** How often the key was marked in each site's data. */
async function marks(key: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const site of ['context', 'script', 'data']) {
    const value = (await lab.stored(site))[key];
    if (value !== undefined) found[site] = value;
  }
  return found;
}

/** Evaluates in a sandboxed frame, whose origin is opaque. */
function inOpaqueFrame(expression: string): string {
  return `new Promise((resolve) => {
    addEventListener('message', ({ data }) => resolve(data), { once: true });
    const frame = document.createElement('iframe');
    frame.sandbox = 'allow-scripts';
    frame.srcdoc = '<script>' + ${JSON.stringify(expression)} + '.then((result) => parent.postMessage(result, "*"))</' + 'script>';
    document.body.append(frame);
  })`;
}

describe('a worklet reads and writes the data of', () => {
  test.each([
    ['the context by default', 'context', undefined, 'script', ''],
    ['the context for "context-origin"', 'context', 'context-origin', 'script', ''],
    ['the context for its own origin', 'context', 'context', 'script', ''],
    ['the context for "script-origin" and its own script', 'context', 'script-origin', 'context', ''],
    ['the script for "script-origin"', 'script', 'script-origin', 'script', '?allowed=?1'],
    ['the script for the origin of the script', 'script', 'script', 'script', '?allowed=?1;parameter=1'],
    ['a third origin that trusts both', 'data', 'data', 'script', ''],
    ['another origin that trusts the context', 'data', 'data', 'context', ''],
  ])('%s', async (name, whose, option, scriptSite, query) => {
    const body = [{ scriptOrigin: [lab.origin('script'), lab.origin('context')], contextOrigin: lab.origin('context') }];
    trusted.set(hostOf('data'), { body });
    const dataOrigin = option && (option.includes('-') ? option : lab.origin(option));
    const page = await lab.page('context');
    expect(await page.evaluate(create(script(scriptSite, query), dataOrigin ? { dataOrigin } : null, name))).toBe('created');
    expect(await marked(page, name)).toEqual(['x', whose]);
    expect(await marks(name)).toEqual({ [whose]: 'x' });
    await page.close();
  });
});

describe('a cross-origin script with "script-origin"', () => {
  test.each(['', '?allowed=?0', '?allowed=1', '?allowed=true', '?allowed=?1&allowed=?1', '?allowed=?1, ?1', '?allowed=?1&no-cors'])(
    'is refused for %s',
    async (query) => {
      const page = await lab.page('context');
      const url = script('script', query);
      expect(await page.evaluate(create(url, { dataOrigin: 'script-origin' }, query))).toBe(
        `OperationError: Failed to load ${new URL(url).href} error = net::ERR_FAILED.`,
      );
      expect(await marks(query)).toEqual({});
      await page.close();
    },
  );

  test.each([
    ['?allowed=?1&redirect', 'OperationError: Unexpected redirect'],
    ['?allowed=?1&type=text/plain', 'unexpected MIME type'],
    ['?allowed=?1&no-type', 'unexpected MIME type'],
    ['?allowed=?1&status=404', 'HTTP status = 404'],
  ])('is refused for %s: %s', async (query, message) => {
    const page = await lab.page('context');
    expect(await page.evaluate(create(script('script', query), { dataOrigin: 'script-origin' }))).toContain(message);
    await page.close();
  });

  test('is allowed out of the cache as it is off the network', async () => {
    const page = await lab.page('context');
    for (const cache of ['max-age=600', 'no-cache']) {
      for (let times = 0; times < 2; times++)
        expect(await page.evaluate(create(script('script', `?allowed=?1&cache=${cache}`), { dataOrigin: 'script-origin' }))).toBe(
          'created',
        );
    }
    expect(requestsFor('/module.js').map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined, '"1"']);
    await page.close();
  });

  test('tells the server whose data it is, on that request alone', async () => {
    const page = await lab.page('context');
    const dataOrigin = 'script-origin';
    await page.evaluate(create(script('script', '?allowed=?1'), { dataOrigin }));
    await page.evaluate(create(script('script')));
    await page.evaluate(create(script('context'), { dataOrigin }));
    await page.evaluate(`fetch('${script('script', '?allowed=?1')}', { cache: 'no-store' }).then((response) => response.text())`);
    const told = requestsFor('/module.js').map(({ headers }) => headers['sec-shared-storage-data-origin']);
    expect(told).toEqual([lab.origin('script'), undefined, undefined, undefined]);
    const destinations = requestsFor('/module.js').map(({ headers }) => headers['sec-fetch-dest']);
    expect(destinations).toEqual(['sharedstorageworklet', 'sharedstorageworklet', 'sharedstorageworklet', 'empty']);
    expect(requestsFor('/module.js')[0]?.headers).toMatchObject({ origin: lab.origin('context'), accept: 'application/javascript' });
    await page.close();
  });

  test("has no referrer, whatever the page's policy, and its fetches keep theirs", async () => {
    const page = await lab.page('context');
    await page.evaluate(`document.head.append(Object.assign(document.createElement('meta'), { name: 'referrer', content: 'unsafe-url' }))`);
    await page.evaluate(create(script('context')));
    await page.evaluate(create(script('script')));
    await page.evaluate(`fetch('${script('script')}', { cache: 'no-store' }).then((response) => response.text())`);
    const referrers = requestsFor('/module.js').map(({ headers }) => headers.referer);
    expect(referrers).toEqual([undefined, undefined, `${lab.origin('context')}/blank.html`]);
    await page.close();
  });

  test('shows the page nothing of the mark', async () => {
    const page = await lab.page('context');
    await page.evaluate(create(script('script', '?allowed=?1'), { dataOrigin: 'script-origin' }));
    expect(JSON.stringify(await page.evaluate(`performance.getEntriesByType('resource').map(({ name }) => name)`))).not.toContain('~ssm');
    await page.close();
  });

  test('leaves no rule behind, whether it succeeded or failed', async () => {
    const page = await lab.page('context');
    for (const query of ['?allowed=?1', '', '?redirect', '?no-cors'])
      await page.evaluate(create(script('script', query), { dataOrigin: 'script-origin' }));
    const worker = await lab.browser.serviceWorker();
    await until(async () => (await worker.evaluate('chrome.declarativeNetRequest.getSessionRules().then((rules) => rules.length)')) === 0);
    expect(await worker.evaluate('chrome.webRequest.onHeadersReceived.hasListeners()')).toBe(false);
    await worker.detach();
    await page.close();
  });
});

describe('the trusted-origins file of a third origin', () => {
  const attempt = async (site: string) => {
    const page = await lab.page('context');
    const result = await page.evaluate(create(script('script'), { dataOrigin: lab.origin(site) }, site));
    await page.close();
    return String(result);
  };
  const pair = () => ({ scriptOrigin: lab.origin('script'), contextOrigin: lab.origin('context') });
  const cors = { 'Access-Control-Allow-Origin': '*' };

  test('is asked for with the origin of the context and without credentials, and the module request names the data origin', async () => {
    trusted.set(hostOf('third'), { body: [pair()] });
    const third = await lab.page('third');
    await third.evaluate(`document.cookie = 'secret=1'`);
    await third.close();
    expect(await attempt('third')).toBe('created');
    const [request, ...more] = requestsFor(TRUSTED_ORIGINS);
    expect(more).toEqual([]);
    expect(request?.host).toBe(hostOf('third'));
    expect(request?.headers).toMatchObject({ origin: lab.origin('context'), accept: 'application/json', 'sec-fetch-dest': 'json' });
    expect(request?.headers).not.toHaveProperty('cookie');
    expect(requestsFor('/module.js')[0]?.headers).toMatchObject({ 'sec-shared-storage-data-origin': lab.origin('third') });
  });

  test('may answer for the context alone', async () => {
    const headers = { 'Content-Type': 'application/vnd.example+json; charset=utf-8', 'Access-Control-Allow-Origin': lab.origin('context') };
    trusted.set(hostOf('third'), { body: [{ scriptOrigin: '*', contextOrigin: ['*'] }], headers });
    expect(await attempt('third')).toBe('created');
  });

  test.each([
    ['is missing', 'none', () => null],
    ['is empty', 'an empty list', () => ({ body: [] })],
    ['names others', 'has not been allowed', () => ({ body: [{ ...pair(), contextOrigin: lab.origin('other') }] })],
    ['is no JSON', 'no parse result', () => ({ body: '[' })],
    ['is too long', 'no parse result', () => ({ body: [{ ...pair(), more: 'x'.repeat(9000) }] })],
    ['may not be read', 'no parse result', () => ({ body: [pair()], headers: { 'Content-Type': 'application/json' } })],
    ['has another type', 'no parse result', () => ({ body: [pair()], headers: { ...cors, 'Content-Type': 'text/javascript' } })],
    ['is an error page', 'no parse result', () => ({ body: [pair()], status: 500 })],
    [
      'redirects to another origin',
      'no parse result',
      () => ({ body: '', status: 302, headers: { ...cors, Location: `${lab.origin('data')}${TRUSTED_ORIGINS}` } }),
    ],
  ])('refuses where it %s', async (_when, reason, answer) => {
    trusted.set(hostOf('data'), { body: [{ scriptOrigin: '*', contextOrigin: '*' }] });
    const given = answer();
    if (given) trusted.set(hostOf('refusing'), given);
    else trusted.delete(hostOf('refusing'));
    const result = await attempt('refusing');
    expect(result).toMatch(/^OperationError: /);
    if (given) expect(result).toContain(reason);
    expect(await lab.stored('refusing')).toEqual({});
  });
});

describe('in an opaque context', () => {
  const OPAQUE_CONTEXT =
    "InvalidAccessError: Failed to execute 'set' on 'SharedStorage': The shared storage method is not allowed in an opaque origin context";
  const OPAQUE_DATA = 'InvalidAccessError: The shared storage method is not allowed to have an opaque data origin';

  test('a worklet works on the data of its script', async () => {
    const page = await lab.page('context');
    const expression = create(script('script', '?allowed=?1'), { dataOrigin: 'script-origin' }, 'opaque');
    expect(await page.evaluate(inOpaqueFrame(expression))).toBe('created');
    // The frame may be in a process of its own, whose console is not the page's.
    await until(async () => (await lab.stored('script')).opaque);
    expect(await marks('opaque')).toEqual({ script: 'x' });
    expect(requestsFor('/module.js')[0]?.headers).toMatchObject({ origin: 'null', 'sec-shared-storage-data-origin': lab.origin('script') });
    await page.close();
  });

  test('a script of the same host needs the permission too', async () => {
    const page = await lab.page('context');
    const expression = create(script('context'), { dataOrigin: 'script-origin' }, 'opaque');
    expect(await page.evaluate(inOpaqueFrame(expression))).toContain('OperationError: Failed to load');
    await page.close();
  });

  test('a worklet works on the data of a third origin that trusts every context', async () => {
    const page = await lab.page('context');
    const expression = create(script('script'), { dataOrigin: lab.origin('data') }, 'opaque, trusted');
    trusted.set(hostOf('data'), { body: [{ scriptOrigin: lab.origin('script'), contextOrigin: lab.origin('context') }] });
    expect(await page.evaluate(inOpaqueFrame(expression))).toContain('invoked by null has not been allowed');
    trusted.set(hostOf('data'), { body: [{ scriptOrigin: lab.origin('script'), contextOrigin: '*' }] });
    expect(await page.evaluate(inOpaqueFrame(expression))).toBe('created');
    await until(async () => (await lab.stored('data'))['opaque, trusted']);
    expect(await marks('opaque, trusted')).toEqual({ data: 'x' });
    await page.close();
  });

  test.each([
    ['createWorklet(url)', OPAQUE_DATA],
    ['createWorklet(url, { dataOrigin: "context-origin" })', OPAQUE_DATA],
    ['createWorklet(blob, { dataOrigin: "script-origin" })', OPAQUE_DATA],
    ['worklet.addModule(url)', OPAQUE_DATA],
    ['run("mark")', 'OperationError: sharedStorage.worklet.addModule() has to be called before run().'],
    ['set("k", "v")', OPAQUE_CONTEXT],
  ])('%s is refused', async (call, message) => {
    const page = await lab.page('context');
    const expression = `(async (url, blob) => sharedStorage.${call})("${script('script', '?allowed=?1')}", URL.createObjectURL(new Blob([""], { type: "text/javascript" })))
      .then(() => "allowed", (error) => error.name + ": " + error.message)`;
    expect(await page.evaluate(inOpaqueFrame(expression))).toBe(message);
    await page.close();
  });
});

describe('createWorklet()', () => {
  test.each([
    ['createWorklet()', "TypeError: Failed to execute 'createWorklet' on 'SharedStorage': 1 argument required, but only 0 present."],
    ['createWorklet("https://")', 'DataError: The module script url is invalid.'],
    [
      'createWorklet("/module.js", 5)',
      "TypeError: Failed to execute 'createWorklet' on 'SharedStorage': The provided value is not of type 'SharedStorageWorkletOptions'.",
    ],
    ['createWorklet("/module.js", { credentials: "x" })', /^TypeError: .*'x' is not a valid enum value of type RequestCredentials/],
    ['createWorklet("https://", { dataOrigin: "invalid" })', /^TypeError: /],
    ['createWorklet("/module.js", { dataOrigin: "" })', /^TypeError: /],
    ['createWorklet("/module.js", { dataOrigin: "data:," })', /^InvalidAccessError: .*opaque data origin/],
    ['createWorklet("/module.js", { dataOrigin: "http://insecure.example" })', /^InvalidAccessError: .*insecure data origin/],
    ['createWorklet("data:text/javascript,")', /^OperationError: /],
    ['createWorklet("data:text/javascript,", { dataOrigin: "script-origin" })', /^InvalidAccessError: .*opaque data origin/],
    ['createWorklet("/missing.js")', /^OperationError: .*HTTP status = 404/],
  ])('%s fails as it did natively', async (call, message) => {
    const page = await lab.page('context');
    const result = await page.evaluate(`sharedStorage.${call}.then(() => 'created', (error) => error.name + ': ' + error.message)`);
    if (typeof message === 'string') expect(result).toBe(message);
    else expect(result).toMatch(message);
    await page.close();
  });

  test('converts its arguments in the order of Web IDL', async () => {
    const page = await lab.page('context');
    const order = await page.evaluate(`(async () => {
      const log = [];
      const options = {};
      for (const name of ['dataOrigin', 'credentials']) Object.defineProperty(options, name, { get: () => void log.push(name) });
      await sharedStorage.createWorklet({ toString: () => log.push('url') && '/module.js' }, options);
      return log.join();
    })()`);
    expect(order).toBe('url,credentials,dataOrigin');
    await page.close();
  });

  test('takes the module of a blob: URL', async () => {
    const page = await lab.page('context');
    const blob = `URL.createObjectURL(new Blob([${JSON.stringify(MODULE)}], { type: 'text/javascript' }))`;
    await page.evaluate(`sharedStorage.createWorklet(${blob}).then((worklet) => worklet.run('mark', { data: { key: 'blob' } }))`);
    expect(await marked(page, 'blob')).toEqual(['x', 'context']);
    await page.close();
  });

  test('sends credentials as it is told', async () => {
    const page = await lab.page('context');
    await page.evaluate(`document.cookie = 'session=1'`);
    for (const credentials of ['omit', 'same-origin', 'include']) await page.evaluate(create(script('context'), { credentials }));
    expect(requestsFor('/module.js').map(({ headers }) => headers.cookie)).toEqual([undefined, 'session=1', 'session=1']);
    await page.close();
  });

  test('makes a new SharedStorageWorklet each time, which takes no further module', async () => {
    const page = await lab.page('context');
    const result = await page.evaluate(`(async () => {
      const one = await sharedStorage.createWorklet('/module.js');
      const other = await sharedStorage.createWorklet('/module.js');
      const refused = await one.addModule('/module.js').catch((error) => error.name + ': ' + error.message);
      await sharedStorage.worklet.addModule('/module.js');
      return [one instanceof SharedStorageWorklet, one !== other && one !== sharedStorage.worklet, refused];
    })()`);
    expect(result).toEqual([true, true, 'OperationError: addModule() can only be invoked once per worklet.']);
    await page.close();
  });

  test('makes worklets that share nothing but the data: each has its globals, its operations and its keepAlive', async () => {
    lab.serve(
      '/counting.js',
      `let count = 0; register('count', class { async run({ name }) { console.log('counted', name, ++count, typeof one); } });
       if (!globalThis.one) globalThis.one = 1;`,
    );
    const page = await lab.page('context');
    const result = await page.evaluate(`(async () => {
      const one = await sharedStorage.createWorklet('/counting.js');
      const other = await sharedStorage.createWorklet('/counting.js');
      const run = (worklet, name, keepAlive) =>
        worklet.run('count', { data: { name }, keepAlive }).then(() => 'ok', (error) => error.name);
      return [
        await run(one, 'one', true), await run(one, 'one', false), await run(one, 'one', true),
        await run(other, 'other', true), await run(other, 'other', true),
      ];
    })()`);
    expect(result).toEqual(['ok', 'ok', 'OperationError', 'ok', 'ok']);
    const counted = () =>
      page.console
        .filter(({ args }) => args[1] === 'counted')
        .map(({ args }) => `${args[2]} ${args[3]}`)
        .sort();
    await until(() => counted().length === 4);
    expect(counted()).toEqual(['one 1', 'one 2', 'other 1', 'other 2']);
    await page.close();
  });

  test('makes many worklets for different origins at once, each with its own data', async () => {
    const page = await lab.page('context');
    trusted.set(hostOf('data'), { body: [{ scriptOrigin: '*', contextOrigin: lab.origin('context') }] });
    const one = (option: string, index: number) =>
      create(script('script', `?allowed=?1&${index}`), { dataOrigin: option }, `many ${option} ${index}`);
    const options = ['context-origin', 'script-origin', lab.origin('data')];
    const calls = Array.from({ length: 18 }, (_, index) => one(options[index % 3] as string, index));
    expect(await page.evaluate(`Promise.all([${calls.join()}])`)).toEqual(calls.map(() => 'created'));
    await until(() => page.console.filter(({ args }) => args[1] === 'marked').length === calls.length);
    const whose = ['context', 'script', 'data'];
    for (const { args } of page.console.filter(({ args }) => args[1] === 'marked'))
      expect(args.slice(3)).toEqual(['x', whose[Number(String(args[2]).split(' ').at(-1)) % 3]]);
    await page.close();
  });

  test('survives that the service worker is stopped while the module is on its way', async () => {
    let requests = 0;
    lab.serve('/slow.js', async (request, response) => {
      if (++requests === 1) await lab.stopServiceWorker();
      const headers = { 'Content-Type': 'text/javascript', 'Access-Control-Allow-Origin': request.headers.origin ?? '*' };
      response.writeHead(200, { ...headers, 'Shared-Storage-Cross-Origin-Worklet-Allowed': '?1', 'Cache-Control': 'no-store' });
      response.end(MODULE);
    });
    const page = await lab.page('context');
    expect(await page.evaluate(create(`${lab.origin('script')}/slow.js`, { dataOrigin: 'script-origin' }, 'slow'))).toBe('created');
    expect(await marked(page, 'slow')).toEqual(['x', 'script']);
    // The permission of the first response was lost with the service worker.
    expect(requests).toBe(2);
    await page.close();
  });
});
