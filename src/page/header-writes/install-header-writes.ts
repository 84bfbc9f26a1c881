/**
 * Lets a page ask for header writes: marked requests, images and frames. A script of its own, since it has little in common with the
 * rest; it runs before that, which it knows the API by.
 */

import { connect } from '../bridge/bridge-channel';
import { type InstallOptions, isSecureContext, isToBeInstalled } from '../bridge/document-state';
import { holdEvents } from './storage-writable-elements';
import { installStorageWritableFetch } from './storage-writable-fetch';
import { installStorageWritableIframes } from './storage-writable-iframes';
import { installStorageWritableImages } from './storage-writable-images';

export function installHeaderWrites(options: InstallOptions): void {
  if (!isToBeInstalled(options)) return;
  // What only an insecure context refuses is refused there.
  installStorageWritableFetch();
  if (!isSecureContext) return;
  connect('header-writes');
  installStorageWritableImages();
  installStorageWritableIframes();
  holdEvents(document);
}
