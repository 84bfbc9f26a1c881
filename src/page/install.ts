/** Puts the API into a page's realm, once, before any page script runs. */

import { typeError } from '../webidl/exceptions';
import { defineReadonlyAttribute, exposeInterface } from '../webidl/interface';
import { connect } from './bridge-channel';
import { existingImplementation, isFullyActive, isSecureContext } from './document-state';
import { installFencedFrames } from './fenced-frame';
import { createSharedStorage, modifierMethodClasses, sharedStorage } from './shared-storage';
import { sharedStorageWorklet } from './shared-storage-worklet';
import { holdEvents } from './storage-writable-elements';
import { installStorageWritableFetch } from './storage-writable-fetch';
import { installStorageWritableIframes } from './storage-writable-iframes';
import { installStorageWritableImages } from './storage-writable-images';

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

function installStorageWritableElements(): void {
  installStorageWritableImages();
  installStorageWritableIframes();
  holdEvents(document);
}

export function install({ replaceNative }: { replaceNative: boolean }): void {
  const existing = existingImplementation();
  if (existing === 'ours' || (existing === 'native' && !replaceNative)) return;
  installStorageWritableFetch();
  // [SecureContext]
  if (!isSecureContext) return;
  connect();
  exposeInterface(globalThis, 'SharedStorage', sharedStorage);
  exposeInterface(globalThis, 'SharedStorageWorklet', sharedStorageWorklet);
  modifierMethodClasses.expose(globalThis);
  defineWindowAttribute();
  installStorageWritableElements();
  installFencedFrames();
}
