/** Injected into documents with fenced frames, by the service worker, before it shows anything in them. */

import { settlePending, showFencedFrame } from './fenced-frames/embed';

self.sharedStorageLabShow ??= showFencedFrame;
self.sharedStorageLabSettle ??= settlePending;
