/** Which operations what the worklet logs is said to come from. */

import { bag } from '../../webidl/primordials';
import { arrayPush } from '../primordials';

interface Running {
  readonly name: string;
  count: number;
}

export class RunningOperations {
  /** Names of operations, and how many of each are under way. */
  readonly #running: Running[] = [];
  /** What ran last: an error that nobody has caught is reported when the operation may have ended already. */
  #latest = 'addModule';

  /** The names of the operations that are under way, or of the latest one; before the first, the module is being added. */
  names(): string {
    let names = '';
    for (let index = 0; index < this.#running.length; index++) names += `${index > 0 ? ', ' : ''}${this.#running[index]?.name}`;
    return names || this.#latest;
  }

  #indexOf(name: string): number {
    let index = 0;
    while (index < this.#running.length && this.#running[index]?.name !== name) index++;
    return index;
  }

  start(name: string): void {
    const known = this.#running[this.#indexOf(name)];
    if (known) known.count++;
    else arrayPush(this.#running, bag({ name, count: 1 }));
  }

  stop(name: string): void {
    this.#latest = name;
    const running = this.#running;
    const index = this.#indexOf(name);
    const known = running[index];
    if (!known || --known.count > 0) return;
    for (let next = index + 1; next < running.length; next++) running[next - 1] = running[next] as Running;
    running.length--;
  }
}
