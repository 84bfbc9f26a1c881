/** Which sandbox the next worklet's worker comes from. */

import { Sandbox, type SandboxedWorker } from './sandbox';
import { addFrame, findFrame } from './sandbox-frame';

/** Gives out the workers of the sandbox, which is made when first needed, and anew where it has died or is used up. */
export class SandboxedWorkers {
  #sandbox: Promise<Sandbox> | null = null;
  #unused = findFrame();

  /** Makes the sandbox, so that the first worklet need not wait for it. */
  prepare(): Promise<Sandbox> {
    if (this.#sandbox) return this.#sandbox;
    const opening = Sandbox.open(this.#unused ?? addFrame(), () => this.#forget(opening));
    this.#unused = null;
    this.#sandbox = opening;
    opening.catch(() => this.#forget(opening));
    return opening;
  }

  #forget(sandbox: Promise<Sandbox>): void {
    if (this.#sandbox === sandbox) this.#sandbox = null;
  }

  /** Call when a worker will be taken soon: whoever has waited for this need not ask whether the sandbox lives. Resolves in any case. */
  async expect(): Promise<void> {
    try {
      await (await this.prepare()).isAlive();
    } catch {
      // Who takes a worker tries again, and is told.
    }
  }

  async take(): Promise<SandboxedWorker> {
    for (;;) {
      const current = this.prepare();
      const sandbox = await current;
      // Others may have taken the last one meanwhile.
      if (!(sandbox.hasJustAnswered || (await sandbox.isAlive())) || sandbox.isUsedUp) continue;
      const worker = sandbox.take();
      if (sandbox.isUsedUp) {
        this.#forget(current);
        sandbox.retire();
      }
      return worker;
    }
  }

  /**
   * Makes a worker stand ready for the next worklet. Call when the module of the one before is loaded: to start a worker and lock its realm down
   * keeps a processor busy for as long as a module takes to load. It begins in a later task: the page's answer passes the browser's process first.
   */
  replenish(): void {
    setTimeout(() => {
      this.prepare().then(
        (open) => open.replenish(),
        // The next worklet tries again, and is told.
        () => undefined,
      );
    });
  }
}

/** What worklets need of them. */
export type Workers = Pick<SandboxedWorkers, 'expect' | 'take' | 'replenish'>;
