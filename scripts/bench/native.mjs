// The references: the headless shell of Chromium 150, the last version with the whole API; and Chromium 120, the last packaged browser with it, in a
// Debian 11 root folder of its own, for what that shell cannot do, and where there is no shell.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { native150Problem, OPTIONS_OF_150 } from '../browser/native.mjs';

/** @typedef {{ options: import('../browser/launch.mjs').LaunchOptions } | { missing: string, advice: string }} Native */

const FEATURES = [
  ...['SharedStorageAPI', 'SharedStorageAPIM118', 'PrivateAggregationApi', 'AllowURNsInIframes'],
  ...['FencedFrames', 'FencedFramesAPIChanges', 'FencedFramesDefaultMode'],
  ...['OverridePrivacySandboxSettingsLocalTesting', 'DefaultAllowPrivacySandboxAttestations'],
  ...['PrivacySandboxAdsAPIsOverride', 'PrivacySandboxAdsAPIsM1Override'],
];

/**
 * Chromium 150, or 120 where the row asks for that, or 150 is not there.
 * @param {boolean} isOlder
 * @returns {Native}
 */
export function findNative(isOlder = false) {
  const problem = native150Problem();
  if (!isOlder && !problem) return { options: OPTIONS_OF_150 };
  const older = findNative120();
  if (isOlder || 'options' in older) return older;
  const advice = `For native Chromium 150, ${problem}: unpack Debian's packages chromium-headless-shell and chromium-common, 150, there.`;
  return { missing: older.missing, advice: `${advice} ${older.advice}` };
}

/** @type {import('../browser/launch.mjs').LaunchOptions} */
const OPTIONS = {
  executable: '/usr/lib/chromium/chromium',
  // Only the old headless mode has the API on: the new one asks the profile's preferences.
  headless: false,
  args: ['--headless=old', '--disable-gpu', '--enable-privacy-sandbox-ads-apis', `--enable-features=${FEATURES.join(',')}`],
};

/**
 * How to launch it, or why that is not possible and what would help.
 * @returns {Native}
 */
function findNative120() {
  const { NATIVE_ROOT, XDG_CACHE_HOME } = process.env;
  const cache = XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  const root = NATIVE_ROOT || path.join(cache, 'shared-storage-lab', 'native-reference');
  if (!fs.existsSync(path.join(root, '.complete')))
    return {
      missing: 'not installed',
      advice:
        `Native Chromium 120 is not in ${root} (NATIVE_ROOT names another place). To have it there: as root on Linux, debootstrap ` +
        'Debian 11 with its package "chromium" into that folder, mount proc, dev, sys and a tmpfs on tmp in it, and add an empty file ".complete".',
    };
  if (process.getuid?.() !== 0)
    return { missing: 'needs root', advice: `Native Chromium 120 is in ${root}; starting it there takes chroot, and that takes root.` };
  if (!fs.existsSync(path.join(root, 'proc', 'self')))
    return {
      missing: 'not mounted',
      advice: `Native Chromium 120 is in ${root}, but proc, dev and sys are not mounted there (mount --bind each of them).`,
    };
  return { options: { ...OPTIONS, prefix: ['chroot', root], root } };
}

/**
 * The reference with the site as its aggregation coordinator: it sends no report before it has a public key.
 * @param {import('../browser/launch.mjs').LaunchOptions} options
 * @param {string} origin
 * @returns {import('../browser/launch.mjs').LaunchOptions}
 */
export function withCoordinator(options, origin) {
  const coordinator = `PrivacySandboxAggregationService,AggregationServiceMultipleCloudProviders:aws_cloud/${encodeURIComponent(origin)}`;
  const args = (options.args ?? []).map((arg) => (arg.startsWith('--enable-features=') ? `${arg},${coordinator}` : arg));
  return { ...options, args };
}
