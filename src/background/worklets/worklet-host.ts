/** The service worker's way to the offscreen document, which holds the worklets: made when first needed, at most once. */

import { browser } from '../../extension/browser';
import { decodeEnvelope, type Envelope, fail } from '../../protocol/envelope';
import type { HostMethod, HostRequests } from '../../protocol/messages';
import type { Message } from '../../protocol/recipients';
import { HostChannel } from './host-channel';

const OFFSCREEN_PAGE = 'src/offscreen/index.html';

/** The error's name where there is no such worklet. */
export const NO_WORKLET = 'NotFoundError';

async function isThere(): Promise<boolean> {
  const contexts = await chrome.runtime.getContexts({ contextTypes: [chrome.runtime.ContextType.OFFSCREEN_DOCUMENT] });
  return contexts.length > 0;
}

export class WorkletHost {
  #opening: Promise<void> | null = null;
  /** Whether the document is there, as far as this worker has heard. */
  #isKnown = false;
  #heard = (): void => undefined;
  readonly channel = new HostChannel(OFFSCREEN_PAGE);
  /** Requests that have gone without the channel: none in it may overtake them. */
  #underWay = 0;

  /** To be called when the document says that its scripts are there. */
  hear(): void {
    this.#heard();
  }

  /**
   * Call where a document uses the API: a worklet may follow, or is about to be made. While its module is fetched, and its document's policy is looked at,
   * the document for it is made.
   */
  prepare(): void {
    // The store of an incognito window goes with the window, but not before its offscreen document does: there it is made for worklets alone.
    if (this.#isKnown || chrome.extension.inIncognitoContext) return;
    this.#ensureDocument().then(
      () => {
        this.#isKnown = true;
      },
      // Whoever then needs it tries again, and is told.
      () => undefined,
    );
  }

  /**
   * Sends a request to the offscreen document before it returns; never rejects. Only a new worklet makes the document where there is none: without
   * it there are no worklets, and so there is nothing to run, and nothing to tell.
   */
  readonly call = async <Name extends HostMethod>(method: Name, params: HostRequests[Name]['params']): Promise<Envelope> => {
    const message: Message<'offscreen'> = { to: 'offscreen', method, params };
    try {
      if (this.#opening && method === 'host.create') await this.#opening;
      // Asking first whether the document is there would take as long as the message.
      const envelope = await this.#deliver(message);
      if (envelope) return envelope;
      if (method === 'host.create') await this.#ensureDocument();
      else if (!(await isThere())) return fail(NO_WORKLET, 'The worklet has ended.');
      return (await this.#deliver(message)) ?? fail('UnknownError', 'The worklet host gave no answer.');
    } catch (error) {
      return fail('UnknownError', `The worklet host cannot be reached: ${error instanceof Error ? error.message : String(error)}`);
    }
  };

  /** Null where the document gives no answer. */
  async #deliver(message: Message<'offscreen'>): Promise<Envelope | null> {
    const envelope = decodeEnvelope(await this.#send(message).catch(() => null));
    this.#isKnown = envelope !== null;
    if (envelope) this.channel.open();
    return envelope;
  }

  /** A message of its own takes four times as long, and keeps this worker awake until it is answered. */
  #send(message: Message<'offscreen'>): Promise<unknown> {
    const isLong = message.method === 'host.selected';
    const asked = this.#underWay === 0 && !isLong && this.channel.ask(message);
    if (asked) return asked;
    if (isLong) return browser.runtime.sendMessage(message);
    this.#underWay++;
    return browser.runtime.sendMessage(message).finally(() => this.#underWay--);
  }

  /** Resolves when the document is there; several callers at once make one. */
  #ensureDocument(): Promise<void> {
    this.#opening ??= this.#openDocument().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #openDocument(): Promise<void> {
    const isHeard = new Promise<void>((resolve) => {
      this.#heard = resolve;
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
}

/** How parts that do nothing else with the worklets' document reach it. */
export type CallHost = WorkletHost['call'];
