/** For browsers that do not know the element any more: what others have of it, on which install.iife.ts builds. */

import { provideFencedFrameElement } from './fenced-frames/fenced-frame-element';

if (isSecureContext && !('HTMLFencedFrameElement' in globalThis)) provideFencedFrameElement();
