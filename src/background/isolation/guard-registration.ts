/**
 * Registers the message guard in the documents of those sites that isolation was asked for. Everywhere else there is none, and it costs
 * nothing: today's browsers keep such messages within an origin by themselves.
 */

import { siteOf } from '../../store/site';

/** The browser injects in the order of the ids: the isolated world listens before the page's realm hands its port over. */
const RELAY_ID = 'message-guard: 1 isolated world';
const ID = 'message-guard: 2 page';

const common = {
  matchOriginAsFallback: true,
  allFrames: true,
  runAt: 'document_start',
  persistAcrossSessions: true,
} as const;

/** The patterns of a site's documents: its registrable domain and what is under it, on every port. */
function patternOf(origin: string): string[] {
  const site = siteOf(origin);
  if (site === null) return [];
  const { protocol, hostname } = new URL(site);
  // An address is no domain, and nothing is under it.
  const isAddress = hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
  return [`${protocol}//${isAddress ? hostname : `*.${hostname}`}/*`];
}

export const patternsOf = (origins: readonly string[]): string[] => [...new Set(origins.flatMap(patternOf))].toSorted();

/**
 * Resolves once the next documents of the origins' sites have the guard, and no others. Call one after the other: it goes by what is
 * registered.
 */
export async function applyMessageGuard(origins: readonly string[]): Promise<void> {
  const matches = patternsOf(origins);
  const scripts: chrome.scripting.RegisteredContentScript[] = [
    { ...common, id: RELAY_ID, js: ['src/content/guard-reports.iife.js'], matches },
    { ...common, id: ID, js: ['src/page/message-guard.iife.js'], matches, world: 'MAIN' },
  ];
  const registered = await chrome.scripting.getRegisteredContentScripts({ ids: [RELAY_ID, ID] });
  if (registered.length === scripts.length && matches.length > 0) {
    const unchanged = registered.every((script) => JSON.stringify(script.matches?.toSorted()) === JSON.stringify(matches));
    // In one step: no document in between goes without.
    if (!unchanged) await chrome.scripting.updateContentScripts(scripts);
    return;
  }
  if (registered.length > 0) await chrome.scripting.unregisterContentScripts({ ids: registered.map(({ id }) => id) });
  if (matches.length > 0) await chrome.scripting.registerContentScripts(scripts);
}
