// The half that no browser can be made to do: faults of the disk at the store's interface, in Node (test/unit/store-faults.test.ts).

import { createRequire } from 'node:module';
import path from 'node:path';
import { runChild } from '../child.mjs';
import { root } from '../extension.mjs';

/** Rejects where something was lost, and prints what. @param {number} count @param {number} seed */
export async function runDiskFaults(count, seed) {
  const require = createRequire(import.meta.url);
  const vitest = path.join(path.dirname(require.resolve('vitest/package.json')), 'vitest.mjs');
  await runChild('faults of the disk', process.execPath, [vitest, 'run', '--project', 'unit', 'test/unit/store-faults.test.ts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, STORE_FAULTS: String(count), SEED: String(seed) },
  });
}
