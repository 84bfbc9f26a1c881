/** What more than one part of a page's scripts uses of the DOM, captured once. */

import { uncurryThis } from '../../webidl/primordials';

export const addEventListener = uncurryThis(EventTarget.prototype.addEventListener);
export const dispatchEvent = uncurryThis(EventTarget.prototype.dispatchEvent);
export const getAttribute = uncurryThis(Element.prototype.getAttribute);
