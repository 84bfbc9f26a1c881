/**
 * Forms of fenced frames that send a body into a new tab. No API opens a tab so: a page of ours sends it from there, with the headers that it
 * would have had from the form's document.
 */

import type { FormBody } from '../../protocol/fence-requests';
import { FORM, indexOf, markedURL } from '../../protocol/url-marks';
import type { MarkedRequests } from '../browser/request-marks';
import type { Caller } from '../requests/caller';

/** What the page sends. */
export interface SentForm extends FormBody {
  readonly url: string;
}

/** In the browser's memory, since this worker may be stopped before the page asks. */
const keyOf = (token: string): string => `sent-form ${token}`;

export class SentForms {
  readonly #marks: MarkedRequests;

  constructor(marks: MarkedRequests) {
    this.#marks = marks;
  }

  /** Resolves to the page's URL, and to what has to be called when the form is sent. */
  async prepare(caller: Caller, url: string, body: FormBody): Promise<{ page: string; done: () => Promise<void> }> {
    const token = crypto.randomUUID();
    const mark = `${FORM}${token}`;
    const headers = { Origin: caller.origin, ...(caller.origin === 'null' ? {} : { Referer: `${caller.origin}/` }) };
    const form: SentForm = { ...body, url: markedURL(url, mark, indexOf) };
    const [unmark] = await Promise.all([this.#marks.markNavigation(mark, headers), chrome.storage.session.set({ [keyOf(token)]: form })]);
    const done = async () => {
      await Promise.all([unmark(), chrome.storage.session.remove(keyOf(token))]);
    };
    return { page: `${chrome.runtime.getURL('send-form.html')}#${token}`, done };
  }

  /** What the page with the name has to send, once. */
  async take(token: string): Promise<SentForm | undefined> {
    const key = keyOf(token);
    const { [key]: form } = (await chrome.storage.session.get(key)) as Record<string, SentForm | undefined>;
    await chrome.storage.session.remove(key);
    return form;
  }
}
