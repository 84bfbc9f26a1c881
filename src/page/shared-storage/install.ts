/** Puts the API into a page's realm, once, before any page script runs. */

import { requireGlobalObject } from '../../webidl/global-object';
import { defineReadonlyAttribute, exposeInterface } from '../../webidl/interface';
import { connect } from '../bridge/bridge-channel';
import { type InstallOptions, isSecureContext, isToBeInstalled } from '../bridge/document-state';
import { installFencedFrames } from '../fenced-frames/fenced-frame';
import { createSharedStorage, modifierMethodClasses, sharedStorage } from './shared-storage';
import { sharedStorageWorklet } from './shared-storage-worklet';

/** https://wicg.github.io/shared-storage/#window-extension */
function defineWindowAttribute(): void {
  const instance = createSharedStorage();
  const read = (receiver: unknown) => {
    requireGlobalObject(receiver);
    // DEVIATION: the specification has null where the document is not fully active. As natively, the object is there, and what it is asked fails.
    return instance;
  };
  defineReadonlyAttribute(globalThis, 'sharedStorage', read);
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
