/** The panel around its views: whom the service worker answers, tabs by keyboard, and that a page feels nothing of it. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { panelAddress } from '../../scripts/browser/panel.mjs';
import { Lab, until } from './lab';
import { openPanel, rowsOf } from './panel';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

test('shows what the inspected page does, as it does it, and nothing of other tabs', async () => {
  const [page, other] = [await lab.page('inspected'), await lab.page('other')];
  await page.evaluate(`sharedStorage.set('before', '1').then(() => undefined)`);
  await other.evaluate(`sharedStorage.set('elsewhere', '1').then(() => undefined)`);
  const panel = await openPanel(lab, `${lab.origin('inspected')}/blank.html`, 'events');
  await until(async () =>
    (await rowsOf(panel)).some((row) => row.includes('{"method":"set","key":"before","value":"1","ignoreIfPresent":false}')),
  );
  await page.evaluate(`sharedStorage.delete('while open').then(() => undefined)`);
  await until(async () => (await rowsOf(panel)).some((row) => row.includes('{"method":"delete","key":"while open"}')));
  expect(String(await rowsOf(panel))).not.toContain('elsewhere');
  await Promise.all([page.close(), other.close(), panel.close()]);
});

test('says so when the tab is closed that it is about', async () => {
  const page = await lab.page('closed');
  const panel = await openPanel(lab, `${lab.origin('closed')}/blank.html`, 'storage');
  await until(() => panel.evaluate(`all('[role=tab]').length > 0`));
  await page.close();
  await until(() => panel.evaluate(`all('[role=status]').some(({ textContent }) => textContent.includes('The tab is closed'))`));
  await panel.close();
});

test('is whole in a narrow window and at twice the size: nothing is wider, and the chosen tab can be seen', async () => {
  const page = await lab.page('narrow');
  await page.evaluate(`sharedStorage.set('k', 'v').then(() => undefined)`);
  const panel = await openPanel(lab, `${lab.origin('narrow')}/blank.html`, 'storage');
  const size = (width: number, deviceScaleFactor: number) =>
    panel.send('Emulation.setDeviceMetricsOverride', { width, height: 700, deviceScaleFactor, mobile: false });
  const views = await until(async () => {
    const ids: string[] = await panel.evaluate(`all('[role=tab]').map(({ id }) => id)`);
    return ids.length > 0 && ids;
  });
  const isSeen = `(() => {
    const [tab, list] = [first('[role=tab][aria-selected=true]'), first('[role=tablist]')].map((element) => element.getBoundingClientRect());
    return tab.width > 0 && tab.left >= list.left - 1 && tab.right <= list.right + 1;
  })()`;
  // 640 pixels at twice the size are a window of 1280.
  for (const [width, scale] of [
    [400, 1],
    [640, 2],
    [400, 2],
  ] as const) {
    await size(width, scale);
    for (const id of [...views, ...views.toReversed()]) {
      await panel.evaluate(`first('#${id}').click()`);
      await until(() => panel.evaluate(`first('#${id}').ariaSelected === 'true' && ${isSeen}`));
      expect([id, width, await panel.evaluate('document.documentElement.scrollWidth <= innerWidth')]).toEqual([id, width, true]);
    }
  }
  await panel.close();
  // So it is where the address names the last view.
  const last = await openPanel(lab, `${lab.origin('narrow')}/blank.html`, 'why-not');
  await last.send('Emulation.setDeviceMetricsOverride', { width: 400, height: 700, deviceScaleFactor: 1, mobile: false });
  await last.navigate(await panelAddress(lab.browser, `${lab.origin('narrow')}/blank.html`, 'why-not'));
  await until(() => last.evaluate(`first('#tab-why-not')?.ariaSelected === 'true' && ${isSeen}`));
  await Promise.all([page.close(), last.close()]);
});

test('who wants no motion sees none', async () => {
  const page = await lab.page('still');
  await page.evaluate(`sharedStorage.set('k', '{"a": [1, {"b": null}]}').then(() => undefined)`);
  const panel = await openPanel(lab, `${lab.origin('still')}/blank.html`, 'storage');
  await until(async () => (await rowsOf(panel)).length > 1);
  await panel.evaluate(`all('.body [role=row]').at(-1).click()`);
  await until(() => panel.evaluate(`Boolean(first('lab-json')?.shadowRoot?.textContent.includes('a'))`));
  /** What moves, or would be scrolled bit by bit. */
  const moving = (): Promise<string[]> =>
    panel.evaluate(`all('*').filter((element) => ['', '::before', '::after'].some((part) => {
      const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element, part || null);
      return parseFloat(transitionDuration) > 0 || animationName !== 'none' || scrollBehavior === 'smooth';
    })).map(({ localName, className }) => localName + ' ' + className)`);
  await panel.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-reduced-motion', value: 'reduce' }] });
  for (const id of await panel.evaluate(`all('[role=tab]').map(({ id }) => id)`)) {
    await panel.evaluate(`first('#${id}').click()`);
    await until(() => panel.evaluate(`first('#${id}').ariaSelected === 'true'`));
    expect([id, await moving()]).toEqual([id, []]);
  }
  await Promise.all([page.close(), panel.close()]);
});

test('nothing to show is said in words that can be seen, in each view with a table', async () => {
  const page = await lab.page('empty');
  const views = ['storage', 'events', 'worklets', 'select-url', 'reports', 'header-writes'];
  for (const view of views) {
    const panel = await openPanel(lab, `${lab.origin('empty')}/blank.html`, view);
    const seen = `(() => {
      const said = all('.empty', first('[role=tabpanel]')).at(-1);
      if (!said) return '';
      const { x, y, height } = said.getBoundingClientRect();
      return said.getRootNode().elementFromPoint(x + 2, y + height / 2) === said ? said.textContent : '';
    })()`;
    await until(() => panel.evaluate(`${seen} !== ''`), 20_000).catch(async () => expect([view, await panel.evaluate(seen)]).toBe('words'));
    await panel.close();
  }
  await page.close();
});

test('the service worker tells pages of ours what is stored, and no frame of ours', async () => {
  const page = await lab.page('embedder');
  const url = await panelAddress(lab.browser, `${lab.origin('embedder')}/blank.html`, 'events');
  const frame = `Object.assign(document.createElement('iframe'), { src: ${JSON.stringify(url)} })`;
  const loadFrame = `new Promise((resolve) => document.body.append(Object.assign(${frame}, { onload: ({ target }) => resolve(target) })))`;
  // The browser lets no page have the panel in a frame.
  await page.evaluate(`${loadFrame}.then(() => undefined)`);
  const contexts = await lab.inExtension<string[]>(
    `chrome.runtime.getContexts({}).then((contexts) => contexts.map(({ documentUrl }) => String(documentUrl)))`,
  );
  expect(contexts.filter((context) => context.includes('/panel.html'))).toEqual([]);
  // And if one were let, its frame would hear nothing: here it is in a page of our own.
  const panel = await lab.browser.openPage(url);
  const question = `chrome.runtime.sendMessage({ to: 'extension-page', method: 'events.read', params: { limit: 1, before: null, after: null } })`;
  expect(await panel.evaluate(question)).toMatchObject({ ok: true });
  expect(await panel.evaluate(`${loadFrame}.then(({ contentWindow }) => contentWindow.${question}).then(String)`)).toBe('undefined');
  await Promise.all([page.close(), panel.close()]);
});
