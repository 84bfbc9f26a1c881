// What memory the browser's processes have, by what they are for. Linux only: nobody else tells how much of it is theirs alone.

import fs from 'node:fs';

/** @typedef {Record<string, number>} Memory MiB, by what the processes are for */

/** @param {number} pid @param {string} name */
function read(pid, name) {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}

/**
 * What a process has changed, and what is shared of that counts for each who has it by its part ("proportional set size"). Not what is read from files:
 * that is code, which other browsers on the machine may share or not.
 * @param {number} pid
 */
function memoryOf(pid) {
  const parts = read(pid, 'smaps_rollup').matchAll(/^Pss_(?:Anon|Shmem):\s+(\d+) kB/gm);
  return [...parts].reduce((sum, [, kilobytes]) => sum + Number(kilobytes), 0) / 1024;
}

/** Whether any of its threads is a worker of a page: none of the pages has one, and each worklet is one. @param {number} pid */
function hasWorkers(pid) {
  try {
    return fs.readdirSync(`/proc/${pid}/task`).some((thread) => read(pid, `task/${thread}/comm`).startsWith('DedicatedWorker'));
  } catch {
    return false;
  }
}

/**
 * @param {readonly { type: string, id: number }[]} processes as SystemInfo.getProcessInfo tells of them
 * @returns {Memory}
 */
export function memoryByRole(processes) {
  /** @type {Memory} */
  const memory = {};
  const add = (/** @type {string} */ role, /** @type {number} */ pid) => {
    memory[role] = (memory[role] ?? 0) + memoryOf(pid);
  };
  for (const { type, id } of processes) {
    if (type !== 'renderer') add(type.replace(/^.*\./, '').toLowerCase(), id);
    // The service worker, and the document that holds the worklets' frame.
    else if (read(id, 'cmdline').includes('--extension-process')) add('extension', id);
    else add(hasWorkers(id) ? 'worklets' : 'pages', id);
  }
  return memory;
}
