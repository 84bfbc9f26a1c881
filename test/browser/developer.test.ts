/** What a developer sees: the toolbar badge, and what worklets log. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open();
});
afterAll(() => lab.close());

async function badgeOf(title: string): Promise<string> {
  const worker = await lab.browser.serviceWorker();
  const text = await worker.evaluate(
    `chrome.tabs.query({ url: '*://${title}.localhost/*' }).then(([tab]) => chrome.action.getBadgeText({ tabId: tab.id }))`,
  );
  await worker.detach();
  return text as string;
}

test('the badge shows which page used the API, also in a frame, until it navigates', async () => {
  const page = await lab.page('badge');
  expect(await badgeOf('badge')).toBe('');
  await page.evaluate(`(async () => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    await frame.contentWindow.sharedStorage.set('k', 'v');
  })()`);
  await until(async () => (await badgeOf('badge')) === 'API');
  await page.navigate(`${lab.origin('badge')}/blank.html?again`);
  expect(await badgeOf('badge')).toBe('');
});

test('what a worklet logs appears in its page, with level, operation and values', async () => {
  lab.serve(
    '/logging.js',
    `console.info('loading');
    register('log everything', class {
      async run(data) {
        console.log('text', 1, undefined, null, true, 5n);
        console.warn(data.map.get('key'));
        console.error(() => {}, Symbol('s'));
        throw new RangeError('from the operation');
      }
    });`,
  );
  const page = await lab.page('logging');
  await page.evaluate(`sharedStorage.worklet.addModule('/logging.js')`);
  await page.evaluate(`sharedStorage.run('log everything', { data: { map: new Map([['key', 'cloned']]) }, keepAlive: true })`);
  await until(() => page.console.length >= 5);
  const prefix = '[shared storage worklet: log everything]';
  expect(page.console[0]).toEqual({ level: 'info', args: ['[shared storage worklet: addModule]', 'loading'] });
  expect(page.console[1]).toEqual({ level: 'log', args: [prefix, 'text', 1, undefined, null, true, '5n'] });
  expect(page.console[2]).toEqual({ level: 'warning', args: [prefix, 'cloned'] });
  expect(page.console[3]?.args).toEqual([prefix, '() => {}', 'Symbol(s)']);
  // What becomes of an operation is said by the browser itself, natively as well.
  expect(page.console[4]?.level).toBe('error');
  expect(page.console[4]?.args).toEqual([
    expect.stringMatching(/^RangeError: from the operation\n {4}at Object\.run \(.*\/logging\.js:\d+:\d+\)$/),
  ]);
});

test('a module error is the message of the rejection, with the lines of the module', async () => {
  lab.serve('/throws.js', `\n  throw new RangeError('boom');`);
  lab.serve('/syntax.js', `let a = ;`);
  const page = await lab.page('errors');
  const reject = (url: string) =>
    page.evaluate(`document.createElement('iframe') && (async () => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    return frame.contentWindow.sharedStorage.worklet.addModule('${url}').catch(({ name, message }) => name + ': ' + message);
  })()`);
  const at = lab.origin('errors');
  expect(await reject('/throws.js')).toBe(`OperationError: RangeError: boom\n    at ${at}/throws.js:2:9`);
  expect(await reject('/syntax.js')).toBe(`OperationError: SyntaxError: Unexpected token ';'`);
  expect(await reject('/missing.js')).toBe(`OperationError: Failed to load ${at}/missing.js HTTP status = 404 Not Found.`);
  expect(await reject('/blank.html')).toBe(`OperationError: Rejecting load of ${at}/blank.html due to unexpected MIME type.`);
  lab.serve('/redirect.js', (_request, response) => response.writeHead(302, { Location: '/read-all.js' }).end());
  expect(await reject('/redirect.js')).toBe(`OperationError: Unexpected redirect on ${at}/redirect.js.`);
});

test('a script runs as a classic script, as Chromium ran it, or as a module where it only parses as one', async () => {
  lab.serve('/classic.js', `undeclared = 'sloppy'; console.log('classic', undeclared, this === globalThis);`);
  lab.serve('/module.js', `await null; console.log('module', typeof import.meta, this);`);
  const page = await lab.page('scripts');
  await page.evaluate(`sharedStorage.worklet.addModule('/classic.js')`);
  await until(() => page.console.find(({ args }) => args[1] === 'classic' && args[2] === 'sloppy' && args[3] === true));
  await page.navigate(`${lab.origin('scripts')}/blank.html`);
  await page.evaluate(`sharedStorage.worklet.addModule('/module.js')`);
  await until(() => page.console.find(({ args }) => args[1] === 'module' && args[2] === 'object' && args[3] === undefined));
});
