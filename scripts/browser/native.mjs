// The native references (their setup is not part of this project): Chromium 120, whole, in a file system of its own, and the headless shell of
// Chromium 150, the last with the API.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { launch } from './launch.mjs';

const CACHE = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache');
const ROOT = process.env.NATIVE_ROOT ?? path.join(CACHE, 'shared-storage-lab', 'native-reference');

const FEATURES = [
  'SharedStorageAPI',
  'SharedStorageAPIM118',
  'FencedFrames',
  'FencedFramesAPIChanges',
  'FencedFramesDefaultMode',
  'PrivateAggregationApi',
  'OverridePrivacySandboxSettingsLocalTesting',
  'DefaultAllowPrivacySandboxAttestations',
  'PrivacySandboxAdsAPIsOverride',
  'PrivacySandboxAdsAPIsM1Override',
  'AllowURNsInIframes',
];

/** Why the reference cannot be used here, or null when it can. */
export function nativeReferenceProblem() {
  if (!fs.existsSync(path.join(ROOT, '.complete'))) return 'the native reference browser is not installed';
  // The browser needs /proc, which is mounted anew after each restart of the machine.
  if (!fs.existsSync(path.join(ROOT, 'proc/self')))
    return 'the native reference browser is installed, but its file systems are not mounted';
  return null;
}

/**
 * Starts the reference with the native API on. Only the old headless mode has it.
 * @param {string[]} [args]
 */
export function launchNative(args = []) {
  return launch({
    executable: '/usr/lib/chromium/chromium',
    prefix: ['chroot', ROOT],
    root: ROOT,
    headless: false,
    args: ['--headless=old', '--disable-gpu', '--enable-privacy-sandbox-ads-apis', `--enable-features=${FEATURES.join(',')}`, ...args],
  });
}

const SHELL = path.join(
  process.env.NATIVE150_ROOT ?? path.join(CACHE, 'shared-storage-lab', 'native-150'),
  'usr/lib/chromium/chromium-headless-shell',
);

const FEATURES_OF_150 = [
  'SharedStorageAPI',
  'FencedFrames',
  'FencedFramesAPIChanges',
  'AllowURNsInIframes',
  'PrivacySandboxAdsAPIsOverride',
  'PrivacySandboxAdsAPIsM1Override',
];

/** Why Chromium 150 cannot be used here, or null when it can. */
export const native150Problem = () => (fs.existsSync(SHELL) ? null : `there is no ${SHELL}`);

/** Chromium 150 with the native API on, but for Private Aggregation. @type {import('./launch.mjs').LaunchOptions} */
export const OPTIONS_OF_150 = {
  executable: SHELL,
  headless: false,
  args: [
    ...['--headless', '--disable-gpu', '--enable-privacy-sandbox-ads-apis', '--disable-features=PrivateAggregationApi'],
    `--enable-features=${FEATURES_OF_150.join(',')}`,
  ],
};

export const launchNative150 = () => launch(OPTIONS_OF_150);
