/** The service worker's way to the offscreen document, which holds the worklets: made when first needed, at most once. */

import { browser } from '../../extension/browser';
import { decodeEnvelope, type Envelope, fail } from '../../protocol/envelope';
import type { HostMethod, HostRequests } from '../../protocol/messages';
import type { Message } from '../../protocol/recipients';

const OFFSCREEN_PAGE = 'src/offscreen/index.html';

let opening: Promise<void> | null = null;

async function openOffscreenDocument(): Promise<void> {
  const contexts = await chrome.runtime.getContexts({ contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT] });
  if (contexts.length > 0) return;
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

/**
 * An operation is on its way before its page is told so, that a stop of this worker does not lose it. It starts when `settled` resolves: when the
 * writes that were asked for before it are stored.
 */
export function handOperationOver<Name extends 'host.run' | 'host.select'>(
  method: Name,
  params: HostRequests[Name]['params'],
  settled: Promise<unknown>,
): Promise<Envelope> {
  const { worklet, runId } = params;
  const handedOver = callWorkletHost(method, params);
  void settled.then(() => callWorkletHost('host.release', { worklet, runId }));
  return handedOver;
}

async function deliver(message: Message): Promise<Envelope | null> {
  return decodeEnvelope(await browser.runtime.sendMessage(message));
}

/** Sends a request to the offscreen document; never rejects. */
export async function callWorkletHost<Name extends HostMethod>(method: Name, params: HostRequests[Name]['params']): Promise<Envelope> {
  const message: Message = { to: 'offscreen', method, params };
  try {
    // Those who wait for the document go first.
    if (opening) await opening;
    // Asking first whether it is there would take as long as the message.
    const envelope = await deliver(message).catch(() => null);
    if (envelope) return envelope;
    // It is not, or closed just then, having nothing left to do. What it did before that, it does not do again.
    await ensureOffscreenDocument();
    return (await deliver(message)) ?? fail('UnknownError', 'The worklet host gave no answer.');
  } catch (error) {
    return fail('UnknownError', `The worklet host cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
  }
}
