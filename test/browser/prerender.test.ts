/** A prerendered document: what it asks for waits until somebody comes to see it. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

/** What the pages said, with whether the one that said so was prerendering then. */
const said: string[] = [];

const RULES = '<script type="speculationrules">{"prerender": [{"source": "list", "urls": ["/prerendered"]}]}</script>';
const SAY = `const say = (what) => navigator.sendBeacon('/say?' + encodeURIComponent(what + (document.prerendering ? ' unseen' : ' seen')));`;

function serve(): void {
  lab.serve('/say', (_request, response, { search }) => {
    said.push(decodeURIComponent(search.slice(1)));
    response.end();
  });
  lab.serve('/header', (request, response) => {
    said.push(`asked ${request.headers['sec-shared-storage-writable']}`);
    response.writeHead(200, { 'Shared-Storage-Write': 'append;key=k;value=header' }).end('');
  });
  lab.serve('/note.js', `register('note', class { async run() { await sharedStorage.append('k', '4'); } });`);
  // Both pages are told by their server when to go on: the debugger, once it is attached, would have nothing prerendered.
  lab.serve('/start', `<title>Start</title>${RULES}<script>fetch('/go').then(() => { location.href = '/prerendered'; });</script>`);
  lab.serve(
    '/prerendered',
    `<title>Prerendered</title><script>
      ${SAY}
      const done = (what) => () => say(what);
      document.addEventListener('prerenderingchange', () => sharedStorage.append('k', '3').then(done('third')), true);
      fetch('/header', { sharedStorageWritable: true }).then(done('header'));
      sharedStorage.append('k', '1').then(done('first'));
      sharedStorage.append('k', '2').then(done('second'));
      sharedStorage.worklet.addModule('/note.js').then(() => sharedStorage.run('note')).then(done('run'));
    </script>`,
  );
}

test('its writes, modules and operations wait for that, in their order, and its responses write nothing', async () => {
  let go = (): void => undefined;
  lab.serve('/go', (_request, response) => {
    go = () => response.end();
  });
  serve();
  const origin = lab.origin('prerendered');
  const { targetId } = (await lab.browser.devtools.send('Target.createTarget', { url: `${origin}/start` })) as { targetId: string };
  await until(() => said.includes('header unseen'));
  expect(said).toEqual([expect.stringContaining('asked'), 'header unseen']);
  expect(await lab.inExtension(`sharedStorageLab.request('origin.entries', { dataOrigin: '${origin}' })`)).toEqual([]);
  expect(lab.requests.filter((request) => request.endsWith('/note.js'))).toEqual([]);
  go();
  await until(() => said.includes('run seen'));
  expect(said.slice(2).sort()).toEqual(['first seen', 'run seen', 'second seen', 'third seen']);
  await until(async () => (await lab.stored('prerendered')).k === '1234');
  await lab.browser.devtools.send('Target.closeTarget', { targetId });
});
