/**
 * Whether the document may show opaque URLs in fenced frames, by its own Content Security Policy: `fenced-frame-src` alone counts, and what the
 * header says of that is in marks (src/rules/fenced-frames.ts).
 */

import { nativeFunction } from '../../webidl/native-function';
import { bag, defineProperty, getOwnPropertyDescriptor, globalObject, uncurryMethod } from '../../webidl/primordials';
import { isFullyActive } from '../bridge/document-state';
import { document, performance } from '../bridge/dom';
import { serverTimingsOf, timingName } from '../bridge/server-timings';

const querySelector = uncurryMethod(Document, 'querySelector') as (self: Document, selectors: string) => Element | null;

const SRC = '[content*="fenced-frame-src ';
/** A policy of the document's own elements that does not allow any URL. */
const DENYING = `head>meta${SRC}"]:not(${SRC}*"],${SRC}https:"]:not(${SRC}https://"]),${SRC}https://*:*"])`;

export function canLoadOpaqueURL(): boolean {
  const timings = serverTimingsOf(performance);
  for (let index = 0; index < timings.length; index++)
    if (timingName(timings[index] as PerformanceServerTiming) === 'shared-storage-lab-fenced') return false;
  return isFullyActive() && !querySelector(document, DENYING);
}

const element = () => getOwnPropertyDescriptor(globalObject, 'HTMLFencedFrameElement')?.value as object;

export type Define = (navigatorPrototype: object) => void;

/** Puts the answer where pages ask for it. https://wicg.github.io/fenced-frame/#dom-navigator-canloadadauctionfencedframe */
export function defineCanLoad(answer: () => boolean, onNavigator: (define: Define) => void): void {
  const define = (target: object, name: string) =>
    defineProperty(target, name, bag({ value: nativeFunction(name, 0, answer), writable: true, enumerable: true, configurable: true }));
  define(element(), 'canLoadOpaqueURL');
  onNavigator((prototype) => define(prototype, 'canLoadAdAuctionFencedFrame'));
}
