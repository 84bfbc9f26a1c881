/** "frame.show": a page has given a fenced frame its config, or asks for its box. */

import { showFencedFrame as show, warn } from '../../injected/fenced-frames/show';
import type { Requests } from '../../protocol/messages';
import { isValidFencedFrameURL } from '../../spec/fenced-frame-config';
import { BoundedMap } from '../../store/bounded-map';
import { runFiles, runIn } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import { fencedFrames } from '../select-url/frame-records';
import { isAllowedByEmbedder } from './embedder';
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

export async function showFencedFrame(config: Requests['frame.show']['params'], caller: Caller): Promise<void> {
  const { frame, url, context } = config;
  const { tabId, documentId } = caller;
  const target = { tabId, documentIds: [documentId] };
  if (url !== null && !isValidFencedFrameURL(url)) {
    // Of what is no URL by itself, native Chromium says nothing.
    if (URL.canParse(url)) await runIn(target, warn, INVALID_URL);
    return;
  }
  const isReplaced = () => url !== null && latest.get(`${documentId} ${frame}`) !== config;
  if (url !== null) latest.set(`${documentId} ${frame}`, config);
  await prepared.getOrAsk(documentId, () => prepare(target));
  const urn = url === 'about:blank' ? '' : url && `urn:uuid:${crypto.randomUUID()}`;
  if (isReplaced() || (urn && url && !(await isAllowedByEmbedder(caller, url))) || isReplaced()) return;
  if (url && urn) await fencedFrames.set(urn, { url: new URL(url).href, context }, { tabId, documentId });
  if (!isReplaced()) await runIn(target, show, frame, urn);
}
