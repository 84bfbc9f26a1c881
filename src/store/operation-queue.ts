/**
 * The "shared storage database queue": operations take effect in the order in which they were asked for. Neighbouring updates
 * share a transaction; a read sees the updates before it and none after it.
 */

import type { DatabaseEnvironment } from '../spec/database';
import { commit, type UpdateOutcome, type UpdateRequest } from './commit';
import type { Connection } from './schema';

interface Update extends UpdateRequest {
  readonly kind: 'update';
  resolve(outcome: UpdateOutcome): void;
  reject(reason: unknown): void;
}

interface Task {
  readonly kind: 'task';
  start(connection: Connection, environment: DatabaseEnvironment): void;
  reject(reason: unknown): void;
}

/** Bounds how long one transaction keeps readers waiting. */
const MAXIMUM_GROUP = 1000;

export class OperationQueue {
  readonly #connect: () => Promise<[Connection, DatabaseEnvironment]>;
  #queue: (Update | Task)[] = [];
  #working = false;
  /** Settles with the update that was asked for last. */
  #lastUpdate: Promise<unknown> = Promise.resolve();

  constructor(connect: () => Promise<[Connection, DatabaseEnvironment]>) {
    this.#connect = connect;
  }

  update(request: UpdateRequest): Promise<UpdateOutcome> {
    const outcome = new Promise<UpdateOutcome>((resolve, reject) => {
      this.#add({ kind: 'update', ...request, resolve, reject });
    });
    this.#lastUpdate = outcome.catch(() => undefined);
    return outcome;
  }

  /** The operation must have made its one transaction when it returns: the browser keeps transactions in their order. */
  run<Result>(operation: (connection: Connection, environment: DatabaseEnvironment) => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const start: Task['start'] = (connection, environment) => operation(connection, environment).then(resolve, reject);
      this.#add({ kind: 'task', start, reject });
    });
  }

  async settled(): Promise<void> {
    await this.#lastUpdate;
  }

  #add(entry: Update | Task): void {
    this.#queue.push(entry);
    if (!this.#working) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working = true;
    while (this.#queue.length > 0) {
      const group = this.#takeUpdates();
      if (group.length > 0) await this.#commit(group);
      else await this.#start(this.#takeTasks());
    }
    this.#working = false;
  }

  #takeUpdates(): Update[] {
    const end = this.#queue.findIndex(({ kind }) => kind === 'task');
    const length = Math.min(end < 0 ? this.#queue.length : end, MAXIMUM_GROUP);
    return this.#queue.splice(0, length) as Update[];
  }

  #takeTasks(): Task[] {
    const end = this.#queue.findIndex(({ kind }) => kind === 'update');
    return this.#queue.splice(0, end < 0 ? this.#queue.length : end) as Task[];
  }

  async #start(tasks: readonly Task[]): Promise<void> {
    try {
      const [connection, environment] = await this.#connect();
      for (const task of tasks) task.start(connection, environment);
    } catch (reason) {
      for (const { reject } of tasks) reject(reason);
    }
  }

  async #commit(group: readonly Update[]): Promise<void> {
    try {
      await this.#commitTogether(group);
    } catch (reason) {
      await this.#commitOneByOne(group, reason);
    }
  }

  async #commitTogether(group: readonly Update[]): Promise<void> {
    const [connection, environment] = await this.#connect();
    const outcomes = await commit(connection, environment, group);
    for (const [index, update] of group.entries()) update.resolve(outcomes[index] as UpdateOutcome);
  }

  /** One update that the disk refuses must not take its neighbours with it. */
  async #commitOneByOne(group: readonly Update[], reason: unknown): Promise<void> {
    // A connection that was closed in the meantime says nothing about the update.
    const isClosed = reason instanceof DOMException && reason.name === 'InvalidStateError';
    if (group.length === 1 && !isClosed) {
      group[0]?.reject(reason);
      return;
    }
    for (const update of group) {
      try {
        await this.#commitTogether([update]);
      } catch (own) {
        update.reject(own);
      }
    }
  }
}
