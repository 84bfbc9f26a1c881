/** The service worker's way to the offscreen document, which holds the worklets: made when first needed, at most once. */

import { browser } from '../../extension/browser';
import { decodeEnvelope, type Envelope, fail } from '../../protocol/envelope';
import type { HostMethod, HostRequests } from '../../protocol/messages';
import type { Message } from '../../protocol/recipients';

const OFFSCREEN_PAGE = 'src/offscreen/index.html';

/** The error's name where there is no such worklet. */
export const NO_WORKLET = 'NotFoundError';

let opening: Promise<void> | null = null;

/** Whether it is there, as far as this worker has heard. */
let isKnown = false;

/** Called when the document says that its scripts are there. */
let heard = (): void => undefined;

export const hearOffscreenDocument = (): void => heard();

async function isThere(): Promise<boolean> {
  const contexts = await chrome.runtime.getContexts({ contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT] });
  return contexts.length > 0;
}

async function openOffscreenDocument(): Promise<void> {
  const isHeard = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const created = chrome.offscreen.createDocument({
    url: OFFSCREEN_PAGE,
    reasons: [chrome.offscreen.Reason.WORKERS],
    justification: 'Shared storage worklets run in workers inside sandboxed frames.',
  });
  try {
    // The browser waits for the document's frame as well.
    await Promise.race([created, isHeard]);
  } catch (error) {
    // To ask first would take as long.
    if (!(await isThere())) throw error;
  }
}

/** Resolves when the document is there; several callers at once make one. */
function ensureOffscreenDocument(): Promise<void> {
  opening ??= openOffscreenDocument().finally(() => {
    opening = null;
  });
  return opening;
}

/**
 * Call where a document uses the API: a worklet may follow, or is about to be made. While its module is fetched, and its document's policy is looked at,
 * the document for it is made.
 */
export function prepareWorkletHost(): void {
  // The store of an incognito window goes with the window, but not before its offscreen document does: there it is made for worklets alone.
  if (isKnown || chrome.extension.inIncognitoContext) return;
  ensureOffscreenDocument().then(
    () => {
      isKnown = true;
    },
    // Whoever then needs it tries again, and is told.
    () => undefined,
  );
}

async function deliver(message: Message): Promise<Envelope | null> {
  const envelope = decodeEnvelope(await browser.runtime.sendMessage(message).catch(() => null));
  isKnown = envelope !== null;
  return envelope;
}

/**
 * Sends a request to the offscreen document before it returns; never rejects. Only a new worklet makes the document where there is none: without
 * it there are no worklets, and so there is nothing to run, and nothing to tell.
 */
export async function callWorkletHost<Name extends HostMethod>(method: Name, params: HostRequests[Name]['params']): Promise<Envelope> {
  const message: Message = { to: 'offscreen', method, params };
  try {
    if (opening && method === 'host.create') await opening;
    // Asking first whether the document is there would take as long as the message.
    const envelope = await deliver(message);
    if (envelope) return envelope;
    if (method === 'host.create') await ensureOffscreenDocument();
    else if (!(await isThere())) return fail(NO_WORKLET, 'The worklet has ended.');
    return (await deliver(message)) ?? fail('UnknownError', 'The worklet host gave no answer.');
  } catch (error) {
    return fail('UnknownError', `The worklet host cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
  }
}
