/**
 * Which operation the code that is running belongs to, while several are under way in one worklet.
 *
 * Natively the engine keeps that for every `await` and every `then()`, and so it does here: an operation begins in a task of the scheduler's
 * (https://wicg.github.io/scheduling-apis/) whose signal is aborted by then, with the operation for a reason. The browser hands the signal on to all
 * that the task leads to, and `scheduler.yield()` fails with its reason, whoever asks. But it fails in a microtask: what has to be known at
 * once is known only while one operation is under way alone.
 */

import { bag, react, uncurryGetter, uncurryMethod } from '../webidl/primordials';
import { arrayPush, NativeTaskController, scheduler } from './primordials';

const postTask = uncurryMethod(Scheduler, 'postTask') as (
  scheduler: Scheduler,
  callback: () => void,
  options: SchedulerPostTaskOptions,
) => Promise<void>;
const yieldTask = uncurryMethod(Scheduler, 'yield');
const abort = uncurryMethod(AbortController, 'abort') as (controller: AbortController, reason: unknown) => void;
const signalOf = uncurryGetter(AbortController, 'signal');

export interface OperationScope {
  readonly runId: number;
}

export class OperationScopes {
  /** Those that are under way. */
  readonly #running: OperationScope[] = [];

  /** The only operation that is under way; null where there are others, or none. */
  only(): OperationScope | null {
    return this.#running.length === 1 ? (this.#running[0] as OperationScope) : null;
  }

  /** Calls `begin` in a task of its own, whose code and what it leads to is the scope's from then on. */
  begin(scope: OperationScope, begin: () => void): void {
    const controller = new NativeTaskController();
    const start = () => {
      arrayPush(this.#running, scope);
      abort(controller, scope);
      begin();
    };
    const done = () => undefined;
    const options: SchedulerPostTaskOptions = bag({ priority: 'user-blocking', signal: signalOf(controller) });
    react(postTask(scheduler, start, options), done, done);
  }

  end(scope: OperationScope): void {
    let kept = 0;
    for (let index = 0; index < this.#running.length; index++) {
      const other = this.#running[index] as OperationScope;
      if (other !== scope) this.#running[kept++] = other;
    }
    this.#running.length = kept;
  }
}

const normal: SchedulerPostTaskOptions = bag({ priority: 'user-visible' });

/** Calls back in a task of its own, in the order of these calls. */
export function inATask(callback: () => void): void {
  const done = () => undefined;
  react(postTask(scheduler, callback, normal), done, done);
}

/** Calls back, in a microtask, with the operation that the calling code belongs to; with null, later, where that is none. */
export function whoseCode(found: (scope: OperationScope | null) => void): void {
  react(
    yieldTask(scheduler),
    () => found(null),
    (reason) => found(reason as OperationScope),
  );
}
