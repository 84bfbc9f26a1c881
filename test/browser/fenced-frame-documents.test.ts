/** What documents in fenced frames have, and what they must do without, in the words of native Chromium 150. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, type Page, until } from './lab';

let lab: Lab;
let page: Page;

const SELECT = `register('first', class { async run() { return 0; } });`;

/** A document that embeds the URLs that it is given, as it is told to. */
const DOCUMENT = `<!doctype html><title>document</title><body style="margin: 0"><script>
  const given = new URLSearchParams(location.search);
  for (const url of given.getAll('iframe')) {
    const iframe = document.createElement('iframe');
    iframe.src = url;
    if (given.has('allow')) iframe.allow = given.get('allow');
    document.body.append(iframe);
  }
</script>`;

beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/document', (_request, response, url) => {
    const headers = url.searchParams.getAll('header').map((header) => header.split(': ', 2) as [string, string]);
    response.writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame', ...Object.fromEntries(headers) });
    response.end(DOCUMENT);
  });
  lab.serve('/select.js', SELECT);
  lab.serve('/worker.js', 'onmessage = () => {};');
});

afterAll(() => lab.close());
afterEach(() => page?.close());

const at = (site: string, query = '') => `${lab.origin(site)}/document?${query}`;
const framing = (url: string, query = '') => `${query}&iframe=${encodeURIComponent(url)}`;

/** Shows the URL in a new fenced frame of the page, as it is or as what selectURL() chose. */
async function show(url: string, isOpaque = false, more = ''): Promise<void> {
  const config = isOpaque
    ? `(await sharedStorage.worklet.addModule('/select.js'), await sharedStorage.selectURL('first', [{ url: ${JSON.stringify(url)} }], { resolveToConfig: true, keepAlive: true }))`
    : `new FencedFrameConfig(${JSON.stringify(url)})`;
  await page.evaluate(`(async () => {
    const frame = document.createElement('fencedframe');
    ${more}
    frame.config = ${config};
    document.body.append(frame);
  })()`);
}

async function inside(url: string): Promise<Session> {
  const session = await lab.browser.attach((target) => target.type === 'iframe' && target.url.startsWith(url));
  await until(() => session.evaluate(`document.readyState === 'complete'`));
  return session;
}

/** What becomes of calls, by their text. */
const outcomesOf = (calls: readonly string[]) => `(async () => {
  const outcomes = {};
  for (const call of ${JSON.stringify(calls)}) {
    try {
      outcomes[call] = String(await eval(call));
    } catch ({ name, message }) {
      outcomes[call] = name + ': ' + message;
    }
  }
  return outcomes;
})()`;

const failed = (operation: string, owner: string) => `Failed to execute '${operation}' on '${owner}'`;
const SYNC = 'Background Sync is not allowed in fenced frames.';
const BACKGROUND_FETCH = 'backgroundFetch is not allowed in fenced frames.';
const CREDENTIALS = 'NotAllowedError: The credential operation is not allowed in a fenced frame tree.';
const BADGE = 'The badge API is not allowed in this context';
const PICKER = `Cross origin sub frames aren't allowed to show a file picker.`;
const REGISTRATION = 'navigator.serviceWorker.getRegistration()';

const NATIVE: Record<string, string> = {
  'navigator.getBattery()': 'NotAllowedError: getBattery is not allowed in a fenced frame tree.',
  'navigator.vibrate(1)': 'false',
  'navigator.setAppBadge(1)': `NotAllowedError: ${failed('setAppBadge', 'Navigator')}: ${BADGE}`,
  'navigator.clearAppBadge()': `NotAllowedError: ${failed('clearAppBadge', 'Navigator')}: ${BADGE}`,
  'navigator.credentials.get({ password: true })': CREDENTIALS,
  'navigator.credentials.preventSilentAccess()': CREDENTIALS,
  'document.body.requestPointerLock()': `SecurityError: ${failed('requestPointerLock', 'Element')}: Blocked pointer lock on an element because the element is contained in a fence frame tree.`,
  "new PresentationRequest('/x')":
    "SecurityError: Failed to construct 'PresentationRequest': PresentationRequest is not supported in a fenced frame tree.",
  "document.domain = 'localhost'":
    "SecurityError: Failed to set the 'domain' property on 'Document': Assignment is forbidden in a fenced frame tree.",
  'showOpenFilePicker()': `SecurityError: ${failed('showOpenFilePicker', 'Window')}: ${PICKER}`,
  "navigator.permissions.query({ name: 'background-sync' }).then(({ state }) => state)": 'denied',
  "navigator.permissions.query({ name: 'persistent-storage' }).then(({ state }) => state)": 'denied',
  "navigator.permissions.query({ name: 'ambient-light-sensor' }).then(({ name, state }) => name + ': ' + state)":
    'ambient-light-sensor: denied',
  "navigator.permissions.query({ name: 'nfc' }).then(({ name, state }) => name + ': ' + state)": 'nfc: denied',
  "navigator.permissions.query({ name: 'x' })":
    "TypeError: Failed to execute 'query' on 'Permissions': Failed to read the 'name' property from 'PermissionDescriptor': The provided value 'x' is not a valid enum value of type PermissionName.",
  'Notification.permission': 'denied',
  "navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready).then(() => 'ready')": 'ready',
  [`${REGISTRATION}.then(({ sync }) => sync.register('x'))`]: `NotAllowedError: ${failed('register', 'SyncManager')}: ${SYNC}`,
  [`${REGISTRATION}.then(({ sync }) => sync.getTags())`]: `NotAllowedError: ${SYNC}`,
  [`${REGISTRATION}.then(({ periodicSync }) => periodicSync.register('x', { minInterval: 1 }))`]: `NotAllowedError: ${failed('register', 'PeriodicSyncManager')}: Periodic ${SYNC}`,
  [`${REGISTRATION}.then(({ periodicSync }) => periodicSync.unregister('x'))`]: `NotAllowedError: Periodic ${SYNC}`,
  [`${REGISTRATION}.then(({ backgroundFetch }) => backgroundFetch.fetch('x', '/x'))`]: `NotAllowedError: ${failed('fetch', 'BackgroundFetchManager')}: ${BACKGROUND_FETCH}`,
  [`${REGISTRATION}.then(({ backgroundFetch }) => backgroundFetch.getIds())`]: `NotAllowedError: ${failed('getIds', 'BackgroundFetchManager')}: ${BACKGROUND_FETCH}`,
  [`${REGISTRATION}.then(({ pushManager }) => pushManager.subscribe({ userVisibleOnly: true }))`]: `NotAllowedError: ${failed('subscribe', 'PushManager')}: subscribe() is not allowed in fenced frames.`,
  [`${REGISTRATION}.then((registration) => registration.showNotification('x'))`]: `NotAllowedError: ${failed('showNotification', 'ServiceWorkerRegistration')}: showNotification() is not allowed in fenced frames.`,
};

test('what is forbidden in a fenced frame fails as natively, in its own document and in one of another origin within', async () => {
  page = await lab.page('site');
  const child = at('child', 'forbidden');
  await show(at('ads', framing(child)));
  for (const url of [at('ads'), child]) {
    const frame = await inside(url);
    expect(await frame.evaluate(outcomesOf(Object.keys(NATIVE)))).toEqual(NATIVE);
    await frame.detach();
  }
  const battery = await page.evaluate(outcomesOf(['navigator.getBattery()']));
  expect(battery).toEqual({ 'navigator.getBattery()': '[object BatteryManager]' });
});

test('`fence` is there in documents of other origins within a fenced frame, and reporting throws nothing there', async () => {
  page = await lab.page('site');
  const child = at('child', 'fence');
  await show(at('ads', framing(child)), true);
  const frame = await inside(child);
  const event = `{ eventType: 'click', eventData: 'x', destination: ['shared-storage-select-url'], crossOriginExposed: true }`;
  expect(await frame.evaluate(`[fence instanceof Fence, String(fence.reportEvent(${event})), fence.getNestedConfigs().length]`)).toEqual([
    true,
    'undefined',
    0,
  ]);
  await frame.detach();
});

test('a fenced frame is told of its own size, and of no history and place', async () => {
  page = await lab.page('site');
  await page.evaluate(`for (let index = 0; index < 3; index++) history.pushState(null, '', '#' + index)`);
  const child = at('child', 'facts');
  await show(at('ads', framing(child)));
  for (const url of [at('ads'), child]) {
    const frame = await inside(url);
    const facts = `({ length: history.length, outer: [outerWidth, outerHeight], screen: [screenX, screenY, screenLeft, screenTop] })`;
    await until(() => frame.evaluate('innerWidth === 300'));
    expect(await frame.evaluate(facts)).toEqual({ length: 1, outer: [300, 150], screen: [0, 0, 0, 0] });
    await frame.detach();
  }
});

test('the features of permissions policy are those of the config, of the embedder, of the element and of the headers', async () => {
  page = await lab.page('site', `/document?header=${encodeURIComponent('Permissions-Policy: private-aggregation=()')}`);
  const features = 'document.featurePolicy.allowedFeatures()';
  const allowed = async (url: string) => {
    const frame = await inside(url);
    const found = await frame.evaluate(features);
    const asked = await frame.evaluate(
      `['shared-storage', 'private-aggregation', 'sync-xhr', 'browsing-topics'].map((feature) => document.featurePolicy.allowsFeature(feature))`,
    );
    await frame.detach();
    return [found, asked];
  };
  await show(at('plain'));
  expect(await allowed(at('plain'))).toEqual([
    ['shared-storage-select-url', 'shared-storage'],
    [true, false, false, false],
  ]);
  await show(at('element'), false, `frame.allow = "shared-storage 'none'";`);
  expect(await allowed(at('element'))).toEqual([['shared-storage-select-url'], [false, false, false, false]]);
  const child = at('opaque', 'child');
  const header = encodeURIComponent('Permissions-Policy: shared-storage=()');
  await show(at('opaque', framing(child, `allow=${encodeURIComponent("attribution-reporting 'none'")}&header=${header}`)), true);
  expect(await allowed(at('opaque', 'allow'))).toEqual([
    ['shared-storage-select-url', 'attribution-reporting'],
    [false, false, false, false],
  ]);
  const session = await inside(at('opaque', 'allow'));
  expect(await session.evaluate(`frames[0].document.featurePolicy.allowedFeatures()`)).toEqual(['shared-storage-select-url']);
  await session.detach();
});

test('navigator.canLoadAdAuctionFencedFrame() and canLoadOpaqueURL() go by fenced-frame-src, and by the config around', async () => {
  const answer = '[navigator.canLoadAdAuctionFencedFrame(), HTMLFencedFrameElement.canLoadOpaqueURL()].join()';
  const policies = {
    "img-src 'none'": true,
    'fenced-frame-src *': true,
    "fenced-frame-src https:; frame-src 'self'": true,
    "child-src 'self'; fenced-frame-src https://*:*": true,
    "fenced-frame-src 'self'; frame-src *": false,
    'fenced-frame-src https://example.com': false,
  };
  for (const [policy, expected] of Object.entries(policies)) {
    page = await lab.page('site', `/document?header=${encodeURIComponent(`Content-Security-Policy: ${policy}`)}`);
    expect([policy, await page.evaluate(answer)]).toEqual([policy, `${expected},${expected}`]);
    await page.close();
  }
  page = await lab.page('site');
  expect(await page.evaluate(answer)).toBe('true,true');
  await show(at('plain'));
  await show(at('opaque'), true);
  for (const [site, expected] of [
    ['plain', 'false,false'],
    ['opaque', 'true,true'],
  ] as const) {
    const frame = await inside(at(site));
    expect(await frame.evaluate(answer)).toBe(expected);
    await frame.detach();
  }
  const policy = `const meta = document.createElement('meta'); meta.httpEquiv = 'Content-Security-Policy'; meta.content = "fenced-frame-src 'none'"; document.head.append(meta);`;
  await page.evaluate(policy);
  expect(await page.evaluate(answer)).toBe('false,false');
});

test('window.name of a fenced frame is kept when it goes to another site, and nothing of ours is in it', async () => {
  page = await lab.page('site');
  await show(at('ads', 'first'));
  const first = await inside(at('ads', 'first'));
  expect(await first.evaluate(`[name, name = 'mine', name]`)).toEqual(['', 'mine', 'mine']);
  await first.evaluate(`void (location.href = ${JSON.stringify(at('other', 'second'))})`);
  const second = await inside(at('other', 'second'));
  expect(await second.evaluate('[name, fence instanceof Fence, parent === self]')).toEqual(['mine', true, true]);
  await second.detach();
});

const CLICK = ['mousePressed', 'mouseReleased'];

async function click(x: number, y: number): Promise<void> {
  for (const type of CLICK) await page.send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
}

/** Evaluates in the newest frame of the page's own process, without a gesture. */
async function withinPage(): Promise<(expression: string) => Promise<unknown>> {
  const contexts: { uniqueId: string; auxData: { isDefault: boolean; frameId: string } }[] = [];
  page.on('Runtime.executionContextCreated', ({ context }) => contexts.push(context));
  // Those that are there are told again.
  await page.send('Runtime.disable');
  await page.send('Runtime.enable');
  const uniqueContextId = contexts.findLast(({ auxData }) => auxData.isDefault && auxData.frameId !== page.targetId)?.uniqueId;
  // Without a frame, it would be evaluated in the page.
  if (!uniqueContextId) return async () => undefined;
  return async (expression) =>
    (await page.send('Runtime.evaluate', { expression, uniqueContextId, returnByValue: true, awaitPromise: true })).result.value;
}

test("what its user does on the page activates nothing in a fenced frame of the page's own origin, nor does a script take the focus in there", async () => {
  page = await lab.page('site');
  await show(at('site', 'active'), false, `frame.style = 'position: fixed; inset: 0 auto auto 0; width: 300px; height: 150px; border: 0';`);
  const evaluate = await until(async () => {
    const found = await withinPage();
    return (await found(`location.search === '?active' && document.readyState === 'complete'`)) ? found : undefined;
  });
  const active = () => evaluate('[navigator.userActivation.isActive, navigator.userActivation.hasBeenActive].join()');
  const focuses = () =>
    evaluate(`{
      const input = document.body.appendChild(document.createElement('input'));
      input.focus();
      document.activeElement === input;
    }`);
  await page.send('Page.bringToFront');
  await click(500, 400);
  await until(() => page.evaluate('navigator.userActivation.hasBeenActive'));
  expect(await active()).toBe('false,false');
  expect(await focuses()).toBe(false);
  // Until the browser has drawn the frame, a click is one on the page.
  await until(async () => {
    await click(150, 75);
    return (await active()) === 'true,true';
  });
  expect(await focuses()).toBe(true);
});

test('a fragment that a fenced frame goes to takes no focus from the page, and is gone to all the same', async () => {
  page = await lab.page('site');
  await page.evaluate(`{ const input = document.body.appendChild(document.createElement('input')); input.focus(); }`);
  await page.send('Page.bringToFront');
  await until(() => page.evaluate('document.hasFocus()'));
  await show(at('fragments'));
  const frame = await inside(at('fragments'));
  const go = (id: string) =>
    frame.evaluate(`(async () => {
      document.body.insertAdjacentHTML('beforeend', '<div style="height: 3000px"></div><input id="${id}">');
      location.hash = '${id}';
      for (let frames = 0; frames < 3; frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
      return [document.querySelector(':target').id, scrollY > 0, document.activeElement.localName, document.hasFocus(), document.documentElement.outerHTML.includes('inert')];
    })()`);
  expect(await go('first')).toEqual(['first', true, 'body', false, false]);
  expect(await go('second')).toEqual(['second', true, 'body', false, false]);
  expect(await page.evaluate('[document.activeElement.localName, document.hasFocus()]')).toEqual(['input', true]);
  await frame.detach();
});

test('what its user does in a fenced frame activates nothing in the page around it', async () => {
  page = await lab.page('site');
  await page.send('Page.bringToFront');
  const ask = async (session: Session) =>
    (
      await session.send('Runtime.evaluate', {
        expression: '[navigator.userActivation.isActive, navigator.userActivation.hasBeenActive, navigator.vibrate(1)].join()',
        returnByValue: true,
      })
    ).result.value;
  // What the test itself has evaluated on the page was a gesture.
  await page.send('Runtime.evaluate', { expression: 'globalThis.isBefore = true' });
  await page.send('Page.reload');
  const isReloaded = `!globalThis.isBefore && document.readyState === 'complete'`;
  await until(async () => (await page.send('Runtime.evaluate', { expression: isReloaded })).result.value === true);
  const config = `new FencedFrameConfig(${JSON.stringify(at('ads', 'again'))})`;
  const expression = `{ const frame = document.createElement('fencedframe'); frame.style = 'position: fixed; inset: 0 auto auto 0; width: 300px; height: 150px; border: 0'; frame.config = ${config}; document.body.append(frame); }`;
  await page.send('Runtime.evaluate', { expression });
  const again = await lab.browser.attach((target) => target.type === 'iframe' && target.url.startsWith(at('ads', 'again')));
  // Until the browser has drawn the frame, whatever the mouse does is done on the page; moving it activates nothing.
  await again.send('Runtime.evaluate', { expression: `addEventListener('mousemove', () => { globalThis.isHeard = true; })` });
  await until(async () => {
    await page.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: 150, y: 75 });
    return (await again.send('Runtime.evaluate', { expression: 'globalThis.isHeard' })).result.value;
  });
  await click(150, 75);
  await until(async () => (await ask(again)) === 'true,true,false');
  expect(await ask(page)).toBe('false,false,false');
  await click(500, 400);
  expect(await ask(page)).toBe('true,true,true');
  await again.detach();
});

describe('the deprecated functions that take a URN or a config', () => {
  const URN = 'urn:uuid:6ba7b810-9dad-41d1-80b4-00c04fd430c8';

  /** Of what is called with each of the arguments, given as code. */
  const messagesOf = async (session: Session | Page, name: string, calls: readonly string[]) =>
    Object.fromEntries(
      (
        await session.evaluate(`(async () => {
        const messages = [];
        for (const call of [${calls.map((call) => `() => navigator.${name}(${call})`).join()}]) {
          const promise = call();
          messages.push(promise instanceof Promise && (await promise.then(() => 'resolves', ({ name, message }) => name + ': ' + message)));
        }
        return messages;
      })()`)
      ).map((message: string, index: number) => [calls[index], message]),
    );

  const failed = (name: string, text: string) => `TypeError: Failed to execute '${name}' on 'Navigator': ${text}`;
  const noURN = (name: string) => failed(name, 'Passed URL must be a valid URN URL.');
  const unmapped = (name: string) => failed(name, 'Passed config must have a mapped URL.');

  test('refuse what is none, and tell nothing of what one stands for', async () => {
    page = await lab.page('site');
    await page.evaluate(`(async () => {
      await sharedStorage.worklet.addModule('/select.js');
      const select = (options) => sharedStorage.selectURL('first', [{ url: ${JSON.stringify(at('secret'))} }], { keepAlive: true, ...options });
      globalThis.selected = await select();
      globalThis.config = await select({ resolveToConfig: true });
      // What pages replace is nothing to it.
      RegExp.prototype.exec = RegExp.prototype.test = () => null;
    })()`);
    const name = 'deprecatedURNToURL';
    const expected = {
      selected: 'resolves',
      config: 'resolves',
      'selected, true': 'resolves',
      "' ' + selected.toUpperCase()": 'resolves',
      [`{ toString: () => '${URN}' }`]: 'resolves',
      "selected + '#fragment'": noURN(name),
      "selected + '?query'": noURN(name),
      "selected + '0'": noURN(name),
      "'urn:uuid:6ba7b810'": noURN(name),
      "'urn:isbn:0451450523'": noURN(name),
      'location.href': noURN(name),
      undefined: noURN(name),
      '{}': noURN(name),
      "new FencedFrameConfig('https://example.com/')": unmapped(name),
      'Symbol()': failed(name, 'Cannot convert a Symbol value to a string'),
      "{ toString() { throw new RangeError('own') } }": 'RangeError: own',
      '': failed(name, '1 argument required, but only 0 present.'),
    };
    expect(await messagesOf(page, name, Object.keys(expected))).toEqual(expected);
    for (const argument of ['selected', 'config'])
      expect(await page.evaluate(`navigator.deprecatedURNToURL(${argument})`)).toBe('about:blank');
    expect(await page.evaluate(`Navigator.prototype.deprecatedURNToURL.call({}, 'x').catch(({ message }) => message)`)).toBe(
      "Failed to execute 'deprecatedURNToURL' on 'Navigator': Illegal invocation",
    );
  });

  test('take replacements of two forms, once', async () => {
    page = await lab.page('site');
    const name = 'deprecatedReplaceInURN';
    const urn = JSON.stringify(URN);
    const form = failed(name, `Replacements must be of the form '\${...}' or '%%...%%'`);
    const noObject = failed(name, 'Only objects can be converted to record<K,V> types');
    const expected = {
      [`${urn}, {}`]: 'resolves',
      [`${urn}, { '\${NAME}': 'value', '%%NAME%%': 5, '\${}': '', '%%%': '' }`]: 'resolves',
      [`${urn}, { '\${line\\nline}': 'value' }`]: 'resolves',
      [`${urn}, Object.create({ name: 'value' })`]: 'resolves',
      [`${urn}, { '\${NAME}': 'value', name: 'value' }`]: form,
      [`${urn}, { '\${NAME': 'value' }`]: form,
      [`${urn}, { '\${NAME%%': 'value' }`]: form,
      [`${urn}, { '%%NAME%': 'value' }`]: form,
      [`${urn}, { '': 'value' }`]: form,
      [`${urn}, ['value']`]: form,
      [`${urn}, null`]: noObject,
      [`${urn}, 'text'`]: noObject,
      [`${urn}, { [Symbol()]: 'value' }`]: failed(name, 'Cannot convert a Symbol value to a string'),
      "'https://example.com/', { name: 'value' }": noURN(name),
      "new FencedFrameConfig('https://example.com/'), { name: 'value' }": unmapped(name),
      "'https://example.com/', { get name() { throw new RangeError('own') } }": 'RangeError: own',
      [urn]: failed(name, '2 arguments required, but only 1 present.'),
    };
    expect(await messagesOf(page, name, Object.keys(expected))).toEqual(expected);
    const read = `(async () => {
      const read = [];
      const text = (name, value) => ({ toString() { read.push(name); return value; } });
      await navigator.deprecatedReplaceInURN(text('urn', ${urn}), { '\${A}': text('a', ''), get '\${B}'() { read.push('get b'); return text('b', ''); } });
      return read;
    })()`;
    expect(await page.evaluate(read)).toEqual(['urn', 'a', 'get b', 'b']);
  });

  test('are those of a frame and of a fenced frame as well; a document that has gone has no window', async () => {
    page = await lab.page('site');
    await show(at('fenced'));
    const frame = await inside(at('fenced'));
    const calls = ["'x'", JSON.stringify(URN)];
    const expected = [noURN('deprecatedURNToURL'), 'resolves'];
    expect(Object.values(await messagesOf(frame, 'deprecatedURNToURL', calls))).toEqual(expected);
    await frame.detach();
    const gone = await page.evaluate(`(async () => {
      const iframe = document.createElement('iframe');
      iframe.src = '/document?gone';
      await new Promise((resolve) => { iframe.onload = resolve; document.body.append(iframe); });
      const { navigator } = iframe.contentWindow;
      const message = () => navigator.deprecatedURNToURL('x').catch(({ name, message }) => name + ': ' + message);
      const before = await message();
      iframe.remove();
      return [before, await message()];
    })()`);
    expect(gone).toEqual([
      noURN('deprecatedURNToURL'),
      "InvalidAccessError: Failed to execute 'deprecatedURNToURL' on 'Navigator': The document has no window associated.",
    ]);
  });
});
