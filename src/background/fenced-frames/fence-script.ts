/**
 * While there are frames with opaque URLs, further scripts give their documents `window.fence`, and take away what they must not have; and what is
 * outside of a fenced frame hears nothing of it.
 */

import type { Page } from '../../spec/fenced-frame-config';
import { BoundedMap } from '../../store/bounded-map';
import { Serial } from '../../store/serial';
import { runFiles } from '../browser/run-in';
import { DOCUMENTS_OF_PAGE, withinTime } from '../browser/within-time';
import type { FrameRecords } from '../select-url/frame-records';
import type { NetworkCuts } from './network-cut';

const ID = 'fence';
const MESSAGES_ID = 'fenced-frame-messages';
const MESSAGES = 'src/content/fenced-frame-messages.iife.js';
const IDS = [ID, MESSAGES_ID];

/** Looks every so often whether the scripts are still needed. */
const ALARM = 'fence';
const MINUTES = 1;

const EVERYWHERE = {
  matchOriginAsFallback: true,
  allFrames: true,
  runAt: 'document_start',
  persistAcrossSessions: false,
} as const;

async function register(): Promise<void> {
  const existing = await chrome.scripting.getRegisteredContentScripts({ ids: IDS });
  if (existing.length === IDS.length) return;
  await chrome.scripting.registerContentScripts([
    // The second takes away what the first goes by: the name of the window.
    { id: ID, js: ['src/page/fenced-document.iife.js', 'src/page/fence.iife.js'], world: 'MAIN', ...EVERYWHERE, matches: ['<all_urls>'] },
    { id: MESSAGES_ID, js: [MESSAGES], world: 'ISOLATED', ...EVERYWHERE, matches: ['<all_urls>'] },
  ]);
  await chrome.alarms.create(ALARM, { periodInMinutes: MINUTES });
}

const MAXIMUM_PAGES = 1000;
/** How long the documents of a page may take, in milliseconds: one that stands still hears nothing. */
const LONGEST_SILENCING = 1000;

export class FenceScripts {
  readonly #frameRecords: FrameRecords;
  readonly #networkCuts: NetworkCuts;
  #registered: Promise<void> | null = null;
  /** Nothing is taken away that somebody has just asked for. */
  readonly #changes = new Serial();
  /** How often the scripts were asked for. */
  #asked = 0;
  /** By the documentId of their top: pages whose documents hear no fenced frames but their own. Later documents have the script from the beginning. */
  readonly #silenced = new BoundedMap<string, Promise<void>>(MAXIMUM_PAGES);

  constructor(frameRecords: FrameRecords, networkCuts: NetworkCuts) {
    this.#frameRecords = frameRecords;
    this.#networkCuts = networkCuts;
  }

  /** What must be done before a document gets into a frame with an opaque URL. */
  readonly prepare = (): Promise<unknown> => Promise.all([this.#register(), this.#networkCuts.tidy()]);

  silenceOthers({ tabId, documentId }: Page): Promise<void> {
    const silence = () => withinTime(runFiles({ tabId, allFrames: true }, 'ISOLATED', MESSAGES), LONGEST_SILENCING, DOCUMENTS_OF_PAGE);
    return this.#silenced.getOrAsk(documentId, () => silence().catch((error: unknown) => console.debug('fenced frames', error)));
  }

  unregisterByAlarm(): void {
    chrome.alarms.onAlarm.addListener(({ name }) => {
      if (name === ALARM) void this.#unregisterUnlessNeeded();
    });
  }

  #register(): Promise<void> {
    this.#asked++;
    this.#registered ??= this.#changes.run(register).catch((error: unknown) => {
      this.#registered = null;
      throw error;
    });
    return this.#registered;
  }

  async #unregisterUnlessNeeded(): Promise<void> {
    const before = this.#asked;
    // A frame that is about to be filled has asked for them, and may have no record yet.
    if ((await this.#frameRecords.tidy()) || this.#asked !== before) return;
    this.#registered = null;
    await this.#changes.run(async () => {
      await chrome.alarms.clear(ALARM);
      await chrome.scripting.unregisterContentScripts({ ids: IDS });
    });
  }
}
