// What an attack is. Whatever it does, the same is proved of it: run-case.mjs.

/**
 * @typedef {object} Origins who takes part in one attack; every attack has sites of its own
 * @property {string} victim has stored the canary
 * @property {string} sibling another origin of the victim's site
 * @property {string} attacker
 * @property {string} trap whatever calls it breaks out: a URL without an end
 * @property {number} trapPort for TCP and UDP alike
 * @property {string} extension the origin of the extension
 */

/**
 * @typedef {object} Act what an attack that is driven from outside the page has
 * @property {Origins} origins
 * @property {import('../browser/launch.mjs').Session} page the attacking page
 * @property {import('../browser/launch.mjs').Browser} browser
 * @property {(...values: unknown[]) => void} got reports what was got hold of, as `kit.got()` does in pages
 * @property {readonly string[]} requests what has reached the attack's own sites, as `METHOD HOST/path?query`
 * @property {(url?: string) => Promise<import('../browser/launch.mjs').Session>} open one more page, which is watched as the first one is
 */

/** @typedef {{ status?: number, headers?: Record<string, string | string[]>, body?: string | Buffer }} Reply */
/** @typedef {(request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse, origins: Origins) => unknown} Responder */
/** @typedef {string | Reply | Responder} Answer a text is the body; the type goes by the path's ending */

/**
 * @typedef {object} Attack
 * @property {string} name
 * @property {string} tries in one sentence
 * @property {'victim' | 'attacker'} [as] whose page attacks; by default the victim's own, whose code can do the most
 * @property {string} [head] markup of the attacking page, before its load; after the kit, which has kept what it needs
 * @property {string} [page] the body of an async function in the page. `kit` (test/pages/attack/kit.js) says what was tried
 * @property {string} [module] the source of `/module.js`; `tried(n)` in there says how much was tried, and is waited for
 * @property {Record<string, Answer>} [serve] by path, on all sites of the attack
 * @property {(act: Act) => Promise<unknown>} [drive] after `page`
 * @property {Record<string, string>} [leaves] what is stored afterwards, besides the canary: what a page of the victim may write
 * @property {boolean} [losesCanary] where the attack may delete as any page of the victim: the canary is gone then
 * @property {boolean} [isForeign] whether its worklets are somebody else's than the victim's, and must not have the canary to log; by default those of the attacker's page.
 *   What a worklet of the victim's logs is shown in the console of its page, for people, and no page can read it
 * @property {boolean} [framesMayKnow] whether frames of other sites may have the canary, as fenced frames without a network: what they show is for people
 * @property {number} [longest] how long it may take, in milliseconds, where that is more than for others
 * @property {boolean} [leavesPage] whether the page navigates, so that nobody waits for its answer
 * @property {'keys' | 'worklet'} [oracle] `page` returns what it believes the canary's bits to be, as a text of 24 times "0" or "1" (`kit.split()`): the last bits of its letters.
 *   'keys': `bit-N` is stored where the Nth bit is 1; 'worklet': the worklet has them of the canary
 * @property {readonly string[]} [limit] the senses that notice it: where nothing of ours can keep it from getting through, as docs/limits.md says
 * @property {readonly string[]} [noticedBy] of a control: the senses that must notice it (run-case.mjs)
 */

export {};
