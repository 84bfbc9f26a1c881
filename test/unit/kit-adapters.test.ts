/** The kit's adapters beside doubles of their libraries: what a browser is launched with, where its developer tools are found, and what is said where there are none. */

import type { Browser, LaunchOptions } from 'puppeteer-core';
import type { WebDriver } from 'selenium-webdriver';
import { Options } from 'selenium-webdriver/chrome.js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { extensionPath } from '../../src/kit/extension-path';
import * as playwright from '../../src/kit/playwright';
import { applyStorageState, checkBrowserName } from '../../src/kit/playwright-options';
import * as puppeteer from '../../src/kit/puppeteer';
import { START_TIME } from '../../src/kit/service-worker-realm';
import { openWebSocket } from '../../src/kit/web-socket';
import { addSharedStorageLab, attachSharedStorageLab } from '../../src/kit/webdriver';

const WORKER = { targetId: 'w', type: 'service_worker', url: `chrome-extension://${'a'.repeat(32)}/service-worker-loader.js` };

const close: (() => void)[] = [];
afterEach(() => close.splice(0).forEach((one) => void one()));

/** The developer tools of a browser, as a grid or a driver has them. */
async function serveTools(targets: object[] = [WORKER], onAsked: () => void = () => undefined) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  close.push(() => server.close());
  const answers: Record<string, object> = {
    'Target.getTargets': { targetInfos: targets },
    'Target.attachToTarget': { sessionId: 's' },
    'Runtime.evaluate': { result: { value: '{"result":[["k","v"]]}' } },
  };
  let left = 0;
  server.on('connection', (socket) => {
    socket.on('close', () => left++);
    socket.on('message', (data) => {
      const { id, method } = JSON.parse(String(data));
      onAsked();
      if (method === 'Browser.close') socket.terminate();
      else
        socket.send(
          JSON.stringify(
            method in answers || method.startsWith('Target.')
              ? { id, result: answers[method] ?? {} }
              : { id, error: { message: 'no such command' } },
          ),
        );
    });
  });
  const { port } = server.address() as { port: number };
  return { url: `ws://127.0.0.1:${port}/session/1/se/cdp`, left: () => left };
}

/** A driver with these capabilities. */
const driverWith = (capabilities: Record<string, unknown>) =>
  ({ getCapabilities: async () => new Map(Object.entries(capabilities)) }) as unknown as WebDriver;

describe('selenium-webdriver', () => {
  test('on a Selenium Grid the developer tools are where the grid says', async () => {
    const { url, left } = await serveTools();
    const lab = await attachSharedStorageLab(driverWith({ 'se:cdp': url, 'goog:chromeOptions': { debuggerAddress: '192.0.2.1:1' } }));
    expect(await lab.entries('https://shop.example')).toEqual([{ key: 'k', value: 'v' }]);
    lab.close();
    await expect.poll(left).toBe(1);
  });

  test('where the extension is not, the connection is closed, and what is there instead is said', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    close.push(() => vi.useRealTimers());
    const later = () => vi.setSystemTime(Date.now() + START_TIME + 1);
    const { url, left } = await serveTools([{ ...WORKER, url: 'https://other.example/worker.js' }], later);
    await expect(attachSharedStorageLab(driverWith({ 'se:cdp': url }))).rejects.toThrow(
      /has not started within 15000 ms\. Instead there are the service workers https:\/\/other\.example\/worker\.js/,
    );
    await expect.poll(left).toBe(1);
  });

  test('a driver of another browser is refused', async () => {
    await expect(attachSharedStorageLab(driverWith({ browserName: 'firefox' }))).rejects.toThrow('is it Chromium?');
  });

  test('the extension travels with the options, to another machine too', () => {
    const added: string[] = [];
    const options = Object.assign(new Options(), { addExtensions: (file: string) => added.push(file) });
    expect(addSharedStorageLab(options)).toBe(options);
    expect(added).toEqual([expect.stringMatching(/extension\.zip$/)]);
  });
});

describe('the WebSocket', () => {
  test('that ends ends what is asked for, and refuses what is asked for later; the protocol’s errors are its own', async () => {
    const connection = await openWebSocket((await serveTools()).url);
    await expect(connection.send('Nothing.atAll')).rejects.toThrow('no such command');
    await expect(connection.send('Browser.close')).rejects.toThrow('has ended');
    await expect(connection.send('Target.getTargets')).rejects.toThrow('has ended');
  });

  test('that nobody answers is an error', async () => {
    await expect(openWebSocket('ws://127.0.0.1:9/')).rejects.toThrow();
  });
});

describe('Puppeteer', () => {
  test('loads the extension over the protocol, which branded Chrome and Edge let it, beside those that are asked for', () => {
    expect(
      puppeteer.withSharedStorageLab({ channel: 'chrome', args: ['--lang=de'], enableExtensions: ['/other'] } as LaunchOptions),
    ).toEqual({
      channel: 'chrome',
      args: ['--lang=de'],
      pipe: true,
      enableExtensions: ['/other', extensionPath],
    });
    expect(puppeteer.withSharedStorageLab({ enableExtensions: true }).enableExtensions).toEqual([extensionPath]);
  });

  test('a browser that has gone is not waited for', async () => {
    await expect(puppeteer.attachSharedStorageLab({ connected: false } as Browser)).rejects.toThrow('has ended');
  });

  test('a browser without the extension: what is there instead is said', async () => {
    const worker = { type: () => 'service_worker', url: () => 'https://other.example/worker.js' };
    const browser = {
      connected: true,
      waitForTarget: () => Promise.reject(Object.assign(new Error('Timed out'), { name: 'TimeoutError' })),
      targets: () => [worker, { type: () => 'page', url: () => 'about:blank' }],
    } as unknown as Browser;
    await expect(puppeteer.attachSharedStorageLab(browser)).rejects.toThrow(
      'Instead there are the service workers https://other.example/worker.js',
    );
  });
});

describe('Playwright', () => {
  test('a browser that is named is taken, and otherwise its whole Chromium', () => {
    expect(playwright.withSharedStorageLab()).toEqual({
      channel: 'chromium',
      args: [`--load-extension=${extensionPath}`, `--disable-extensions-except=${extensionPath}`],
      ignoreDefaultArgs: ['--disable-extensions'],
    });
    expect(playwright.withSharedStorageLab({ executablePath: '/b' })).not.toHaveProperty('channel');
    expect(playwright.withSharedStorageLab({ ignoreDefaultArgs: true }).ignoreDefaultArgs).toBe(true);
  });

  test('another browser than Chromium is refused, and not replaced', () => {
    expect(() => checkBrowserName('chromium')).not.toThrow();
    expect(() => checkBrowserName('firefox')).toThrow('browserName is firefox, and the extension works in Chromium only');
  });

  test('the state that is asked for is set once the browser is there, or it is said that it cannot be', async () => {
    const setStorageState = vi.fn(async () => undefined);
    await applyStorageState({ setStorageState }, undefined);
    expect(setStorageState).not.toHaveBeenCalled();
    await applyStorageState({ setStorageState }, 'state.json');
    expect(setStorageState).toHaveBeenCalledExactlyOnceWith('state.json');
    await expect(applyStorageState({}, 'state.json')).rejects.toThrow('cannot set the option storageState');
    await applyStorageState({}, undefined);
  });

  test('other extensions are loaded as well', () => {
    const { args } = playwright.withSharedStorageLab({
      args: ['--load-extension=/a,/b', '--lang=de', '--disable-extensions-except=/a,/b'],
    });
    expect(args).toEqual([`--load-extension=${extensionPath},/a,/b`, `--disable-extensions-except=${extensionPath},/a,/b`, '--lang=de']);
  });
});
