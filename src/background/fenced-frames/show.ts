/** "frame.show": a page has given a fenced frame its config, or asks for its box. */

import { leadFencedFrame, settleWaitingFrame } from '../../injected/fenced-frames/lead';
import { showFencedFrame as show, warn } from '../../injected/fenced-frames/show';
import { sayInConsole } from '../../injected/say-in-console';
import type { Requests } from '../../protocol/messages';
import { isUrnUuid, isValidFencedFrameURL } from '../../spec/fenced-frame-config';
import { FENCED_FRAME_FEATURES } from '../../spec/fenced-frame-features';
import { BoundedMap } from '../../store/bounded-map';
import type { KeepAlive } from '../browser/keep-alive';
import type { Pages } from '../browser/pages';
import { runFiles, runIn } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import type { ExpectedFrames } from '../select-url/expected-frames';
import { type Fenced, findContent } from '../select-url/frame-content';
import type { SelectedURLs } from '../select-url/selected-urls';
import { Arrivals } from './arrival';
import { type AdmissionServices, admitFencedFrame, refusedForFeature } from './embedder';
import { featureNotGiven } from './features';
import type { FenceScripts } from './fence-script';
import styleSheet from './stand-in.css?inline';

const SCRIPT = 'src/content/fenced-frames.iife.js';
const PAGE_SCRIPT = 'src/page/stand-in-answers.iife.js';

/** Native Chromium's words. */
const INVALID_URL = 'A fenced frame must be navigated to an "https" URL, an "http" localhost URL, "about:blank", or a "urn:uuid".';

const MAXIMUM_DOCUMENTS = 1000;
const MAXIMUM_FRAMES = 5000;

async function prepare(target: chrome.scripting.InjectionTarget): Promise<void> {
  // As the user's, the style sheet reaches into shadow trees, and no page has a say against it.
  const sheet = chrome.scripting.insertCSS({ target, origin: 'USER', css: styleSheet });
  await Promise.all([sheet, runFiles(target, 'ISOLATED', SCRIPT), runFiles(target, 'MAIN', PAGE_SCRIPT)]);
}

type Config = Requests['frame.show']['params'];

/** Resolves to whether the document is told of a URL that fenced frames do not show, in words of the browser's. */
async function isInvalid({ url }: Config, target: chrome.scripting.InjectionTarget): Promise<boolean> {
  if (url === null || isValidFencedFrameURL(url)) return false;
  // Of what is no URL by itself, native Chromium says nothing.
  if (URL.canParse(url)) await runIn(target, warn, INVALID_URL);
  return true;
}

interface ShowServices extends AdmissionServices {
  readonly expectedFrames: ExpectedFrames;
  readonly fenceScripts: FenceScripts;
  readonly keepAlive: KeepAlive;
  readonly pages: Pages;
  readonly selectedURLs: SelectedURLs;
}

/** What documents find in the frame's name: that it is fenced, which is what the beginning says that nobody else knows, and what the embedder denies. */
const nameOf = (denied: readonly string[]): string =>
  `urn:uuid:${crypto.randomUUID()}${denied.map((feature) => FENCED_FRAME_FEATURES.indexOf(feature)).join('')}`;

/** Where a fenced frame goes. */
interface Lead extends Fenced {
  readonly url: string;
  /** Of the frame, while it is empty still. */
  readonly name: string;
  /** The attribute. */
  readonly allow: string;
  /** Whether the page has given it another config meanwhile. */
  readonly isReplaced: () => boolean;
}

export class FencedFrames {
  readonly #services: ShowServices;
  readonly #arrivals = new Arrivals();
  /** The documents that have what a fenced frame takes there; one that gets it twice is no different. */
  readonly #prepared = new BoundedMap<string, Promise<void>>(MAXIMUM_DOCUMENTS);
  /** What each frame is to show: a config that has been replaced when its turn comes is never shown, nor asked for. */
  readonly #latest = new BoundedMap<string, object>(MAXIMUM_FRAMES);

  constructor(services: ShowServices) {
    this.#services = services;
  }

  /** Resolves once the frame is on its way, or stays empty. Rejects where this worker is being stopped. */
  async show(config: Config, caller: Caller): Promise<void> {
    const { frame, url, allow, context } = config;
    const { tabId, documentId } = caller;
    const target = { tabId, documentIds: [documentId] };
    if (await isInvalid(config, target)) return;
    const isReplaced = () => url !== null && this.#latest.get(`${documentId} ${frame}`) !== config;
    if (url !== null) this.#latest.set(`${documentId} ${frame}`, config);
    await this.#prepared.getOrAsk(documentId, () => prepare(target));
    const isEmpty = url === null || url === 'about:blank';
    const admission = isEmpty || isReplaced() ? null : await admitFencedFrame(caller, { url, allow }, this.#services);
    const replacesAtOnce = await this.#services.frameRecords.hasFrameWithoutNetwork(tabId, documentId);
    if (isReplaced() || (!isEmpty && !admission)) return;
    const name = isEmpty || !admission ? url && '' : nameOf(admission.denied);
    await runIn(target, show, frame, name, { allow, isOpaque: !isEmpty && isUrnUuid(url), replacesAtOnce });
    if (!name || !url) return;
    const embedder = admission?.isolated ? caller.origin : null;
    await this.#lead({ url, name, allow, context, embedder, isReplaced }, caller);
  }

  /** Takes the frame, which is empty still and has the name, to what its config stands for. */
  async #lead({ url, name, allow, isReplaced, ...fenced }: Lead, { tabId, frameId, documentId, origin }: Caller): Promise<void> {
    const { expectedFrames, fenceScripts, frameRecords, keepAlive, pages, selectedURLs } = this.#services;
    const page = await pages.of({ tabId, frameId: 0 });
    // A frame without a network stays what it is.
    if (!page || (await frameRecords.isWithoutNetwork(tabId, frameId))) return;
    const [shown] = await Promise.all([findContent(new URL(url).href, fenced, page, selectedURLs), fenceScripts.prepare()]);
    if (!shown || isReplaced()) return;
    const target = { tabId, documentIds: [documentId] };
    const missing = shown.content.urn === null ? undefined : featureNotGiven(allow, origin, shown.content.origin);
    if (missing !== undefined) {
      await runIn(target, sayInConsole, refusedForFeature('', missing));
      return;
    }
    const abandon = await expectedFrames.expect({ tabId, ...shown });
    // The operation may have taken longer than what was prepared is kept for nobody.
    await Promise.all([fenceScripts.prepare(), fenceScripts.silenceOthers(page)]);
    const { hasArrived, stop } = this.#arrivals.watch(tabId, shown.url);
    const lead = await runIn(target, leadFencedFrame, name, shown.url);
    if (lead !== 'waits') stop();
    if (!lead) await abandon();
    const settle = async (isThere: boolean | null) => {
      if (isThere !== null) await runIn(target, settleWaitingFrame, name, isThere);
    };
    keepAlive.until(hasArrived.then(settle).catch((error: unknown) => console.debug('fenced frame', error)));
  }
}
