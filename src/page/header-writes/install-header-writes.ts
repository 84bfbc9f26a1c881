/** Lets a page ask for header writes with images and frames. */

import { listenForLeaving } from './leaving';
import { holdEvents } from './storage-writable-elements';
import { installStorageWritableIframes } from './storage-writable-iframes';
import { installStorageWritableImages } from './storage-writable-images';

export function installHeaderWrites(): void {
  listenForLeaving();
  installStorageWritableImages();
  installStorageWritableIframes();
  holdEvents(document);
}
