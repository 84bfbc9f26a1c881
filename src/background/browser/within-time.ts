/** A limit on the wait for somebody else: a document that stands still, a server that does not answer. */

import { because, type Reason, ReasonedError } from '../../spec/reason';

export const A_DOCUMENT = because('silentDocument');
export const THE_TAB = because('silentTab');
export const DOCUMENTS_AROUND = because('silentDocumentsAround');
export const DOCUMENTS_OF_PAGE = because('silentDocumentsOfPage');

/** Rejects where `answer` has not settled after so many milliseconds; `who` says who did not answer. */
export function withinTime<Value>(answer: Promise<Value>, milliseconds: number, who: Reason): Promise<Value> {
  return new Promise((resolve, reject) => {
    const silence = () => reject(new ReasonedError(because('reasonSilence', who, milliseconds / 1000)));
    const timer = setTimeout(silence, milliseconds);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
