/** What the browser has and TypeScript's library of the DOM does not know. */

/** https://wicg.github.io/anonymous-iframe/#spec-window-attribute */
declare var credentialless: boolean;

/** https://html.spec.whatwg.org/multipage/workers.html#dom-workerglobalscope-importscripts: TypeScript has it for workers alone. */
declare var importScripts: (url: string) => void;

/** https://fetch.spec.whatwg.org/#dom-window-fetchlater */
declare var fetchLater: ((...args: unknown[]) => unknown) | undefined;
