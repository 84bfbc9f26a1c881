/** Injected into documents with fenced frames, by the service worker, before it shows anything in them. */

import { FencedFrames, settlePending } from './fenced-frames/embed';

function createShow(): NonNullable<typeof self.sharedStorageLabShow> {
  const frames = new FencedFrames();
  return (frame, name, features) => frames.show(frame, name, features);
}

self.sharedStorageLabShow ??= createShow();
self.sharedStorageLabSettle ??= settlePending;
