/** Puts the API into a page's realm, once, before any page script runs. */

import { requireGlobalObject } from '../../webidl/global-object';
import { defineAttribute } from '../../webidl/native-function';
import { offerToFurtherScripts } from './extend';
import { createSharedStorage, exposeInterfaces } from './shared-storage';

/** https://wicg.github.io/shared-storage/#window-extension */
function defineWindowAttribute(): void {
  let instance: object | null = null;
  const read = (receiver: unknown) => {
    requireGlobalObject(receiver);
    // DEVIATION: the specification has null where the document is not fully active. As natively, the object is there, and what it is asked fails.
    instance ??= createSharedStorage();
    return instance;
  };
  defineAttribute(globalThis, 'sharedStorage', read);
}

export function installSharedStorage(): void {
  exposeInterfaces();
  defineWindowAttribute();
  offerToFurtherScripts();
}
