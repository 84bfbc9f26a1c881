/** A page that does not use the API does not feel us: no message, no worker that wakes, no global changed but those that the API adds. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';
import { openPanel } from './panel';

const VIEWS = ['storage', 'events', 'worklets', 'select-url', 'reports', 'header-writes', 'isolation', 'why-not'];

const ARGS = ['--disable-popup-blocking', '--host-resolver-rules=MAP insecure.test 127.0.0.1'];

let lab: Lab;
let plain: Lab;
beforeAll(async () => {
  [lab, plain] = await Promise.all([Lab.open({ args: ARGS }), Lab.open({ args: ARGS, extension: false })]);
  // A worker that is stopped while the extension is still being installed comes back by itself.
  await timeOfWaking();
});
afterAll(async () => {
  await lab.close();
  await plain.close();
});

type Page = Awaited<ReturnType<Lab['page']>>;

const isServiceWorker = ({ type, url }: Record<string, unknown>) =>
  type === 'service_worker' && String(url).startsWith('chrome-extension://');
const serviceWorker = () => [...lab.browser.targets.values()].find(isServiceWorker);

/** Wakes the service worker by a use of the API; resolves to the time at which it was started. */
async function timeOfWaking(): Promise<number> {
  const page = await lab.page('waking');
  await page.evaluate(`sharedStorage.set('k', 'v')`);
  // The offscreen document, which is made then, tells the service worker once that it is there; its worker comes later.
  await until(() => [...lab.browser.targets.values()].some(({ type }) => type === 'worker'));
  const worker = await lab.browser.serviceWorker();
  const time = await worker.evaluate('performance.timeOrigin');
  await worker.detach();
  await page.close();
  return time as number;
}

/** What a page may do with a stopped service worker: it stays so, until the API is used. */
async function leavesTheWorkerAsleep(visit: () => Promise<unknown>): Promise<void> {
  await lab.stopServiceWorker();
  await visit();
  expect(serviceWorker()).toBeUndefined();
  // A worker that was woken by the visit would be older than this.
  const now = Date.now();
  expect(await timeOfWaking()).toBeGreaterThanOrEqual(now);
}

test('a page with many frames, requests, storage and navigations wakes no worker', async () => {
  lab.serve('/child.html', '<p>a frame</p><iframe srcdoc="<p>in a frame"></iframe>');
  await leavesTheWorkerAsleep(async () => {
    const page = await lab.page('idle');
    const loaded = await page.evaluate(`(async () => {
      const sources = ['/child.html', '${lab.origin('other')}/child.html', 'about:blank', 'data:text/html,<p>', URL.createObjectURL(new Blob(['<p>'], { type: 'text/html' })),
        'http://insecure.test:${lab.port}/blank.html'];
      const frames = Array.from({ length: 50 }, (_, index) => {
        const frame = document.createElement('iframe');
        if (index % 3 === 1) frame.sandbox = 'allow-scripts';
        frame.src = sources[index % sources.length];
        return new Promise((resolve) => { frame.onload = resolve; document.body.append(frame); });
      });
      await Promise.all(frames);
      await Promise.all([fetch('/blank.html'), fetch('${lab.origin('other')}/blank.html'), fetch('/blank.html', { method: 'POST', body: 'x' }), fetch('/missing')]);
      await new Promise((resolve) => { const request = new XMLHttpRequest(); request.onload = resolve; request.open('GET', '/blank.html'); request.send(); });
      localStorage.setItem('k', 'v');
      postMessage('to itself', '*');
      open('/blank.html').close();
      return document.querySelectorAll('iframe').length;
    })()`);
    expect(loaded).toBe(50);
    await page.navigate(`${lab.origin('other')}/blank.html`);
    await page.navigate(`http://insecure.test:${lab.port}/blank.html`);
    await page.close();
  });
});

test('a page that only looks whether the API is there wakes no worker', async () => {
  await leavesTheWorkerAsleep(async () => {
    const page = await lab.page('looking');
    const found = await page.evaluate(
      `['sharedStorage' in window, typeof sharedStorage.set, String(sharedStorage.worklet), Object.keys(sharedStorage.constructor.prototype).length > 0]`,
    );
    expect(found).toEqual([true, 'function', '[object SharedStorageWorklet]', true]);
    await page.close();
  });
});

test('a page whose calls are wrong on the face of it wakes no worker', async () => {
  await leavesTheWorkerAsleep(async () => {
    const page = await lab.page('wrong');
    const outcomes = await page.evaluate(
      `Promise.all([sharedStorage.set('k'), sharedStorage.set('', 'v'), sharedStorage.run('x')].map((promise) => promise.catch(({ name }) => name)))`,
    );
    expect(outcomes).toEqual(['TypeError', 'DataError', 'OperationError']);
    await page.close();
  });
});

test('after marked requests that were cut off with the worker, other pages wake no worker', async () => {
  lab.serve('/never-answers', () => undefined);
  for (let round = 1; round <= 3; round++) {
    // How often this worker has listened before makes no difference.
    for (let answered = 1; answered < round; answered++) await answeredRequest();
    const page = await lab.page('cut-off');
    await page.evaluate(`void fetch('/never-answers?${round}', { sharedStorageWritable: true })`);
    await until(() => lab.requests.some((request) => request.includes(`/never-answers?${round}`)));
    await lab.stopServiceWorker();
    await page.close();
    // The next worker, whoever wakes it, clears up.
    await timeOfWaking();
    await leavesTheWorkerAsleep(async () => (await lab.page('bystander')).close());
  }
});

/** Resolves when the service worker does not listen any more: it goes on for a moment, should another request follow. */
async function answeredRequest(): Promise<void> {
  const page = await lab.page('answered');
  await page.evaluate(`fetch('/blank.html', { sharedStorageWritable: true }).then(() => undefined)`);
  const worker = await lab.browser.serviceWorker();
  await until(() => worker.evaluate('!chrome.webRequest.onHeadersReceived.hasListeners()'));
  await worker.detach();
  await page.close();
}

test('after a marked request that was answered, other pages wake no worker', async () => {
  await answeredRequest();
  await leavesTheWorkerAsleep(async () => (await lab.page('bystander')).close());
});

test('once somebody has looked at a page in the panel, and closed that, the page wakes no worker when it is loaded again, nor do others', async () => {
  const page = await lab.page('looked-at');
  await page.evaluate(`sharedStorage.set('k', 'v')`);
  for (const view of VIEWS) {
    const panel = await openPanel(lab, `${lab.origin('looked-at')}/blank.html`, view);
    await until(() => panel.evaluate(`first('[role=tab][aria-selected=true]')?.id === 'tab-${view}'`));
    await panel.close();
  }
  // A document that has used the API may wake the worker when it is left.
  await page.navigate(`${lab.origin('looked-at')}/blank.html`);
  await leavesTheWorkerAsleep(async () => {
    await page.navigate(`${lab.origin('looked-at')}/blank.html`);
    await (await lab.page('bystander')).close();
  });
  await page.close();
});

/** Every property of the globals, their prototypes and their members: attributes, kinds of value, names and lengths of functions. */
const DESCRIBE = `(() => {
  const describe = (owner) => Object.fromEntries(Reflect.ownKeys(owner).map((key) => {
    const { value, get, set, ...flags } = Object.getOwnPropertyDescriptor(owner, key);
    const kinds = [value, get, set].map((part) => typeof part === 'function' ? part.name + '/' + part.length : typeof part);
    return [String(key), JSON.stringify([flags, kinds])];
  }));
  const described = { window: describe(window), document: describe(document), 'Object.prototype': describe(Object.prototype) };
  for (let object = Object.getPrototypeOf(window); object; object = Object.getPrototypeOf(object)) described[String(object) + Object.keys(described).length] = describe(object);
  for (const key of Object.getOwnPropertyNames(window)) {
    const value = Object.getOwnPropertyDescriptor(window, key).value;
    if (typeof value === 'function') { described[key] = describe(value); if (value.prototype) described[key + '.prototype'] = describe(value.prototype); }
  }
  return { described, html: document.documentElement.outerHTML, text: String(fetch).includes('[native code]') };
})()`;

interface Described {
  readonly described: Record<string, Record<string, string>>;
  readonly html: string;
  readonly text: boolean;
}

/** The names that only the first has, and those that both have and describe differently. */
function compare(first: Described, second: Described): { added: string[]; changed: string[]; missing: string[] } {
  const added: string[] = [];
  const changed: string[] = [];
  for (const [owner, properties] of Object.entries(first.described)) {
    if (!second.described[owner]) continue;
    for (const [name, description] of Object.entries(properties)) {
      const other = second.described[owner]?.[name];
      if (other === undefined) added.push(`${owner}: ${name}`);
      else if (other !== description) changed.push(`${owner}: ${name}`);
    }
  }
  const missing = Object.entries(second.described).flatMap(([owner, properties]) =>
    Object.keys(properties)
      .filter((name) => !(name in (first.described[owner] ?? {})))
      .map((name) => `${owner}: ${name}`),
  );
  return { added, changed, missing };
}

/** What a browser of today has taken from the interfaces of fenced frames. */
const ADDED_TO_FENCED_FRAMES = ['FencedFrameConfig.prototype: setSharedStorageContext', 'HTMLFencedFrameElement: canLoadOpaqueURL'];

const ADDED = [
  'SharedStorage',
  'SharedStorageAppendMethod',
  'SharedStorageClearMethod',
  'SharedStorageDeleteMethod',
  'SharedStorageModifierMethod',
  'SharedStorageSetMethod',
  'SharedStorageWorklet',
  'sharedStorage',
];

/** FencedFrameConfig has its constructor again. */
const CHANGED = { changed: ['window: FencedFrameConfig', 'FencedFrameConfig.prototype: constructor'], missing: [] };

test('in a secure page the extension adds the API to the globals, and changes none', async () => {
  const [ours, theirs] = await Promise.all(
    [lab, plain].map(async (one) => (await (await one.page('globals')).evaluate(DESCRIBE)) as Described),
  );
  const { added, ...rest } = compare(ours as Described, theirs as Described);
  const attributes = ['HTMLIFrameElement', 'HTMLImageElement', 'Image'].map((name) => `${name}.prototype: sharedStorageWritable`);
  const own = added.filter((name) => !ADDED_TO_FENCED_FRAMES.includes(name));
  // A native API lacks one method: it has been there in fenced frames only, under a flag.
  const expected = lab.hasNative ? ['SharedStorage.prototype: get'] : [...attributes, ...ADDED.map((name) => `window: ${name}`)].sort();
  expect(own.sort()).toEqual(expected);
  expect(rest).toEqual(CHANGED);
  expect(ours?.html).toBe(theirs?.html);
  expect(ours?.text).toBe(true);
});

test('in an insecure page the extension changes nothing but that configs can be made, as natively', async () => {
  const describe = async (one: Lab) => {
    const page = (await one.browser.openPage(`http://insecure.test:${one.port}/blank.html`)) as Page;
    return (await page.evaluate(DESCRIBE)) as Described;
  };
  const [ours, theirs] = await Promise.all([describe(lab), describe(plain)]);
  const { added, ...rest } = compare(ours, theirs);
  expect(added.filter((name) => !ADDED_TO_FENCED_FRAMES.includes(name))).toEqual([]);
  expect(rest).toEqual(CHANGED);
  expect(ours.html).toBe(theirs.html);
});

test('a failed fetch of a page that does not use the API looks as it does without the extension', async () => {
  const [ours, theirs] = await Promise.all(
    [lab, plain].map(async (one) => {
      const page = await one.page('failing');
      const stacks = `Promise.all([fetch('http://127.0.0.1:1/'), fetch('http://['), fetch('/', { method: 'NO METHOD' })].map((promise) => promise.catch(({ stack }) => stack)))`;
      return (await page.evaluate(stacks)) as string[];
    }),
  );
  // DEVIATION: the wrapper is seen in a stack trace, but neither as an extension nor as one of the page's own scripts.
  const withoutWrapper = (stack: string) => stack.replaceAll(/\n +at (?:\S+ )?\(?shared-storage-lab:\d+:\d+\)?/g, '');
  expect(ours?.map(withoutWrapper)).toEqual(theirs);
});
