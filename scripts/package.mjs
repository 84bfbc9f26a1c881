// `npm run package`: builds, zips dist/ so that the same sources give the same bytes on every machine, and checks what stores check.

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ensureDependencies } from './install.mjs';
import { runCommand } from './leave.mjs';

async function main() {
  await ensureDependencies();
  const { buildExtension, dist, root } = await import('./extension.mjs');
  await buildExtension();
  const { zipFolder } = await import('./zip.mjs');
  const zip = await zipFolder(dist);
  const { unzipSync } = await import('fflate');
  const { problemsOfPackage } = await import('./store-checks.mjs');
  const problems = problemsOfPackage(unzipSync(zip));
  if (problems.length > 0) throw new Error(`No store takes this archive:\n${problems.join('\n')}`);
  const { version } = JSON.parse(fs.readFileSync(path.join(dist, 'manifest.json'), 'utf8'));
  const name = `shared-storage-lab-${version}.zip`;
  fs.writeFileSync(path.join(root, name), zip);
  console.log(`${name}\n${zip.length} bytes, sha256 ${createHash('sha256').update(zip).digest('hex')}`);
}

runCommand(main, { interrupted: 130 });
