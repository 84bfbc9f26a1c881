/** Whether operations can be run in a worklet. */

import type { Worklet } from './worklet';

/** The worklet, if operations can be started in it, and otherwise why not, as Chromium puts it. */
export function readyForOperations(worklet: Worklet | undefined, isModuleLoaded: boolean): Worklet | string {
  if (!isModuleLoaded) return "The module script hasn't been loaded.";
  // Natively there is a worklet without operations where the module could not be fetched: only then does one wait for its module still.
  return worklet?.hasModule ? worklet : 'Cannot find operation name.';
}
