// Runs a command to its end, and never leaves it behind.

import { spawn } from 'node:child_process';

/**
 * @param {string} what how an error names it
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<void>} rejects unless the command ends with 0
 */
export async function runChild(what, command, args, options) {
  const child = spawn(command, args, options);
  // With stdio 'pipe', output is kept back and shown only if the command fails.
  /** @type {Buffer[]} */
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk));
  // A signal that was sent to us alone does not reach it.
  const stop = () => child.kill();
  process.once('exit', stop);
  try {
    const [code, signal] = await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...result) => resolve(result));
    });
    if (code === 0) return;
    process.stderr.write(Buffer.concat(output));
    throw new Error(`${what} failed (${signal ?? `exit ${code}`})`);
  } finally {
    process.off('exit', stop);
  }
}
