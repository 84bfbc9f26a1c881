/** What declarative rules are made of. */

export type Rule = chrome.declarativeNetRequest.Rule;

type ResourceType = `${chrome.declarativeNetRequest.ResourceType}`;

/** The types of request that documents come by. */
export const DOCUMENTS: ResourceType[] = ['main_frame', 'sub_frame', 'object'];

/** All types of request: a rule without types is for everything but `main_frame`. */
export const EVERYTHING: ResourceType[] = [
  ...DOCUMENTS,
  'stylesheet',
  'script',
  'image',
  'font',
  'xmlhttprequest',
  'ping',
  'media',
  'websocket',
  'other',
];
