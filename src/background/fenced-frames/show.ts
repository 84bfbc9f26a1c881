/** "frame.show": a page has given a fenced frame its config, or asks for its box. */

import { leadFencedFrame, settleWaitingFrame } from '../../injected/fenced-frames/lead';
import { showFencedFrame as show, warn } from '../../injected/fenced-frames/show';
import type { Requests } from '../../protocol/messages';
import { isUrnUuid, isValidFencedFrameURL } from '../../spec/fenced-frame-config';
import { FENCED_FRAME_FEATURES } from '../../spec/fenced-frame-features';
import { BoundedMap } from '../../store/bounded-map';
import type { KeepAlive } from '../browser/keep-alive';
import { pageOf } from '../browser/pages';
import { runFiles, runIn } from '../browser/run-in';
import type { PermissionsPolicies } from '../permissions-policy/permissions-policy';
import type { Caller } from '../requests/caller';
import type { ExpectedFrames } from '../select-url/expected-frames';
import { type Fenced, findContent } from '../select-url/frame-content';
import { hasFrameWithoutNetwork, isWithoutNetwork } from '../select-url/frame-records';
import type { SelectedURLs } from '../select-url/selected-urls';
import { watchArrival } from './arrival';
import { admitFencedFrame } from './embedder';
import { prepareForOpaqueFrames, silenceOthers } from './fence-script';
import styleSheet from './stand-in.css?inline';

const SCRIPT = 'src/content/fenced-frames.iife.js';
const PAGE_SCRIPT = 'src/page/stand-in-answers.iife.js';

/** Native Chromium's words. */
const INVALID_URL = 'A fenced frame must be navigated to an "https" URL, an "http" localhost URL, "about:blank", or a "urn:uuid".';

const MAXIMUM_DOCUMENTS = 1000;
const MAXIMUM_FRAMES = 5000;

/** The documents that have what a fenced frame takes there; one that gets it twice is no different. */
const prepared = new BoundedMap<string, Promise<void>>(MAXIMUM_DOCUMENTS);

/** What each frame is to show: a config that has been replaced when its turn comes is never shown, nor asked for. */
const latest = new BoundedMap<string, object>(MAXIMUM_FRAMES);

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

/** Takes the frame, which is empty still and has the name, to what its config stands for. */
async function lead(url: string, name: string, fenced: Fenced, caller: Caller, services: ShowServices & Replaceable): Promise<void> {
  const { tabId, frameId, documentId } = caller;
  const page = await pageOf({ tabId, frameId: 0 });
  // A frame without a network stays what it is.
  if (!page || (await isWithoutNetwork(tabId, frameId))) return;
  const { selectedURLs, expectedFrames, isReplaced } = services;
  const [shown] = await Promise.all([findContent(new URL(url).href, fenced, page, selectedURLs), prepareForOpaqueFrames()]);
  if (!shown || isReplaced()) return;
  const abandon = await expectedFrames.expect({ tabId, ...shown });
  // The operation may have taken longer than what was prepared is kept for nobody.
  await Promise.all([prepareForOpaqueFrames(), silenceOthers(page)]);
  const target = { tabId, documentIds: [documentId] };
  const { hasArrived, stop } = watchArrival(tabId, shown.url);
  const lead = await runIn(target, leadFencedFrame, name, shown.url);
  if (lead !== 'waits') stop();
  if (!lead) await abandon();
  const settle = async (isThere: boolean | null) => {
    if (isThere !== null) await runIn(target, settleWaitingFrame, name, isThere);
  };
  services.keepAlive.until(hasArrived.then(settle).catch((error: unknown) => console.debug('fenced frame', error)));
}

/** What it takes to show something in a fenced frame. */
export interface ShowServices {
  readonly selectedURLs: SelectedURLs;
  readonly expectedFrames: ExpectedFrames;
  readonly keepAlive: KeepAlive;
  readonly policies: PermissionsPolicies;
}

interface Replaceable {
  readonly isReplaced: () => boolean;
}

/** What documents find in the frame's name: that it is fenced, which is what the beginning says that nobody else knows, and what the embedder denies. */
const nameOf = (denied: readonly string[]): string =>
  `urn:uuid:${crypto.randomUUID()}${denied.map((feature) => FENCED_FRAME_FEATURES.indexOf(feature)).join('')}`;

/** Resolves once the frame is on its way, or stays empty. Rejects where this worker is being stopped. */
export async function showFencedFrame(config: Config, caller: Caller, services: ShowServices): Promise<void> {
  const { frame, url, allow, context } = config;
  const { tabId, documentId } = caller;
  const target = { tabId, documentIds: [documentId] };
  if (await isInvalid(config, target)) return;
  const isReplaced = () => url !== null && latest.get(`${documentId} ${frame}`) !== config;
  if (url !== null) latest.set(`${documentId} ${frame}`, config);
  await prepared.getOrAsk(documentId, () => prepare(target));
  const isEmpty = url === null || url === 'about:blank';
  const admission = isEmpty || isReplaced() ? null : await admitFencedFrame(caller, { url, allow }, services.policies);
  const replacesAtOnce = await hasFrameWithoutNetwork(tabId, documentId);
  if (isReplaced() || (!isEmpty && !admission)) return;
  const name = isEmpty || !admission ? url && '' : nameOf(admission.denied);
  await runIn(target, show, frame, name, { allow, isOpaque: !isEmpty && isUrnUuid(url), replacesAtOnce });
  if (!name || !url) return;
  const embedder = admission?.isolated ? caller.origin : null;
  await lead(url, name, { context, embedder }, caller, { ...services, isReplaced });
}
