/** Which operations what the worklet logs is said to come from. */

import { bag } from '../../webidl/primordials';
import { arrayPush } from '../primordials';

/** Names of operations, and how many of each are under way. */
const running: { readonly name: string; count: number }[] = [];

/** What ran last: an error that nobody has caught is reported when the operation may have ended already. */
let latest = 'addModule';

/** The names of the operations that are under way, or of the latest one; before the first, the module is being added. */
export function runningOperations(): string {
  let names = '';
  for (let index = 0; index < running.length; index++) names += `${index > 0 ? ', ' : ''}${running[index]?.name}`;
  return names || latest;
}

function indexOf(name: string): number {
  let index = 0;
  while (index < running.length && running[index]?.name !== name) index++;
  return index;
}

export function startRunning(name: string): void {
  const known = running[indexOf(name)];
  if (known) known.count++;
  else arrayPush(running, bag({ name, count: 1 }));
}

export function stopRunning(name: string): void {
  latest = name;
  const index = indexOf(name);
  const known = running[index];
  if (!known || --known.count > 0) return;
  for (let next = index + 1; next < running.length; next++) running[next - 1] = running[next] as (typeof running)[number];
  running.length--;
}
