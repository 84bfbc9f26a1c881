/** A limit on the wait for somebody else: a document that stands still, a server that does not answer. */

/** Rejects where `answer` has not settled after so many milliseconds; `who` says who did not answer. */
export function withinTime<Value>(answer: Promise<Value>, milliseconds: number, who: string): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer from ${who} within ${milliseconds / 1000} s`)), milliseconds);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
