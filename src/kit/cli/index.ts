/** `npx shared-storage-lab`. */

import { beforeLeaving, leave, runCommand } from '../../../scripts/leave.mjs';
import { extensionPath } from '../extension-path';
import { parseCommandLine, USAGE } from './command-line';
import { open } from './open';

async function main(): Promise<void> {
  const command = parseCommandLine(process.argv.slice(2));
  if (command.name === 'help') return console.log(USAGE);
  if (command.name === 'path') return console.log(extensionPath);
  const { exited } = await open(command, beforeLeaving);
  console.log(`${command.url} is open. Ctrl-C, or closing the browser, ends everything.`);
  await exited;
  await leave(0);
}

runCommand(main, { interrupted: 0 });
