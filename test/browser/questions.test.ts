/**
 * What is asked most about the API: why it is disabled, why it is always the first URL, where a report is, which URL won. The popup answers, or the
 * panel after two clicks: in a window, with the real popup of the toolbar, and clicks of the mouse.
 */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { FIND } from '../../scripts/browser/panel.mjs';
import { APPEARANCES, Lab, type Page, until } from './lab';
import { openPanel, rowsOf } from './panel';
import { receiveReports } from './reports';

const inWindow = APPEARANCES.find((appearance) => appearance.inWindow);

const MODULE = `
register('choose', class {
  async run(urls, { returns, throws }) {
    if (throws) throw new Error('no such topic');
    return returns;
  }
});
register('contribute', class {
  async run({ value }) {
    privateAggregation.enableDebugMode();
    privateAggregation.contributeToHistogram({ bucket: 1n, value });
  }
});
register('forgetful', class { async run() {} });
register('hasty', class { async run() { throw new Error('too early'); } });
`;

/** Clicks on the element that the expression finds, once the mouse is over it: what is still being loaded moves it. */
async function clickWithMouse(session: Session, element: string): Promise<void> {
  const pointOn = `(() => {
    const element = ${element};
    if (!element || element.disabled) return null;
    element.scrollIntoView({ block: 'nearest' });
    const { x, y, width, height } = element.getBoundingClientRect();
    return width > 0 ? { x: x + Math.min(width, 40) / 2, y: y + height / 2 } : null;
  })()`;
  const point = await until(async () => {
    const point = await session.evaluate(pointOn);
    if (!point) return null;
    await session.send('Input.dispatchMouseEvent', { ...point, type: 'mouseMoved' });
    return (await session.evaluate(`(${element})?.matches(':hover')`)) ? point : null;
  });
  const press = { ...point, button: 'left', clickCount: 1 };
  await session.send('Input.dispatchMouseEvent', { ...press, type: 'mousePressed' });
  // A popup that closes with the click does not answer any more: whoever clicks waits for what comes of it.
  session.send('Input.dispatchMouseEvent', { ...press, type: 'mouseReleased' }).catch(() => undefined);
}

/** What can be seen of a page of ours, as a person would read it. */
const seen = (session: Session): Promise<string> =>
  session.evaluate(
    `all('h2, h3, p, li, summary, [role=gridcell]').filter((element) => element.checkVisibility()).map((element) => element.innerText).join('\\n')`,
  );

const untilSeen = (session: Session, pattern: RegExp) =>
  until(async () => pattern.test(await seen(session))).catch(async () => expect(await seen(session)).toMatch(pattern));

const tab = (title: string) => `all('[role=tab]').find(({ textContent }) => textContent.trim() === ${JSON.stringify(title)})`;
const row = (said: string) => `all('.body [role=row]').find(({ textContent }) => textContent.includes(${JSON.stringify(said)}))`;

describe.skipIf(inWindow?.isMissing ?? true)('in a window', () => {
  let lab: Lab;
  let status = 200;
  /** What the page at /policy says in its header. */
  const header = 'shared-storage=()';
  beforeAll(async () => {
    lab = await Lab.open({ inWindow: true, args: ['--host-resolver-rules=MAP *.insecure.test 127.0.0.1'] });
    lab.serve('/module.js', MODULE);
    lab.serve('/policy', (_request, response) =>
      response.writeHead(200, { 'Content-Type': 'text/html', 'Permissions-Policy': header }).end('<p>A page'),
    );
    for (let index = 0; index < 8; index++) lab.serve(`/${index}.html`, `<p>${index}`);
    receiveReports(lab, () => status);
  });
  afterAll(() => lab?.close());
  afterEach(() => lab.configure({}));

  /** The popup of the toolbar, about the page in front. */
  async function openPopup(page: Session): Promise<Session> {
    await page.send('Page.bringToFront');
    const isPopup = ({ url }: { url?: string }) => String(url).includes('/src/popup/popup.html');
    expect([...lab.browser.targets.values()].some(isPopup)).toBe(false);
    await until(() => lab.inExtension(`chrome.action.openPopup().then(() => true, () => false)`));
    const popup = await lab.browser.attach(isPopup);
    await popup.evaluate(FIND);
    return popup;
  }

  /** One click on a question in the popup; resolves to the panel that answers it. */
  async function askInPopup(popup: Session, question: string): Promise<Session> {
    const before = new Set(lab.browser.targets.keys());
    // The links are below the answer.
    await until(() => popup.evaluate(`first('lab-right-now')?.shadowRoot.textContent.includes('Asking') === false`));
    await clickWithMouse(popup, `all('a').find(({ textContent }) => textContent.trim() === ${JSON.stringify(question)})`);
    const panel = await lab.browser.attach(({ targetId, url }) => !before.has(targetId) && String(url).includes('/panel.html?tab='));
    await panel.evaluate(FIND);
    return panel;
  }

  /** The panel as it opens in the developer tools: with its first view. */
  async function openFirstView(url: string): Promise<Session> {
    const panel = await openPanel(lab, url, 'storage');
    await panel.send('Page.bringToFront');
    return panel;
  }

  const disabled: readonly {
    readonly because: string;
    readonly path?: string;
    readonly host?: string;
    readonly settings?: (origin: string) => Record<string, unknown>;
    readonly why: RegExp;
    readonly line: RegExp;
  }[] = [
    { because: 'insecure', host: 'page.insecure.test', why: /context is not secure/, line: /^https:\/\/page\.insecure\.test/ },
    {
      because: 'policy',
      path: '/policy',
      why: /permissions policy denies it: by its response header/,
      line: /^Permissions-Policy: shared-storage=\(self\)$/,
    },
    {
      because: 'enrollment',
      settings: () => ({ enrollment: ['https://somebody.else'] }),
      why: /The extension’s settings refuse it: .*enroll/,
      line: /^"enrollment": \["https:\/\/somebody\.else","http:\/\/enrollment\.localhost"\]$/,
    },
    { because: 'off', settings: () => ({ enabled: false }), why: /The extension’s settings refuse it: /, line: /^"enabled": true$/ },
    {
      because: 'simulated',
      settings: (origin) => ({ simulations: { [origin]: { userDisabled: true } } }),
      why: /The extension’s settings refuse it: .*simulat/i,
      line: /^"simulations": /,
    },
  ];

  test.each(disabled)('why is it disabled: $because', async ({ because, path = '/blank.html', host, settings, why, line }) => {
    const url = `${host === undefined ? lab.origin(because) : `http://${host}:${lab.port}`}${path}`;
    if (settings) await lab.configure(settings(lab.origin(because)));
    const page = await lab.browser.openPage(url);
    const popup = await openPopup(page);
    await untilSeen(popup, why);
    const answer = await askInPopup(popup, 'Why is it refused?');
    await untilSeen(answer, why);
    await until(async () => line.test(await answer.evaluate(`first('.card code')?.textContent ?? ''`)));
    await answer.close();
    const panel = await openFirstView(url);
    await clickWithMouse(panel, tab('Why not?'));
    await untilSeen(panel, why);
    await panel.close();
    await page.close();
  });

  const select = (page: Page, count: number, data: object) => {
    const urls = JSON.stringify(Array.from({ length: count }, (_, index) => ({ url: `/${index}.html` })));
    return page.evaluate(
      `sharedStorage.selectURL('choose', ${urls}, { keepAlive: true, data: ${JSON.stringify(data)} }).then((urn) => {
        document.body.append(Object.assign(document.createElement('iframe'), { src: urn }));
      })`,
    );
  };

  test('why is it always the first URL, and which URL won', async () => {
    const page = await lab.page('selects');
    await page.evaluate(`sharedStorage.worklet.addModule('/module.js')`);
    await select(page, 4, { returns: 2 });
    await select(page, 2, { returns: 5 });
    await select(page, 2, { throws: true });
    await select(page, 8, { returns: 6 });
    await lab.configure({ selectUrl: { forceIndex: { [lab.origin('selects')]: { choose: 0 } } } });
    await select(page, 2, { returns: 1 });
    const answers = [
      ['0 of 2', 'forced by the setting selectUrl.forceIndex'],
      ['0 of 8', 'no budget left, so it is the first URL: that of the site on this page'],
      ['0 of 2', 'failed operation, so it is the first URL: Error: no such topic'],
      ['0 of 2', 'index out of range, so it is the first URL'],
      ['2 of 4', 'returned by the operation'],
    ] as const;
    const popup = await openPopup(page);
    const answer = await askInPopup(popup, 'Which URL won, and why?');
    await until(async () => (await rowsOf(answer)).length === answers.length);
    await answer.close();
    const panel = await openFirstView(`${lab.origin('selects')}/blank.html`);
    await clickWithMouse(panel, tab('Select URL'));
    for (const [index, why] of answers) {
      // The second click, where the table has no room for all of the reason.
      await until(async () => (await rowsOf(panel)).some((cells) => cells.includes(index) && cells.includes(why)));
      await clickWithMouse(panel, row(why));
      const [won, count] = index.split(' of ').map(Number);
      await untilSeen(panel, new RegExp(`/${won}\\.html \\(won\\)`));
      await untilSeen(panel, new RegExp(`^${why.replaceAll('.', '\\.')}$`, 'm'));
      expect(await panel.evaluate(`first('lab-selection').shadowRoot.querySelectorAll('ol li').length`)).toBe(count);
      await until(() => panel.evaluate(`/iframe \\d+/.test(first('lab-selection').shadowRoot.querySelector('dl:last-of-type').innerText)`));
    }
    await Promise.all([page.close(), panel.close()]);
  });

  test('where is the report: sent, pending, failed, waiting, or never made', async () => {
    const page = await lab.page('reporter');
    await page.evaluate(`sharedStorage.worklet.addModule('/module.js')`);
    const run = (name: string, data: object = {}) =>
      page.evaluate(`sharedStorage.run('${name}', { keepAlive: true, data: ${JSON.stringify(data)} }).then(() => undefined)`);
    const settled = async (count: number) => {
      const isSettled = `({ attempts, state }) => attempts === 1 && state !== 'sending'`;
      const read = `sharedStorageLab.request('reports.read', { limit: 100 }).then(({ reports }) => reports.filter(${isSettled}).length)`;
      return (await lab.inExtension<number>(read)) === count;
    };
    status = 200;
    await run('contribute', { value: 2 });
    await until(() => settled(2));
    status = 503;
    await run('contribute', { value: 3 });
    await until(() => settled(4));
    await lab.configure({ privateAggregation: { delay: 'manual' } });
    await run('contribute', { value: 4 });
    await run('contribute', { value: 65_536 });
    await run('forgetful');
    await run('hasty');
    const statuses = [/^sent /, /^pending: .*status 503; is sent again /, /^not sent: .*status 503$/, /^waits for you to send it$/];
    const hasAll = async (panel: Session) => {
      const cells = (await rowsOf(panel)).flat();
      return statuses.every((said) => cells.some((cell) => said.test(cell)));
    };
    const popup = await openPopup(page);
    const answer = await askInPopup(popup, 'Where is my report?');
    await until(() => hasAll(answer));
    await clickWithMouse(answer, `first('lab-missing-reports').shadowRoot.querySelector('summary')`);
    const reasons = [
      /contribute .*There is no report: the contribution budget of the reporting site is exhausted\./,
      /forgetful It contributed nothing\./,
      /hasty It failed before it contributed anything: Error: too early/,
    ];
    for (const reason of reasons) await untilSeen(answer, reason);
    await untilSeen(answer, /^3 operations made no report$/m);
    await answer.close();
    const panel = await openFirstView(`${lab.origin('reporter')}/blank.html`);
    await clickWithMouse(panel, tab('Reports'));
    await until(() => hasAll(panel));
    await clickWithMouse(panel, row('status 503'));
    await untilSeen(panel, /answered with status 503/);
    await Promise.all([page.close(), panel.close()]);
  });
});
