// The native reference: Chromium 120, the last with the API, in a file system of its own (its setup is not part of this project).

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
