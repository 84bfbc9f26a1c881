/** The view *Why not?*: what it says of real pages is what these are refused, and with the line that it proposes they are not. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, until } from './lab';
import { openPanel, press } from './panel';

let lab: Lab;
/** What the page at /policy says in its header. */
let header = '';
beforeAll(async () => {
  lab = await Lab.open({ args: ['--host-resolver-rules=MAP *.insecure.test 127.0.0.1'] });
  lab.serve('/policy', (_request, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html', 'Permissions-Policy': header }).end('<p>A page'),
  );
  lab.serve('/sandboxed', (_request, response) =>
    response
      .writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': "img-src 'self'; sandbox allow-scripts" })
      .end('<p>In a sandbox'),
  );
});
afterAll(() => lab.close());

interface Card {
  readonly what: string;
  readonly why: string;
  readonly line: string | undefined;
  readonly frames: string[];
}

const cardsOf = (panel: Session): Promise<Card[]> =>
  panel.evaluate(`all('.card').map((card) => ({
    what: card.querySelector('h3').textContent,
    why: card.querySelector('h3 + p').textContent.trim(),
    line: card.querySelector('code')?.textContent,
    frames: [...card.querySelectorAll('li')].map(({ textContent }) => textContent.trim()),
  }))`);

const summaryOf = (panel: Session): Promise<string> => panel.evaluate(`first('h2[aria-live]')?.textContent.trim() ?? ''`);
const NOTHING = 'Nothing would be refused to this page right now.';

/** Presses *Check again* by keyboard, until the answer is such. */
async function checkAgain(panel: Session, isExpected: (cards: Card[]) => boolean): Promise<Card[]> {
  return until(async () => {
    await panel.evaluate(`all('.bar button')[0].focus()`);
    await press(panel, 'Enter');
    const cards = await cardsOf(panel);
    return isExpected(cards) && cards;
  });
}

const frame = (attributes: Record<string, string>) =>
  `new Promise((resolve) => {
    const frame = document.createElement('iframe');
    for (const [name, value] of Object.entries(${JSON.stringify(attributes)})) frame.setAttribute(name, value);
    frame.onload = () => resolve();
    document.body.append(frame);
  })`;

const outcome = (page: Session, expression: string) =>
  page.evaluate(`${expression}.then(() => 'done', (error) => error.name + ': ' + error.message)`);

test('a page that nobody restricts is refused nothing', async () => {
  const page = await lab.page('open');
  const panel = await openPanel(lab, `${lab.origin('open')}/blank.html`, 'why-not');
  await until(async () => (await summaryOf(panel)) === NOTHING);
  expect(await cardsOf(panel)).toEqual([]);
  await Promise.all([page.close(), panel.close()]);
});

test('policies: whose it is, of which frame, and the line that changes it', async () => {
  header = 'shared-storage=(self), private-aggregation=()';
  const page = await lab.page('policy', '/policy');
  const inner = `${lab.origin('other')}/blank.html`;
  await page.evaluate(frame({ src: inner }));
  await page.evaluate(frame({ src: `${lab.origin('policy')}/blank.html`, allow: "camera 'none'; shared-storage-select-url 'none'" }));
  await page.evaluate(frame({ src: 'data:text/html,<p>' }));
  await page.evaluate(frame({ src: '/blank.html', sandbox: 'allow-scripts allow-forms' }));
  await page.evaluate(frame({ src: '/sandboxed' }));
  const panel = await openPanel(lab, `${lab.origin('policy')}/policy`, 'why-not');
  const cards = await until(async () => {
    const found = await cardsOf(panel);
    return found.length > 0 && found;
  });
  const url = `${lab.origin('policy')}/policy`;
  const about = (what: string, line: string) => cards.find((card) => card.what === what && card.line === line);
  expect(about('Private Aggregation', 'Permissions-Policy: private-aggregation=(self)')).toMatchObject({
    why: expect.stringContaining(`by its response header, ${url} `),
    frames: expect.arrayContaining([`top: ${url} (${lab.origin('policy')})`]),
  });
  const ofOther = about('Shared storage', `Permissions-Policy: shared-storage=(self "${lab.origin('other')}")`);
  expect(ofOther?.frames).toEqual([expect.stringContaining(`: ${inner} (${lab.origin('other')})`)]);
  const ofElement = about('selectURL()', `allow="camera 'none'; shared-storage-select-url ${lab.origin('policy')}"`);
  expect(ofElement?.why).toContain(`by the allow attribute of its <iframe>, ${url} `);
  const opaque = about('Everything', 'sandbox="allow-scripts allow-forms allow-same-origin"');
  expect(opaque?.frames).toEqual([expect.stringContaining('/blank.html (opaque origin)')]);
  const byHeader = about('Everything', "Content-Security-Policy: img-src 'self'; sandbox allow-scripts allow-same-origin");
  expect(byHeader?.frames).toEqual([expect.stringContaining('/sandboxed (opaque origin)')]);
  const insecure = cards.find(({ why }) => why.includes('not secure'));
  expect(insecure).toMatchObject({
    what: 'Everything',
    line: 'https:',
    frames: [expect.stringContaining('data:text/html,<p> (opaque origin)')],
  });
  // What the view says is what happens.
  expect(await outcome(page, `sharedStorage.set('a', 'b')`)).toBe('done');
  // With the lines written, the page is loaded anew.
  header = `shared-storage=(self "${lab.origin('other')}"), private-aggregation=*`;
  await page.send('Page.reload');
  await until(async () => (await summaryOf(panel)) === NOTHING);
  await Promise.all([page.close(), panel.close()]);
});

test('settings: all that refuse, each with its line', async () => {
  const origin = lab.origin('blocked');
  const page = await lab.page('blocked');
  await lab.configure({ enabled: false, blockedSites: ['http://blocked.localhost', 'other.example'] });
  const panel = await openPanel(lab, `${origin}/blank.html`, 'why-not');
  const cards = await until(async () => {
    const found = await cardsOf(panel);
    return found.length === 2 && found;
  });
  expect(cards.map(({ what, line }) => [what, line])).toEqual([
    ['Everything', '"enabled": true'],
    ['Everything', '"blockedSites": ["other.example"]'],
  ]);
  expect(await outcome(page, `sharedStorage.set('a', 'b')`)).toBe('OperationError: sharedStorage is disabled');
  await lab.configure({ blockedSites: ['http://blocked.localhost', 'other.example'] });
  await checkAgain(panel, (found) => found.length === 1);
  await lab.configure({ blockedSites: ['other.example'] });
  await checkAgain(panel, (found) => found.length === 0);
  expect(await outcome(page, `sharedStorage.set('a', 'b')`)).toBe('done');
  await lab.configure({});
  await Promise.all([page.close(), panel.close()]);
});

test('budgets: used up by calls of the page, as they are used up', async () => {
  const page = await lab.page('spender');
  await page.evaluate(`sharedStorage.worklet.addModule('/select-url.js')`);
  const panel = await openPanel(lab, `${lab.origin('spender')}/blank.html`, 'why-not');
  await until(async () => (await summaryOf(panel)) === NOTHING);
  const urls = JSON.stringify(Array.from({ length: 8 }, (_, index) => ({ url: `/${index}.html` })));
  for (let call = 0; call < 2; call++)
    await page.evaluate(`sharedStorage.selectURL('select', ${urls}, { keepAlive: true, data: { returns: 1 } }).then(() => undefined)`);
  const [card] = await until(async () => {
    const found = await cardsOf(panel);
    return found.length > 0 && found;
  });
  expect(card).toMatchObject({
    what: 'selectURL()',
    why: expect.stringMatching(/^The site has 0 bits left on this page, and a choice among 8 URLs takes 3/),
  });
  await lab.configure(JSON.parse(`{${card?.line}}`));
  await checkAgain(panel, (found) => found.length === 0);
  await lab.configure({});
  await Promise.all([page.close(), panel.close()]);
});

test('an insecure page has no API: the view says whose address it is', async () => {
  const url = `http://page.insecure.test:${lab.port}/blank.html`;
  const page = await lab.browser.openPage(url);
  await page.evaluate(frame({ src: `${lab.origin('inside')}/blank.html` }));
  const panel = await openPanel(lab, url, 'why-not');
  const [card] = await until(async () => {
    const found = await cardsOf(panel);
    return found.length > 0 && found;
  });
  expect(card).toMatchObject({ what: 'Everything', why: expect.stringContaining(`What makes it insecure is ${url}.`) });
  expect(card?.line).toBe(url.replace('http:', 'https:'));
  expect(card?.frames).toHaveLength(2);
  expect(await page.evaluate(`'sharedStorage' in window`)).toBe(false);
  await Promise.all([page.close(), panel.close()]);
});
