/** The service worker's way to the offscreen document, which holds the worklets: made when first needed, at most once. */

import { browser } from '../../extension/browser';
import { decodeEnvelope, type Envelope, fail } from '../../protocol/envelope';
import type { HostMethod, HostRequests } from '../../protocol/messages';
import type { Message } from '../../protocol/recipients';

const OFFSCREEN_PAGE = 'src/offscreen/index.html';

/** The error's name where there is no such worklet. */
export const NO_WORKLET = 'NotFoundError';

let opening: Promise<void> | null = null;

async function isThere(): Promise<boolean> {
  const contexts = await chrome.runtime.getContexts({ contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT] });
  return contexts.length > 0;
}

async function openOffscreenDocument(): Promise<void> {
  if (await isThere()) return;
  await chrome.offscreen.createDocument({
    url: OFFSCREEN_PAGE,
    reasons: [chrome.offscreen.Reason.WORKERS],
    justification: 'Shared storage worklets run in workers inside sandboxed frames.',
  });
}

/** Resolves when the document is there; several callers at once make one. */
export function ensureOffscreenDocument(): Promise<void> {
  opening ??= openOffscreenDocument().finally(() => {
    opening = null;
  });
  return opening;
}

async function deliver(message: Message): Promise<Envelope | null> {
  return decodeEnvelope(await browser.runtime.sendMessage(message));
}

/**
 * Sends a request to the offscreen document before it returns; never rejects. Only a new worklet makes the document where there is none: without
 * it there are no worklets, and so there is nothing to run, and nothing to tell.
 */
export async function callWorkletHost<Name extends HostMethod>(method: Name, params: HostRequests[Name]['params']): Promise<Envelope> {
  const message: Message = { to: 'offscreen', method, params };
  try {
    // Asking first whether the document is there would take as long as the message.
    const envelope = await deliver(message).catch(() => null);
    if (envelope) return envelope;
    if (method === 'host.create') await ensureOffscreenDocument();
    else if (!(await isThere())) return fail(NO_WORKLET, 'The worklet has ended.');
    return (await deliver(message)) ?? fail('UnknownError', 'The worklet host gave no answer.');
  } catch (error) {
    return fail('UnknownError', `The worklet host cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
  }
}
