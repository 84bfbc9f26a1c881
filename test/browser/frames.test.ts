/** The API is there before the first script of every kind of frame, and belongs to that frame's own origin. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

interface Report {
  readonly found: string;
  readonly secure: boolean;
  readonly origin: string;
  readonly write?: string;
}

let lab: Lab;
let reports: Record<string, Report>;

const FIRST = `const report = { kind, found: typeof sharedStorage, secure: isSecureContext, origin: self.origin };
  const target = self.opener ?? self.top;
  const send = (more) => target.postMessage({ ...report, ...more }, '*');
  self.sharedStorage ? sharedStorage.append('frames', kind + ';').then(() => send({ write: 'ok' }), (error) => send({ write: error.name })) : send({});`;

beforeAll(async () => {
  lab = await Lab.open({ args: ['--disable-popup-blocking'] });
  const SCRIPT = `const kind = new URLSearchParams(location.search).get('kind');${FIRST}`;
  lab.serve('/first-script.html', `<!doctype html><script>${SCRIPT}</script>`);
  lab.serve('/first-script.svg', `<svg xmlns="http://www.w3.org/2000/svg"><script><![CDATA[${SCRIPT}]]></script></svg>`);
  lab.serve('/first-script.xhtml', `<html xmlns="http://www.w3.org/1999/xhtml"><head><script><![CDATA[${SCRIPT}]]></script></head></html>`);
  lab.serve(
    '/blank-inside.html',
    `<iframe></iframe><script>
      const element = frames[0].document.createElement('script');
      element.textContent = 'const kind = ' + JSON.stringify(new URLSearchParams(location.search).get('kind')) + ';' + ${JSON.stringify(FIRST)};
      frames[0].document.body.append(element);
    </script>`,
  );
  const page = await lab.page('top', `/frame-kinds.html?cross-site=${encodeURIComponent(lab.origin('other'))}`);
  await page.evaluate('openAll()');
  const results = await until(async () => {
    const { expected, reports } = (await page.evaluate('results()')) as { expected: string[]; reports: Record<string, Report> };
    return expected.every((kind) => reports[kind]) && reports;
  });
  reports = results;
});
afterAll(() => lab.close());

const OPAQUE = ['sandboxed', 'sandboxed srcdoc'];
const SAME_ORIGIN = [
  'http, same origin',
  'srcdoc',
  'about:blank',
  'blob:',
  'sandboxed, allow-same-origin',
  'object',
  'embed',
  'svg',
  'xhtml',
  'javascript: result',
  'document.open()',
  'frame in a frame',
  'popup',
  'about:blank popup',
];

test.each(SAME_ORIGIN)('%s: there first, writing for the origin of the page', (kind) => {
  expect(reports[kind]).toMatchObject({ found: 'object', secure: true, origin: lab.origin('top'), write: 'ok' });
});

test.each(['http, cross site', 'about:blank, cross site parent'])('%s: there first, writing for its own origin', (kind) => {
  expect(reports[kind]).toMatchObject({ found: 'object', secure: true, origin: lab.origin('other'), write: 'ok' });
});

test.each(OPAQUE)('%s: there first, and refused, for its origin is opaque', (kind) => {
  expect(reports[kind]).toMatchObject({ found: 'object', secure: true, origin: 'null', write: 'InvalidAccessError' });
});

test('data: is no secure context here, so it has no API', () => {
  expect(reports['data:']).toMatchObject({ found: 'undefined', secure: false, origin: 'null' });
});

test('every write is stored once, under the origin of the frame that made it', async () => {
  const kinds = (list: string | undefined) => (list ?? '').split(';').filter(Boolean).sort();
  expect(kinds((await lab.stored('top')).frames)).toEqual([...SAME_ORIGIN].sort());
  expect(kinds((await lab.stored('other')).frames)).toEqual(['about:blank, cross site parent', 'http, cross site']);
});
