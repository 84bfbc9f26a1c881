// The cast of the demo. First labels under `localhost` are different sites, are secure contexts over plain http, and need no DNS.

export const sites = /** @type {const} */ (['start', 'news', 'recipes', 'measure', 'adverts']);

/** @typedef {(typeof sites)[number]} Site */
