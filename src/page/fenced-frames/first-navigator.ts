/** What of navigator's interface is ours. To make that interface takes longer than all else that pages pay for: when the page first asks for it. */

import { getPrototypeOf, globalObject } from '../../webidl/primordials';
import type { Define } from './can-load';
import { requireURNs } from './deprecated-urn-functions';
import { onFirstUse } from './replace-member';

/** DEVIATION: as long as a page has only ever called it `clientInformation`, it has Chromium's answers: always no, and never an error. */
export const onFirstNavigator = (define: Define): void =>
  onFirstUse(globalObject, 'navigator', (navigator) => {
    define(getPrototypeOf(navigator) as object);
    requireURNs(navigator);
  });
