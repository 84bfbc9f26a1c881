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

const typeInto = (panel: Session, field: string, text: string) =>
  panel.evaluate(`(() => {
    const field = first('lab-try-header').shadowRoot.querySelector('${field}');
    field.value = ${JSON.stringify(text)};
    field.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  })()`);

/** What is said of the header that is tried. */
const triedIn = (panel: Session): Promise<string> => panel.evaluate(`first('.outcome').innerText`);

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
  const type = (text: string) => typeInto(panel, 'textarea', text);
  const said = () => triedIn(panel);
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

test('a header is tried for the frame that is there, for an origin that is one, and shown as far as one can read', async () => {
  const { page, panel } = await open('odd');
  await page.evaluate(`sharedStorage.set('a', 'own').then(() => undefined)`);
  await page.evaluate(`new Promise((onload) => document.body.append(Object.assign(document.createElement('iframe'),
    { src: '${lab.origin('framed')}/blank.html', onload }))).then(() => undefined)`);
  await panel.evaluate(`first('details').open = true`);
  const choices = `[...first('lab-try-header').shadowRoot.querySelectorAll('option')]`;
  await page.evaluate(`sharedStorage.set('b', 'own').then(() => undefined)`);
  await until(() => panel.evaluate(`${choices}.length === 2`));
  await panel.evaluate(`(() => {
    const select = first('lab-try-header').shadowRoot.querySelector('select');
    select.selectedIndex = 1;
    select.dispatchEvent(new Event('change'));
  })()`);
  await typeInto(panel, 'textarea', 'set;key=a;value=x');
  await until(async () => (await triedIn(panel)).includes('a: no entry becomes "x"'));
  // The frame goes: what is said is about the page then.
  await page.evaluate(`document.querySelector('iframe').remove(), sharedStorage.set('b', 'again').then(() => undefined)`);
  await until(async () => (await triedIn(panel)).includes('a: "own" becomes "x"'));
  // An address stands for its origin, and what is none is told.
  await typeInto(panel, 'input', `${lab.origin('odd')}/path`);
  await typeInto(panel, 'textarea', 'append;key=a;value=y');
  await until(async () => (await triedIn(panel)).includes('a: "own" becomes "owny"'));
  await typeInto(panel, 'input', 'odd');
  await until(() => panel.evaluate(`first('lab-try-header').shadowRoot.querySelector('#wrong').textContent.includes('no origin')`));
  await typeInto(panel, 'input', lab.origin('odd'));
  await typeInto(panel, 'textarea', Array.from({ length: 5000 }, (_, index) => `set;key="${index}";value=v`).join(', '));
  await until(async () => (await triedIn(panel)).includes('and 4,900 more entries'));
  expect(await panel.evaluate(`first('lab-try-header').shadowRoot.querySelectorAll('li').length`)).toBe(200);
  await Promise.all([page.close(), panel.close()]);
});
