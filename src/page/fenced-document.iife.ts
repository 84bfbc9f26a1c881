/** Registered with the script of `fence`, and of no effect but in fenced frames: what their documents have no use of, and are told of. */

import { canLoadOpaqueURL, defineCanLoad } from './fenced-frames/can-load';
import { keepCookies } from './fenced-frames/cookies';
import { forbidAPIs } from './fenced-frames/forbidden-apis';
import { isInFencedTree } from './fenced-frames/frame-kind';
import { isOpaque, knowForgottenFeatures } from './fenced-frames/frame-policy';
import { keepScrollingWithin } from './fenced-frames/scroll-within';
import { tellOfFrameAlone } from './fenced-frames/window-facts';

/** By way of the navigator, which has the answer of every page from then on: ours comes after that. */
const navigatorPrototype = Object.getPrototypeOf(navigator) as object;

if (isSecureContext && isInFencedTree()) {
  forbidAPIs();
  tellOfFrameAlone();
  keepScrollingWithin();
  keepCookies();
  knowForgottenFeatures();
  defineCanLoad(
    () => isOpaque && canLoadOpaqueURL(),
    (define) => define(navigatorPrototype),
  );
}
