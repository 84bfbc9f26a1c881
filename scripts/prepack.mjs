// Before `npm pack` and `npm publish`: builds what the package holds.

import { ensureDependencies } from './install.mjs';
import { runCommand } from './leave.mjs';

async function main() {
  await ensureDependencies();
  const { buildExtension } = await import('./extension.mjs');
  const { buildKit } = await import('./kit.mjs');
  await buildExtension();
  await buildKit();
}

runCommand(main, { interrupted: 130 });
