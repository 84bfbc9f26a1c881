// Whoever waits for an attack waits with a limit.

/**
 * @template Value
 * @param {Promise<Value>} promise
 * @param {number} milliseconds
 * @param {string} what
 * @returns {Promise<Value>}
 */
export function within(promise, milliseconds, what) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} took more than ${milliseconds} ms`)), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/**
 * Waits for a condition.
 * @template Value
 * @param {() => Value} condition
 * @param {number} milliseconds
 * @param {string} what
 * @returns {Promise<Value>} what the condition gave at last
 */
export async function until(condition, milliseconds, what) {
  for (const deadline = Date.now() + milliseconds; ; ) {
    const value = condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`${what} did not come within ${milliseconds} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
