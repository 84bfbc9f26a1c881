/** What the browser has and TypeScript's library does not know yet. */

/** https://wicg.github.io/anonymous-iframe/#spec-window-attribute */
declare var credentialless: boolean;
