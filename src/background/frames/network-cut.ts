/**
 * Takes the network away from everything in a frame, for good. https://wicg.github.io/fenced-frame/#dom-fence-disableuntrustednetwork
 *
 * Its documents are cut off one by one, for what they load and where they go. Workers, and whatever a document got hold of before, are
 * stopped by rules of the browser, which know a request's tab and initiator.
 */

import { cutDocument } from './injected';

const ALARM = 'network cuts';
const MINUTES = 1;

/** Session rules from this id on are ours, two for each frame; other parts of the extension stay below. */
const FIRST_ID = 10_000_000;

const rulesOf = (frameId: number): [number, number] => [FIRST_ID + 2 * frameId, FIRST_ID + 2 * frameId + 1];

type Rule = chrome.declarativeNetRequest.Rule;

function blockAll(id: number, condition: chrome.declarativeNetRequest.RuleCondition): Rule {
  const { ResourceType, RuleActionType } = chrome.declarativeNetRequest;
  // A navigation of the top is not the frame's.
  const resourceTypes = Object.values(ResourceType).filter((type) => type !== ResourceType.MAIN_FRAME);
  return { id, condition: { ...condition, resourceTypes }, action: { type: RuleActionType.BLOCK } };
}

/** The frame and those in it. */
async function framesWithin(tabId: number, frameId: number): Promise<number[]> {
  const frames = (await chrome.webNavigation.getAllFrames({ tabId })) ?? [];
  const parents = new Map(frames.map((frame) => [frame.frameId, frame.parentFrameId]));
  const isWithin = (id: number | undefined): boolean => id !== undefined && id > 0 && (id === frameId || isWithin(parents.get(id)));
  return frames.map((frame) => frame.frameId).filter(isWithin);
}

/** Cuts documents off, and resolves to their origins. */
async function cutDocuments(tabId: number, frameIds: number[]): Promise<string[]> {
  const answers = await chrome.scripting.executeScript({ target: { tabId, frameIds }, injectImmediately: true, func: cutDocument });
  return answers.map(({ result }) => result ?? 'null');
}

async function block(tabId: number, frameId: number, origins: readonly string[]): Promise<void> {
  const removeRuleIds = rulesOf(frameId);
  const [inTab, inNoTab] = removeRuleIds;
  const initiatorDomains = [...new Set(origins.filter((origin) => origin !== 'null').map((origin) => new URL(origin).hostname))];
  if (initiatorDomains.length === 0) return;
  // Shared workers and service workers belong to no tab.
  const addRules = [
    blockAll(inTab, { tabIds: [tabId], initiatorDomains }),
    blockAll(inNoTab, { tabIds: [chrome.tabs.TAB_ID_NONE], initiatorDomains }),
  ];
  await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds, addRules });
}

const rules = async () => (await chrome.declarativeNetRequest.getSessionRules()).filter(({ id }) => id >= FIRST_ID);

/** Whether there may be something to tidy: an earlier worker may have left it. */
let isAnyCut: Promise<boolean> | null = null;

/** Gives the network back where the frame is gone. */
export async function tidyNetworkCuts(): Promise<void> {
  isAnyCut ??= rules().then(({ length }) => length > 0);
  if (!(await isAnyCut)) return;
  const cuts = (await rules()).filter(({ id }) => (id - FIRST_ID) % 2 === 0);
  let left = 0;
  for (const { id, condition } of cuts) {
    const frameId = (id - FIRST_ID) / 2;
    const frame = await chrome.webNavigation.getFrame({ tabId: condition.tabIds?.[0] ?? 0, frameId }).catch(() => null);
    if (frame) left++;
    else await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: rulesOf(frameId) });
  }
  if (left > 0) return;
  isAnyCut = null;
  chrome.webNavigation.onCommitted.removeListener(tidyOnNavigation);
  await chrome.alarms.clear(ALARM);
}

/** Only while there is something to tidy, and only as long as this worker lives. */
function tidyOnNavigation({ frameId }: { readonly frameId: number }): void {
  if (frameId === 0) void tidyNetworkCuts();
}

export function tidyNetworkCutsByAlarm(): void {
  chrome.alarms.onAlarm.addListener(({ name }) => {
    if (name === ALARM) void tidyNetworkCuts();
  });
}

/** Resolves once nothing in the frame reaches the network any more. */
export async function cutNetwork(tabId: number, frameId: number): Promise<void> {
  await chrome.alarms.create(ALARM, { periodInMinutes: MINUTES });
  if (!chrome.webNavigation.onCommitted.hasListener(tidyOnNavigation)) chrome.webNavigation.onCommitted.addListener(tidyOnNavigation);
  isAnyCut = Promise.resolve(true);
  const cut = new Set<number>();
  const origins: string[] = [];
  for (;;) {
    // A frame may have been added meanwhile, by a document that was not cut off yet.
    const added = (await framesWithin(tabId, frameId)).filter((id) => !cut.has(id));
    if (added.length === 0) return;
    origins.push(...(await cutDocuments(tabId, added)));
    await block(tabId, frameId, origins);
    for (const id of added) cut.add(id);
  }
}
