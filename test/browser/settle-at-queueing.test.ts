/** What a settled promise of `set()`, `append()` and `run()` promises: no answer was waited for, and what was asked for is carried out all the same. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, until } from './lab';

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.open({ args: ['--disable-popup-blocking'] });
  lab.serve('/note.js', `register('note', class { async run() { await sharedStorage.append('noted', 'run '); } });`);
});
afterAll(() => lab.close());
afterEach(() => lab.configure({}));

/** Holds the service worker at a breakpoint, where it answers nobody, until the function that is returned is called. */
async function hold(): Promise<() => Promise<void>> {
  const worker = await lab.browser.serviceWorker();
  let isHeld = false;
  worker.on('Debugger.paused', () => {
    isHeld = true;
  });
  await worker.send('Debugger.enable');
  // Answered once it goes on.
  const evaluated = worker.send('Runtime.evaluate', { expression: 'debugger' });
  await until(() => isHeld);
  return async () => {
    await worker.send('Debugger.resume');
    await evaluated;
    await worker.detach();
  };
}

/** A document that the service worker has answered: it knows that nothing refuses it, and has its port. */
const ANSWERED = `(async () => { for (let i = 0; i < 3; i++) await sharedStorage.set('before', String(i)); })()`;

/** Makes a call while the service worker is held, which goes on after `judge`; `isSettled` of the page says whether the call's promise is. */
async function whileHeld(page: Session, call: string, judge: () => Promise<unknown>): Promise<void> {
  const goOn = await hold();
  try {
    await page.evaluate(`globalThis.isSettled = false; void ${call}.then(() => { globalThis.isSettled = true; })`);
    await judge();
  } finally {
    await goOn();
  }
}

const settles = (page: Session) => () => until(() => page.evaluate('isSettled'));

describe('a document that nothing refuses', () => {
  test('waits for no answer to its updates and operations', async () => {
    const page = await lab.page('queued');
    await page.evaluate(`sharedStorage.worklet.addModule('/note.js')`);
    await page.evaluate(`${ANSWERED}.then(() => sharedStorage.run('note', { keepAlive: true }))`);
    const call = `(async () => {
      await sharedStorage.set('k', 'v');
      await sharedStorage.append('k', 'w', { withLock: 'l' });
      await sharedStorage.run('note', { keepAlive: true });
    })()`;
    await whileHeld(page, call, settles(page));
    await until(async () => (await lab.stored('queued')).noted === 'run run ');
    expect(await lab.stored('queued')).toMatchObject({ k: 'vw' });
    await page.close();
  });

  test('waits for it where the setting is strict', async () => {
    await lab.configure({ durability: 'strict' });
    const page = await lab.page('strict');
    await page.evaluate(ANSWERED);
    await whileHeld(page, `sharedStorage.set('k', 'v')`, async () => {
      await page.evaluate('new Promise((resolve) => setTimeout(resolve, 500))');
      expect(await page.evaluate('isSettled')).toBe(false);
    });
    await until(() => page.evaluate('isSettled'));
    await page.close();
  });

  test('is refused once a setting says so', async () => {
    const page = await lab.page('blocked');
    await page.evaluate(ANSWERED);
    await lab.configure({ blockedSites: ['blocked.localhost'] });
    const name = () => page.evaluate(`sharedStorage.set('k', 'v').then(() => 'settled', ({ name }) => name)`);
    expect(await until(async () => (await name()) === 'OperationError')).toBe(true);
    await page.close();
  });

  test('in a frame that its parent allows it too', async () => {
    const page = await lab.page('parent');
    await page.evaluate(`new Promise((loaded) => {
      const frame = document.createElement('iframe');
      frame.allow = 'shared-storage';
      frame.src = '${lab.origin('allowed')}/blank.html?allowed';
      frame.onload = loaded;
      document.body.append(frame);
    })`);
    const frame = await lab.browser.attach(({ type, url }) => type === 'iframe' && url.endsWith('?allowed'));
    await frame.evaluate(ANSWERED);
    await whileHeld(frame, `sharedStorage.set('k', 'v')`, settles(frame));
    await page.close();
  });
});

/** In the task in which the promise has settled, the document goes. */
const LEAVING: [name: string, leave: string][] = [
  ['its frame is removed', `frame.remove()`],
  ['its frame is navigated', `frame.contentWindow.location.href = '/blank.html?next'`],
  ['its page is navigated', `location.href = '/blank.html?next'`],
  ['its page goes to another site', `location.href = ELSEWHERE`],
];

describe('what has settled is carried out when', () => {
  test.each(LEAVING.flatMap(([name, leave]) => ['relaxed', 'strict'].map((durability) => [name, durability, leave])))(
    '%s at once (%s)',
    async (name, durability, leave) => {
      await lab.configure({ durability });
      for (let round = 0; round < 5; round++) {
        const site = `${name}-${durability}-${round}`.replace(/[^a-z0-9]+/gi, '-').toLowerCase();
        const page = await lab.page(site);
        await page.evaluate(`(async () => {
          const frame = document.createElement('iframe');
          frame.src = '/blank.html?inner';
          await new Promise((loaded) => { frame.onload = loaded; document.body.append(frame); });
          globalThis.frame = frame;
          globalThis.ELSEWHERE = '${lab.origin('elsewhere')}/blank.html?next';
          const { sharedStorage } = frame.contentWindow;
          await sharedStorage.worklet.addModule('/note.js');
          for (let i = 0; i < 3; i++) await sharedStorage.set('before', String(i));
          await sharedStorage.run('note', { keepAlive: true });
        })()`);
        await page.evaluate(`void (async () => {
          const { sharedStorage } = frame.contentWindow;
          await sharedStorage.set('last', 'kept');
          await sharedStorage.run('note', { keepAlive: true });
          ${leave};
        })()`);
        await until(async () => {
          const { last, noted } = await lab.stored(site);
          return last === 'kept' && noted === 'run run ';
        });
        await page.close();
      }
    },
  );

  test('a popup closes itself at once', async () => {
    const page = await lab.page('popups');
    for (let round = 0; round < 5; round++) {
      await page.evaluate(`void (globalThis.popup = open('/blank.html?popup-${round}'))`);
      await until(() => page.evaluate(`popup.document.readyState === 'complete' && popup.location.search === '?popup-${round}'`));
      await page.evaluate(`popup.eval(${JSON.stringify(ANSWERED)})`);
      await page.evaluate(`void (async () => { await popup.sharedStorage.append('kept', '${round}'); popup.close(); })()`);
      await until(async () => (await lab.stored('popups')).kept?.endsWith(String(round)));
    }
    expect((await lab.stored('popups')).kept).toBe('01234');
    await page.close();
  });

  test.each(['relaxed', 'strict'])(
    'the service worker is stopped at once (%s): nothing is lost, nothing is done twice',
    async (durability) => {
      await lab.configure({ durability });
      const site = `stopped-${durability}`;
      const page = await lab.page(site);
      let expected = '';
      for (let round = 0; round < 10; round++) {
        await page.evaluate(ANSWERED);
        await page.evaluate(`(async () => { for (let i = 0; i < 20; i++) await sharedStorage.append('k', '${round}:' + i + ' '); })()`);
        await lab.stopServiceWorker();
        for (let i = 0; i < 20; i++) expected += `${round}:${i} `;
      }
      expect(await until(async () => (await lab.stored(site)).k === expected)).toBe(true);
      await page.close();
    },
  );
});
