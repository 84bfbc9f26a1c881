/** The SharedStorage interface as a worklet has it. https://wicg.github.io/shared-storage/#shared-storage-interface */

import { ModifierMethodClasses } from '../../interfaces/modifier-method-classes';
import { requireValidKey } from '../../interfaces/modifier-methods';
import { defineModifierOperations } from '../../interfaces/modifier-operations';
import { isBearable } from '../../protocol/batch-weight';
import { toDOMString } from '../../webidl/conversions';
import { domException, failureOf, operationError } from '../../webidl/exceptions';
import { Interface } from '../../webidl/interface';
import { bag } from '../../webidl/primordials';
import { whoseCode } from '../operation-scope';
import type { HostPort } from '../port';
import { CopiedEntries } from './entries-copy';
import { createIterator } from './shared-storage-iterator';

/** Runs while the realm's script is loaded. */
function defineReads(sharedStorage: Interface<object>, port: HostPort): void {
  const entries = new CopiedEntries(port);
  /** https://wicg.github.io/shared-storage/#dom-sharedstorage-get */
  sharedStorage.promiseOperation('get', 1, (_state, args) => {
    const key = toDOMString(args[0], failureOf('get', 'SharedStorage'));
    requireValidKey(key);
    return entries.read(key);
  });
  /** https://wicg.github.io/shared-storage/#dom-sharedstorage-length */
  sharedStorage.promiseOperation('length', 0, () => entries.length());
  /** https://wicg.github.io/shared-storage/#dom-sharedstorage-remainingbudget */
  sharedStorage.promiseOperation('remainingBudget', 0, () => port.ask('remainingBudget', null));
  /**
   * https://wicg.github.io/shared-storage/#iteration
   * DEVIATION: the specification makes the object itself iterable as well. As natively, it is not.
   */
  for (const kind of ['entries', 'keys', 'values'] as const) sharedStorage.operation(kind, 0, () => createIterator(entries, kind));
}

/** The interface, its one instance, and what is known of the worklet's module. */
export class WorkletSharedStorage {
  readonly interface = new Interface<object>('SharedStorage');
  readonly modifierMethodClasses = new ModifierMethodClasses(() => undefined);
  readonly instance: object;
  /** What the embedder of a fenced frame gave its configuration; undefined for everybody else. */
  context: string | undefined;
  /** "addModule success" */
  isAddModuleFinished = false;

  constructor(port: HostPort) {
    defineModifierOperations(this.interface, {
      methodClasses: this.modifierMethodClasses,
      // Who has the object has been through that.
      requireContext: () => undefined,
      update: (methods, withLock) => {
        // DEVIATION: natively batches are of any size.
        if (!isBearable(methods)) throw operationError('A batch can have 60 MiB at most in Shared Storage Lab.');
        if (!port.hasHandlerRun) return port.ask('update', { methods, withLock, runId: null });
        // A handler is not called for what its own operation writes.
        return port.askKnowing('update', (known) => whoseCode((scope) => known(bag({ methods, withLock, runId: scope?.runId ?? null }))));
      },
    });
    this.interface.readonlyAttribute('context', () => this.context);
    defineReads(this.interface, port);
    this.instance = this.interface.create({});
  }

  /** "Check whether addModule is finished": until then nothing stored can be reached. */
  requireAddModuleFinished(what: string): void {
    if (!this.isAddModuleFinished) throw domException('NotAllowedError', `${what} cannot be accessed during addModule().`);
  }
}
