/**
 * Puts everything that we stand for into a page's realm, once, before any page script runs. It is one script, and no document's realm compiles
 * what its parts have in common twice.
 */

import { connect } from './bridge/bridge-channel';
import { type InstallOptions, isSecureContext, isToBeInstalled } from './bridge/document-state';
import { canLoadOpaqueURL, defineCanLoad } from './fenced-frames/can-load';
import { installFencedFrames } from './fenced-frames/fenced-frame';
import { provideFencedFrameElement } from './fenced-frames/fenced-frame-element';
import { onFirstNavigator } from './fenced-frames/first-navigator';
import { installHeaderWrites } from './header-writes/install-header-writes';
import { installStorageWritableFetch } from './header-writes/storage-writable-fetch';
import { installFeaturePolicy } from './shared-storage/feature-policy';
import { installSharedStorage } from './shared-storage/install';

declare const HTMLFencedFrameElement: object;

export function install(options: InstallOptions): void {
  if (!isToBeInstalled(options)) return;
  // What only an insecure context refuses is refused there.
  installStorageWritableFetch();
  // [SecureContext]
  if (!isSecureContext) {
    // Not so of fenced frames: every page makes configs and gives them to its elements, which show nothing there.
    installFencedFrames();
    return;
  }
  installHeaderWrites();
  installSharedStorage();
  installFeaturePolicy();
  // For browsers that do not know the element any more: what others have of it, on which the next call builds.
  if (!('HTMLFencedFrameElement' in globalThis)) provideFencedFrameElement();
  installFencedFrames();
  // Chromium of today does not have the first of its two methods any more, and the second always says no.
  if (!('canLoadOpaqueURL' in HTMLFencedFrameElement)) defineCanLoad(canLoadOpaqueURL, onFirstNavigator);
  // Our own listeners on the host are there before anybody else can have it.
  connect('page');
}
