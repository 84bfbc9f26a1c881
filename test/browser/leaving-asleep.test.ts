/** Writes of pages that leave while the service worker sleeps: the browser starts it for them, and they are not there any more when it has started. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  // A server that takes longer than the browser does to start a service worker: as most do.
  lab.serve('/when-awake.html', async (_request, response) => {
    await until(isAwake);
    await lab.inExtension('0');
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>next</title>');
  });
});
afterAll(() => lab.close());

const isAwake = () =>
  [...lab.browser.targets.values()].some(
    ({ type, url }) => type === 'service_worker' && String(url).includes(String(lab.browser.extensionId)),
  );

const WRITE = `sharedStorage.set('k', '1'); sharedStorage.append('k', '2');`;
const WAYS = {
  'in the same task': WRITE,
  'in pagehide': `addEventListener('pagehide', () => { ${WRITE} });`,
  'when it gets hidden': `addEventListener('visibilitychange', () => { ${WRITE} }, { once: true });`,
};

describe.each(Object.entries(WAYS))('%s', (way, code) => {
  test.each(['itself', 'elsewhere'])('of a page whose navigation leads to the site %s', async (target) => {
    // One may be in time all the same.
    for (let round = 0; round < 3; round++) {
      const site = `${way.replaceAll(' ', '-')}-${target}-${round}`;
      const page = await lab.page(site);
      await lab.stopServiceWorker();
      const to = `${lab.origin(target === 'itself' ? site : target)}/blank.html?next`;
      await page.evaluate(`addEventListener('pageshow', ({ persisted }) => { globalThis.isRestored = persisted; });
        ${code} location.href = '${to}'; undefined`);
      await until(async () => (await page.evaluate('location.search').catch(() => '')) === '?next');
      await until(async () => (await lab.stored(site)).k === '12');
      await page.evaluate('history.back(); undefined');
      await until(() => page.evaluate(`location.search === '' && document.readyState === 'complete'`).catch(() => false));
      expect(await page.evaluate('globalThis.isRestored')).toBe(true);
      expect(await lab.stored(site)).toEqual({ k: '12' });
      await page.close();
    }
  });
});

/** Ways to leave a page that the browser does not keep to go back to. */
const NOT_KEPT = [
  ['is loaded anew', () => 'location.reload()'],
  ['goes elsewhere on its site', (site: string) => `location.href = '${lab.origin(site)}/when-awake.html'`],
  ['goes to another site', () => `location.href = '${lab.origin('another')}/when-awake.html'`],
] as const;

/** A page that has used the API while the service worker was awake, and is not kept to go back to. */
async function askedBefore(site: string) {
  const page = await lab.page(site);
  await page.evaluate(`addEventListener('unload', () => undefined);
    (async () => { for (let count = 0; count < 3; count++) await sharedStorage.set('before', String(count)); })()`);
  // The document of worklets is made meanwhile, and wakes the service worker to say so.
  await lab.stored(site);
  await lab.stopServiceWorker();
  return page;
}

describe.each(NOT_KEPT)('of a page that is not kept, and %s', (name, leave) => {
  const siteOf = (kind: string) => `${kind} ${name}`.replaceAll(' ', '-');

  test('what has settled is there', async () => {
    const site = siteOf('settled');
    const page = await askedBefore(site);
    await page.evaluate(`globalThis.isBefore = true; sharedStorage.set('k', '1').then(() => { ${leave(site)}; }); undefined`);
    await until(() => page.evaluate('!globalThis.isBefore').catch(() => false));
    expect(await lab.stored(site)).toEqual({ before: '2', k: '1' });
    await page.close();
  });

  test.skipIf(name === 'is loaded anew')('what it writes in pagehide is there, for the service worker has been woken before', async () => {
    const site = siteOf('pagehide');
    const page = await askedBefore(site);
    await page.evaluate(`addEventListener('pagehide', () => { ${WRITE} }); ${leave(site)}; undefined`);
    await until(async () => (await page.evaluate('location.pathname').catch(() => '')) === '/when-awake.html');
    expect(await lab.stored(site)).toEqual({ before: '2', k: '12' });
    await page.close();
  });
});

test('a page that has not used the API wakes nobody when it is left', async () => {
  const page = await lab.page('silent');
  await lab.stopServiceWorker();
  await page.evaluate(
    `addEventListener('pagehide', () => undefined); location.href = '${lab.origin('another')}/blank.html?next'; undefined`,
  );
  await until(async () => (await page.evaluate('location.search').catch(() => '')) === '?next');
  expect(isAwake()).toBe(false);
  await page.close();
});
