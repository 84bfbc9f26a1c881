/** "frame.show": a page has given a fenced frame its config, or asks for its box. */

import { leadFencedFrame } from '../../injected/fenced-frames/lead';
import { showFencedFrame as show, warn } from '../../injected/fenced-frames/show';
import type { Requests } from '../../protocol/messages';
import { isValidFencedFrameURL } from '../../spec/fenced-frame-config';
import { BoundedMap } from '../../store/bounded-map';
import { pageOf } from '../browser/pages';
import { runFiles, runIn } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import { expectFrame } from '../select-url/expected-frames';
import { findContent } from '../select-url/frame-content';
import { isWithoutNetwork } from '../select-url/frame-records';
import type { SelectedURLs } from '../select-url/selected-urls';
import { isAllowedByEmbedder } from './embedder';
import { prepareForOpaqueFrames } from './fence-script';
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
async function lead(url: string, name: string, { context }: Config, caller: Caller, services: Services): Promise<void> {
  const { tabId, frameId, documentId } = caller;
  const page = await pageOf({ tabId, frameId: 0 });
  // A frame without a network stays what it is.
  if (!page || (await isWithoutNetwork(tabId, frameId))) return;
  const { selectedURLs, isReplaced } = services;
  const [shown] = await Promise.all([findContent(new URL(url).href, { context }, page, selectedURLs), prepareForOpaqueFrames()]);
  if (!shown || isReplaced()) return;
  const abandon = await expectFrame({ tabId, ...shown });
  // The operation may have taken longer than what was prepared is kept for nobody.
  await prepareForOpaqueFrames();
  const isOnItsWay = await runIn({ tabId, documentIds: [documentId] }, leadFencedFrame, name, shown.url);
  if (!isOnItsWay) await abandon();
}

interface Services {
  readonly selectedURLs: SelectedURLs;
  readonly isReplaced: () => boolean;
}

/** Resolves once the frame is on its way, or stays empty. Rejects where this worker is being stopped. */
export async function showFencedFrame(config: Config, caller: Caller, selectedURLs: SelectedURLs): Promise<void> {
  const { frame, url } = config;
  const { tabId, documentId } = caller;
  const target = { tabId, documentIds: [documentId] };
  if (await isInvalid(config, target)) return;
  const isReplaced = () => url !== null && latest.get(`${documentId} ${frame}`) !== config;
  if (url !== null) latest.set(`${documentId} ${frame}`, config);
  await prepared.getOrAsk(documentId, () => prepare(target));
  // The frame finds out by its name that it is fenced; nobody else knows the name.
  const name = url === 'about:blank' ? '' : url && `urn:uuid:${crypto.randomUUID()}`;
  if (isReplaced() || (name && url && !(await isAllowedByEmbedder(caller, url))) || isReplaced()) return;
  await runIn(target, show, frame, name);
  if (name && url) await lead(url, name, config, caller, { selectedURLs, isReplaced });
}
