// On Debian and Ubuntu, as root, what is missing is installed from the distribution.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

export function canInstall() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !fs.existsSync('/etc/os-release')) return false;
  const family = /^ID(?:_LIKE)?=.*\b(?:debian|ubuntu)\b/m;
  return family.test(fs.readFileSync('/etc/os-release', 'utf8')) && fs.existsSync('/usr/bin/apt-get');
}

/**
 * Throws one line that says what failed; apt-get's own output goes to stderr.
 * @param {string} name of the package
 */
export function aptInstall(name) {
  console.error(`Installing the ${name} package.`);
  // The lists of a fresh container are empty, so without an update the package would not be found.
  aptGet('update');
  aptGet('install', '--yes', '--no-install-recommends', name);
}

/** @param {string[]} args */
function aptGet(...args) {
  const { status, error } = spawnSync('apt-get', args, {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) throw new Error(`apt-get ${args.join(' ')} failed (${error?.message ?? `exit ${status}`})`);
}
