/** The view *Header writes*: what responses to real requests wrote, and a header that is tried. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, until } from './lab';
import { openPanel, press, rowsOf } from './panel';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
  lab.serve('/writes', (_request, response, url) =>
    response
      .writeHead(200, {
        'Content-Type': 'text/html',
        'Access-Control-Allow-Origin': '*',
        'Shared-Storage-Write': url.searchParams.get('write') ?? '',
      })
      .end('<p>'),
  );
});
afterAll(() => lab.close());

const write = (page: Session, header: string) =>
  page.evaluate(
    `fetch('/writes?write=' + encodeURIComponent(${JSON.stringify(header)}), { sharedStorageWritable: true }).then(() => undefined)`,
  );

/** The items that are shown, with what is said of each. */
const itemsOf = (panel: Session, inside: string): Promise<[item: string, fate: string, isSkipped: boolean][]> =>
  panel.evaluate(`all('.items li', first('${inside}').shadowRoot ?? first('${inside}')).map((item) => {
    const [code, ...rest] = [item.querySelector('code'), ...item.childNodes];
    const fate = rest.filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ textContent }) => textContent.trim()).join('');
    return [code.textContent, fate, item.classList.contains('skipped')];
  })`);

async function open(site: string): Promise<{ page: Session; panel: Session }> {
  const page = await lab.page(site);
  return { page, panel: await openPanel(lab, `${lab.origin(site)}/blank.html`, 'header-writes') };
}

test('each response is there as it comes, with every item of its header, applied or skipped, and its request', async () => {
  const { page, panel } = await open('responses');
  await write(page, 'set;key=a;value=b, nonsense, delete');
  await until(async () => (await rowsOf(panel)).length === 1);
  expect((await rowsOf(panel))[0]?.at(-1)).toBe('1 of 3 items applied');
  await panel.evaluate(`first('.body [role=row]').focus()`);
  await press(panel, 'Enter');
  await until(() => panel.evaluate(`Boolean(first('.details'))`));
  expect(await itemsOf(panel, '.details')).toEqual([
    ['set;key=a;value=b', 'applied', false],
    ['nonsense', 'skipped: bad item: unknown name', true],
    ['delete', 'skipped: bad item: no key, or none that is a string', true],
  ]);
  const details: string = await panel.evaluate(`first('.details').innerText`);
  for (const said of ['200', 'GET', 'xmlhttprequest', `${lab.origin('responses')}/blank.html`, lab.origin('responses')])
    expect(details).toContain(said);
  await write(page, 'set;key="a');
  await until(async () => (await rowsOf(panel)).length === 2);
  expect((await rowsOf(panel))[0]?.at(-1)).toContain('bad header: no structured-field list');
  await Promise.all([page.close(), panel.close()]);
});

test('a header is tried as one types: what it would do is what it then does, and trying it does nothing', async () => {
  const { page, panel } = await open('tried');
  await page.evaluate(`sharedStorage.set('a', 'old').then(() => undefined)`);
  await panel.evaluate(`first('details').open = true`);
  const header = 'append;key=a;value="!", set;key=new;value=x, oops';
  const type = (text: string) =>
    panel.evaluate(`(() => {
      const field = first('textarea');
      field.value = ${JSON.stringify(text)};
      field.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    })()`);
  const said = (): Promise<string> => panel.evaluate(`first('.outcome').innerText`);
  await type(header);
  await until(async () => (await said()).includes('a: "old" becomes "old!"'));
  expect(await said()).toContain('new: no entry becomes "x"');
  expect(await itemsOf(panel, 'lab-try-header')).toEqual([
    ['append;key=a;value="!"', 'would be applied', false],
    ['set;key=new;value=x', 'would be applied', false],
    ['oops', 'skipped: bad item: unknown name', true],
  ]);
  expect(await lab.stored('tried')).toEqual({ a: 'old' });
  await type('set;key=a;value="');
  await until(async () => /Nothing would be written: bad header/.test(await said()));
  await write(page, header);
  await until(async () => (await lab.stored('tried')).a === 'old!');
  expect(await lab.stored('tried')).toEqual({ a: 'old!', new: 'x' });
  await lab.configure({ blockedSites: ['tried.localhost'] });
  await type(header);
  await until(async () => (await said()).includes('settings.blockedSites'));
  await lab.configure({});
  await Promise.all([page.close(), panel.close()]);
});
