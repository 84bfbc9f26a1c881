/**
 * Takes the network away from everything in a frame, for good. https://wicg.github.io/fenced-frame/#dom-fence-disableuntrustednetwork
 *
 * Its documents are cut off one by one, for what they load and where they go. Workers, and whatever a document got hold of before, are
 * stopped by rules of the browser, which know a request's tab and initiator.
 */

import { cutDocument, isDocumentCut } from '../../injected/fenced-frames/network-cut';
import { Refusal } from '../../protocol/envelope';
import { framesIn } from '../browser/frames';
import { runInAll } from '../browser/run-in';
import { ruleOfNetworkCut } from '../browser/session-rules';
import { A_DOCUMENT, withinTime } from '../browser/within-time';
import type { FrameRecords } from '../select-url/frame-records';

const ALARM = 'network cuts';
const MINUTES = 1;

const rulesOf = (frameId: number): [number, number] => [ruleOfNetworkCut.id(2 * frameId), ruleOfNetworkCut.id(2 * frameId + 1)];

type Rule = chrome.declarativeNetRequest.Rule;

function blockAll(id: number, condition: chrome.declarativeNetRequest.RuleCondition): Rule {
  const { ResourceType, RuleActionType } = chrome.declarativeNetRequest;
  // A navigation of the top is not the frame's.
  const resourceTypes = Object.values(ResourceType).filter((type) => type !== ResourceType.MAIN_FRAME);
  return { id, condition: { ...condition, resourceTypes }, action: { type: RuleActionType.BLOCK } };
}

/** The frame and those in it. */
async function allFramesWithin(tabId: number, frameId: number): Promise<number[]> {
  const frames = await framesIn(tabId);
  const parents = new Map(frames.map((frame) => [frame.frameId, frame.parentFrameId]));
  const isWithin = (id: number | undefined): boolean => id !== undefined && id > 0 && (id === frameId || isWithin(parents.get(id)));
  return frames.map((frame) => frame.frameId).filter(isWithin);
}

/** How long the documents of frames are waited for before the frames are looked at anew, in milliseconds, and how often. */
const LONGEST_ANSWER = 500;
const MAXIMUM_ATTEMPTS = 20;

/** Cuts documents off, and resolves to their origins; undefined where a frame has gone, or got another document: the browser may never answer then. */
async function cutDocuments(tabId: number, frameIds: number[]): Promise<string[] | undefined> {
  const answers = await withinTime(runInAll({ tabId, frameIds }, cutDocument), LONGEST_ANSWER, A_DOCUMENT).catch((error: unknown) => {
    console.debug('network cut', error);
  });
  if (!answers) return undefined;
  return answers.map(({ result }) => {
    if (!result) throw new Refusal('InvalidAccessError', 'There is a document in the frame that cannot be cut off from the network.');
    return result;
  });
}

const hostsOf = (origins: readonly string[]): string[] => [
  ...new Set(origins.filter((origin) => /^https?:/.test(origin)).map((origin) => new URL(origin).hostname)),
];

/** How long until those who wait for fenced frames within look again by themselves, in milliseconds: nobody tells of a frame that is removed. */
const NEXT_LOOK = 1000;

export class NetworkCuts {
  readonly #frameRecords: FrameRecords;
  /** Whether there may be something to tidy: an earlier worker may have left it. */
  #isAnyCut: Promise<boolean> | null = null;
  /** Those who wait for fenced frames within to give up their network. */
  readonly #waiting = new Set<() => void>();

  constructor(frameRecords: FrameRecords) {
    this.#frameRecords = frameRecords;
  }

  /** Resolves once nothing in the frame reaches the network any more, to the frames that this concerns. Rejects with a Refusal. */
  async cut(tabId: number, frameId: number): Promise<ReadonlySet<number>> {
    await chrome.alarms.create(ALARM, { periodInMinutes: MINUTES });
    if (!chrome.webNavigation.onCommitted.hasListener(this.#tidyOnNavigation))
      chrome.webNavigation.onCommitted.addListener(this.#tidyOnNavigation);
    this.#isAnyCut = Promise.resolve(true);
    return this.#cutFrames(tabId, frameId, []);
  }

  /** Whether no document in the frame is left that was not there to be cut off. */
  async isCutOff(tabId: number, frameId: number): Promise<boolean> {
    const frameIds = await allFramesWithin(tabId, frameId);
    const answers = await runInAll({ tabId, frameIds }, isDocumentCut);
    return answers.length === frameIds.length && answers.every(({ result }) => result === true);
  }

  /** Gives the network back where the frame is gone, and lets the tab's other hosts have theirs. */
  async tidy(): Promise<void> {
    this.#isAnyCut ??= ruleOfNetworkCut.all().then(({ length }) => length > 0);
    const known = this.#isAnyCut;
    if (!(await known)) return;
    const existing = await ruleOfNetworkCut.all();
    let left = 0;
    for (const rule of existing) {
      const { id, condition } = rule;
      const tabId = condition.tabIds?.[0] ?? chrome.tabs.TAB_ID_NONE;
      if (tabId === chrome.tabs.TAB_ID_NONE) continue;
      const frameId = ruleOfNetworkCut.indexOf(rule) / 2;
      if (await this.#isThere(tabId, frameId)) {
        left++;
        // Frames of other hosts may have come since; what was on its way into this one gets no further.
        const hosts = existing.find((other) => other.id === id + 1)?.condition.initiatorDomains ?? [];
        await this.#cutFrames(tabId, frameId, hosts).catch((error: unknown) => console.debug('network cut', error));
      } else await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds: rulesOf(frameId) });
    }
    // Where another network has been cut meanwhile, there is something again.
    if (left > 0 || this.#isAnyCut !== known) return;
    this.#isAnyCut = null;
    chrome.webNavigation.onCommitted.removeListener(this.#tidyOnNavigation);
    await chrome.alarms.clear(ALARM);
  }

  /** Only while there is something to tidy, and only as long as this worker lives. */
  readonly #tidyOnNavigation = (): void => {
    void this.tidy();
  };

  tidyByAlarm(): void {
    chrome.alarms.onAlarm.addListener(({ name }) => {
      if (name === ALARM) void this.tidy();
    });
  }

  /** A frame has given up its network. */
  tell(): void {
    for (const look of this.#waiting) look();
  }

  /** Resolves once no fenced frame within the frame has a network left, or the document has gone. */
  async waitForFramesWithin(tabId: number, frameId: number, documentId: string): Promise<void> {
    for (;;) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      const timer = setTimeout(resolve, NEXT_LOOK);
      const contents = await Promise.all(
        (await this.#fencedFramesWithin(tabId, frameId)).map((id) => this.#frameRecords.contentOf(tabId, id)),
      );
      const isThere = await chrome.webNavigation.getFrame({ documentId }).catch(() => null);
      const isDone = !isThere || contents.every((content) => !content?.fenced || content.isNetworkRevoked);
      if (!isDone) await promise;
      clearTimeout(timer);
      this.#waiting.delete(resolve);
      if (isDone) return;
    }
  }

  /** Resolves to the frames that were cut off; `known` are hosts that are blocked already. */
  async #cutFrames(tabId: number, frameId: number, known: readonly string[]): Promise<ReadonlySet<number>> {
    const cut = new Set<number>();
    const hosts = new Set(known);
    for (let failures = 0; failures < MAXIMUM_ATTEMPTS; ) {
      // A frame may have been added meanwhile, by a document that was not cut off yet.
      const added = (await this.#framesWithin(tabId, frameId)).filter((id) => !cut.has(id));
      if (added.length === 0) return cut;
      const origins = await cutDocuments(tabId, added);
      if (!origins) failures++;
      for (const host of hostsOf(origins ?? [])) hosts.add(host);
      await this.#block(tabId, frameId, [...hosts]);
      if (origins) for (const id of added) cut.add(id);
    }
    throw new Refusal('InvalidAccessError', 'There is a document in the frame that does not let itself be cut off from the network.');
  }

  async #block(tabId: number, frameId: number, initiatorDomains: string[]): Promise<void> {
    const removeRuleIds = rulesOf(frameId);
    const [inTab, inNoTab] = removeRuleIds;
    if (initiatorDomains.length === 0) return;
    // A worker of a `data:` URL, and a sandboxed document, have no host: in the tab, all are blocked but those that are known to be others.
    const excludedInitiatorDomains = await this.#otherHosts(tabId, frameId, initiatorDomains);
    // Shared workers and service workers belong to no tab.
    const addRules = [
      blockAll(inTab, { tabIds: [tabId], ...(excludedInitiatorDomains.length > 0 ? { excludedInitiatorDomains } : {}) }),
      blockAll(inNoTab, { tabIds: [chrome.tabs.TAB_ID_NONE], initiatorDomains }),
    ];
    await chrome.declarativeNetRequest.updateSessionRules({ removeRuleIds, addRules });
  }

  /** The hosts of the tab's other documents, which keep their network unless the frame has them as well. */
  async #otherHosts(tabId: number, frameId: number, hosts: readonly string[]): Promise<string[]> {
    const frames = await framesIn(tabId);
    const within = new Set(await this.#framesWithin(tabId, frameId));
    const others = frames.filter((frame) => !within.has(frame.frameId) && URL.canParse(frame.url));
    return hostsOf(others.map(({ url }) => new URL(url).origin)).filter((host) => !hosts.includes(host));
  }

  /** Fenced frames in the frame. */
  async #fencedFramesWithin(tabId: number, frameId: number): Promise<number[]> {
    const ids = (await allFramesWithin(tabId, frameId)).filter((id) => id !== frameId);
    const contents = await Promise.all(ids.map((id) => this.#frameRecords.contentOf(tabId, id)));
    return ids.filter((_id, index) => contents[index]?.fenced);
  }

  /** The frame and those in it, but for fenced frames: their network is their own affair. */
  async #framesWithin(tabId: number, frameId: number): Promise<number[]> {
    const fenced = await this.#fencedFramesWithin(tabId, frameId);
    const others = new Set((await Promise.all(fenced.map((id) => allFramesWithin(tabId, id)))).flat());
    return (await allFramesWithin(tabId, frameId)).filter((id) => !others.has(id));
  }

  /** A page that may be gone back to has its frames still, though the browser lists them no more. */
  async #isThere(tabId: number, frameId: number): Promise<boolean> {
    if (await chrome.webNavigation.getFrame({ tabId, frameId }).catch(() => null)) return true;
    const content = await this.#frameRecords.contentOf(tabId, frameId);
    const top = content && (await chrome.webNavigation.getFrame({ documentId: content.topDocumentId }).catch(() => null));
    return Boolean(top && top.documentLifecycle !== 'active');
  }
}
