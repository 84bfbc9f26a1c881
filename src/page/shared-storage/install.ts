/** Puts the API into a page's realm, once, before any page script runs. */

import { typeError } from '../../webidl/exceptions';
import { defineReadonlyAttribute, exposeInterface } from '../../webidl/interface';
import { connect } from '../bridge/bridge-channel';
import { type InstallOptions, isFullyActive, isSecureContext, isToBeInstalled } from '../bridge/document-state';
import { installFencedFrames } from '../fenced-frames/fenced-frame';
import { createSharedStorage, modifierMethodClasses, sharedStorage } from './shared-storage';
import { sharedStorageWorklet } from './shared-storage-worklet';

/** https://wicg.github.io/shared-storage/#window-extension */
function defineWindowAttribute(): void {
  const instance = createSharedStorage();
  const self = globalThis;
  const read = (receiver: unknown) => {
    if (receiver !== undefined && receiver !== null && receiver !== self) throw typeError('Illegal invocation');
    // If this is fully active, return this's sharedStorage. Otherwise, return null.
    return isFullyActive() ? instance : null;
  };
  defineReadonlyAttribute(self, 'sharedStorage', read);
}

export function install(options: InstallOptions): void {
  // [SecureContext]
  if (!isSecureContext || !isToBeInstalled(options)) return;
  connect('api');
  exposeInterface(globalThis, 'SharedStorage', sharedStorage);
  exposeInterface(globalThis, 'SharedStorageWorklet', sharedStorageWorklet);
  modifierMethodClasses.expose(globalThis);
  defineWindowAttribute();
  installFencedFrames();
}
