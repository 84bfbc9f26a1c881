// Without any automation library: a browser, and a WebSocket to its developer tools.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { extensionPath } from 'shared-storage-lab';
import { attachSharedStorageLab, openWebSocket } from 'shared-storage-lab/cdp';
import { serveShop } from './site/server.mjs';

/** Resolves with the address that the browser prints when it listens. */
async function startBrowser(profile) {
  const browser = spawn(process.env.CHROME_PATH ?? 'chromium', [
    '--headless=new',
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    `--load-extension=${extensionPath}`,
    'about:blank',
  ]);
  const address = await new Promise((resolve, reject) => {
    let output = '';
    browser.stderr.on('data', (chunk) => {
      output += chunk;
      const [, found] = /listening on (ws:\S+)/.exec(output) ?? [];
      if (found) resolve(found);
    });
    browser.once('error', reject).once('exit', () => reject(new Error(output)));
  });
  return { browser, address };
}

test('a visitor who was here before is a returning one', async (context) => {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'shop-'));
  const { browser, address } = await startBrowser(profile);
  const connection = await openWebSocket(address);
  const shop = await serveShop();
  context.after(async () => {
    shop.close();
    await connection.send('Browser.close');
    await new Promise((resolve) => (browser.exitCode === null ? browser.once('exit', resolve) : resolve()));
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  });
  const sharedStorage = await attachSharedStorageLab(connection);

  await sharedStorage.setEntries(shop.origin, { visits: '|' });
  await connection.send('Target.createTarget', { url: shop.origin });
  await sharedStorage.waitForEvent({ scope: 'sharedStorageWorklet', method: 'set' });
  assert.equal((await sharedStorage.entries(shop.origin)).find(({ key }) => key === 'kind')?.value, 'returning');
});
