/** How the kit reaches the extension: expressions, evaluated in its service worker by whichever automation library is there. */

/** The extension's service worker. What an automation library calls it differs; each adapter has one of these. */
export interface ServiceWorkerRealm {
  /**
   * Evaluates an expression in the service worker's global scope, waits for its promise, and returns its value, a string. Rejects where the browser has gone.
   */
  evaluate(expression: string): Promise<string>;
}

/** The extension refused a request, or could not carry it out. `name` is the error's name there. */
export class SharedStorageLabError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** JSON in ASCII, so that unpaired surrogates survive a protocol in UTF-8. */
const asciiJSON = (value: unknown): string =>
  (JSON.stringify(value) ?? 'undefined').replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A worker that is just starting has its global scope before it has our function: that of `src/background/kit.ts`. */
const ANSWER = `(method, params) => typeof sharedStorageLab === 'object'
  ? sharedStorageLab.request(method, params).then((result) => JSON.stringify({ result }), ({ name, message }) => JSON.stringify({ name, message }))
  : '{"isStarting":true}'`;

type Answer = { result?: unknown } | { name: string; message: string } | { isStarting: true };

/** How long the extension and its service worker may take to start, in milliseconds. */
export const START_TIME = 15_000;

/** So much of a request is shown, in code units. */
const SHOWN = 500;

/** What was not understood is shown: a test without types can give anything. */
function refusal({ name, message }: { name: string; message: string }, method: string, params: unknown): SharedStorageLabError {
  const asked = name === 'NotSupportedError' ? ` It was asked for ${method} ${asciiJSON(params).slice(0, SHOWN)}` : '';
  return new SharedStorageLabError(name, `${message}${asked}`);
}

/** Asks the extension; rejects with a SharedStorageLabError where it refuses. */
export async function request(realm: ServiceWorkerRealm, method: string, params: unknown): Promise<unknown> {
  const expression = `(${ANSWER})(${asciiJSON(method)}, ${asciiJSON(params)})`;
  const deadline = Date.now() + START_TIME;
  for (;;) {
    const answer = JSON.parse(await realm.evaluate(expression)) as Answer;
    if ('name' in answer) throw refusal(answer, method, params);
    if (!('isStarting' in answer)) return answer.result;
    if (Date.now() > deadline) throw new Error(`Shared Storage Lab's service worker did not start within ${START_TIME} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** For a browser in which the extension is not there in time; `seen`: the URLs of the service workers that it has. */
export function notStarted(seen: readonly string[]): Error {
  const there = seen.length === 0 ? 'no service workers' : `the service workers ${seen.join(', ')}`;
  return new Error(
    `Shared Storage Lab has not started within ${START_TIME} ms. Instead there are ${there}. Branded Chrome and Edge take no extension from the ` +
      'command line, and the headless shell takes none at all: docs/test-kit.md says what does.',
  );
}

/** Whether a service worker's URL is that of the extension: other extensions may be loaded as well. */
export const isServiceWorkerOfLab = (url: string): boolean => /^chrome-extension:\/\/[a-p]{32}\/service-worker-loader\.js$/.test(url);
