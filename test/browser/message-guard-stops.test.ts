/**
 * The guard where a browser lets shared memory pass: Chromium 120 under cross-origin isolation, in a group that keyed the receiver by site
 * before isolation was asked for. Newer ones drop such messages by themselves, so there the guard has nothing to stop.
 */

import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Session } from '../../scripts/browser/launch.mjs';
import { launchNative, nativeReferenceProblem } from '../../scripts/browser/native.mjs';
import { EXTENSION, until } from './lab';

const GUARD = path.join(EXTENSION, 'src/page/message-guard.iife.js');
const PAGE = fs.readFileSync(path.join(import.meta.dirname, '../pages/border.js'));

describe.skipIf(nativeReferenceProblem() !== null)('Chromium 120', () => {
  let browser: Browser;
  let server: http.Server;
  let guard: string;
  beforeAll(async () => {
    guard = fs.readFileSync(GUARD, 'utf8');
    server = http.createServer((request, response) => {
      // The first document of an origin in a group decides how it is keyed; the mark says that isolation is asked for by now.
      const asked = request.url?.includes('asked');
      response.writeHead(200, {
        'Content-Type': 'text/html',
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
        'Cross-Origin-Resource-Policy': 'cross-origin',
        'Origin-Agent-Cluster': '?0',
        ...(asked
          ? { 'Server-Timing': 'shared-storage-lab-isolation;desc="server ?0", shared-storage-lab-isolation;desc="setting ?1"' }
          : {}),
      });
      response.end(`<!doctype html><script>${asked ? guard : ''}</script><script>${PAGE}</script>`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await launchNative(['--disable-popup-blocking']);
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  const origin = (host: string) => `http://${host}.localhost:${(server.address() as AddressInfo).port}`;
  const KINDS = ['plain', 'memory', 'plain', 'buffer', 'plain'];

  /** What a document gets from another origin of its site. */
  async function received(asked: string): Promise<string[]> {
    const page: Session = await browser.openPage(`${origin('a.site')}/${asked}`);
    expect(await page.evaluate('crossOriginIsolated')).toBe(true);
    await page.evaluate(`exchange('${origin('b.site')}/', 'frame', ${JSON.stringify(KINDS)}).then(() => undefined)`);
    await until(() =>
      page.evaluate(
        `got.filter((one) => one.startsWith('window')).length >= 5 && got.filter((one) => one.startsWith('local')).length >= 5`,
      ),
    );
    // A port that comes from there, and what then comes over it.
    await page.evaluate(`frames[0].postMessage({ offer: true }, '*')`);
    await until(() => page.evaluate('ports.length === 2'));
    await page.evaluate(`frames[0].postMessage({ send: ${JSON.stringify(KINDS)} }, '*')`);
    await until(() => page.evaluate(`got.filter((one) => one.startsWith('received')).length >= 5`));
    const got = (await page.evaluate('got')) as string[];
    await page.close();
    return got;
  }

  test('keyed by site, and nobody asked for anything else: shared memory passes', async () => {
    const got = await received('');
    expect(got.filter((one) => one.startsWith('window')).slice(0, 5)).toEqual([
      'window: plain Object',
      'window: memory WebAssembly.Memory',
      'window: plain Object',
      'window: buffer SharedArrayBuffer',
      'window: plain Object',
    ]);
    expect(got).toContain('received port: memory WebAssembly.Memory');
  });

  test('isolation was asked for, and the group has the origin keyed by site: shared memory becomes a messageerror in its place', async () => {
    const got = await received('asked');
    const error = 'window: messageerror null from b.site.localhost';
    const plain = 'received port: plain Object';
    expect(got.filter((one) => one.startsWith('window')).slice(0, 5)).toEqual([
      'window: plain Object',
      error,
      'window: plain Object',
      error,
      'window: plain Object',
    ]);
    const stopped = 'received port: messageerror';
    expect(got.filter((one) => one.startsWith('received'))).toEqual([plain, stopped, plain, stopped, plain]);
  });
});
