/** Writes of pages that leave while the service worker sleeps: the browser starts it for them, and they are not there any more when it has started. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

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
