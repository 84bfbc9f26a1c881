/** Carries out what one response writes, if it may, and writes down what became of it: nobody else is told. */

import { wordsOf } from '../../extension/words';
import { Refusal } from '../../protocol/envelope';
import { because, type Reason, said } from '../../spec/reason';
import { isOriginPotentiallyTrustworthy } from '../../spec/secure-contexts';
import type { StorageWrite } from '../../spec/storage-write-header';
import type { WriteId } from '../../store/entries/kept-writes';
import { shorten } from '../../store/events/event-log';
import type { Gate } from '../requests/gate';
import type { WindowUpdates } from '../updates/window-updates';
import type { MarkedResponse } from './marked-response';
import { readStorageWriteHeader } from './storage-write-response';

/** How many members of a list the log keeps. */
const MAXIMUM_MEMBERS = 20;

/** What became of an item that nothing is wrong with, in a header that came to nothing. */
const NOT_ALONE = because('itemOfRefusedHeader');

export const isRedirect = (status: number): boolean => status >= 300 && status < 400 && status !== 304;

/** `result` is null where there was nothing to write. */
type Conclude = (result: boolean | null, refusal: Reason | null) => void;

type HeaderGate = Pick<Gate, 'note' | 'reasonOfRefusal' | 'showIn'>;

export class HeaderWriter {
  readonly #gate: HeaderGate;
  readonly #updates: WindowUpdates;
  /** Names in the journal what nobody asks for again, by this run of the service worker. */
  readonly #run = crypto.randomUUID();
  #count = 0;

  constructor(gate: HeaderGate, updates: WindowUpdates) {
    this.#gate = gate;
    this.#updates = updates;
  }

  /** Why the settings refuse the origin, or null where they do not. */
  reasonOfRefusal(origin: string): Promise<Reason | null> {
    return this.#gate.reasonOfRefusal(origin);
  }

  /**
   * Resolves once what the response writes is kept, unless it was `refused` for this reason. Its place among the updates of windows is that
   * of this call. `id` names the response where its request may be made once more: what is kept of it then already is not kept again.
   */
  async write(response: MarkedResponse, refused: Reason | null, id: WriteId | null = null): Promise<void> {
    const { caller, lines, origin: dataOrigin, status } = response;
    if (lines.length === 0) {
      if (!isRedirect(status)) this.#begin(response, null)(null, because('reasonNoHeader'));
      return;
    }
    this.#gate.showIn(caller, dataOrigin);
    const { storageWrite, refusal } = this.judge(lines, dataOrigin, refused);
    const conclude = this.#begin(response, storageWrite);
    if (refusal !== null) {
      conclude(false, refusal);
      return;
    }
    try {
      await this.#keep(response, storageWrite, id ?? { documentId: this.#run, sequence: ++this.#count }, conclude);
    } catch (error) {
      conclude(false, said(String(error)));
      throw error;
    }
  }

  /** What the header lines of a response of the origin ask for, and why they must not have it; `refused`: a reason that is known before. */
  judge(lines: readonly string[], origin: string, refused: Reason | null): { storageWrite: StorageWrite; refusal: Reason | null } {
    const storageWrite = readStorageWriteHeader(lines);
    return { storageWrite, refusal: this.#refusal(origin, refused, storageWrite) };
  }

  #refusal(origin: string, refused: Reason | null, { problem, methods }: StorageWrite): Reason | null {
    if (!isOriginPotentiallyTrustworthy(origin)) return because('reasonInsecureResponse');
    if (refused !== null) return refused;
    if (problem !== null) return because('reasonBadHeader', problem);
    return methods.length === 0 ? because('reasonNoValidItem') : null;
  }

  async #keep(
    { origin: dataOrigin, caller: { documentId, tabId } }: MarkedResponse,
    { methods, withLock }: StorageWrite,
    id: WriteId,
    conclude: Conclude,
  ): Promise<void> {
    const update = { scope: 'header', dataOrigin, methods, withLock, documentId, tabId, time: Date.now() } as const;
    await this.#updates.add(update, id, (_event, outcome) => {
      if ('error' in outcome) conclude(false, said(String(outcome.error)));
      else conclude(outcome.result, outcome.result === false ? outcome.reason : null);
    });
  }

  /** What it returns writes down what became of the response. Until then only this much of it stays in memory: it may wait for a lock. */
  #begin({ caller: { documentId, tabId }, request, origin, url, status, lines }: MarkedResponse, write: StorageWrite | null): Conclude {
    const time = Date.now();
    const begun = performance.now();
    const members = (write?.members ?? []).slice(0, MAXIMUM_MEMBERS).map(({ member, text, problem }) => {
      return { item: shorten(member), text: shorten(text), problem };
    });
    const parameters = {
      url: shorten(url),
      request,
      status,
      header: lines.length > 0 ? shorten(lines.join(', ')) : null,
      withLock: write?.withLock == null ? null : shorten(write.withLock),
      count: write?.members.length ?? 0,
    };
    const own = { scope: 'header', dataOrigin: origin, documentId, tabId, time } as const;
    return (result, refusal) => {
      const items = members.map(({ problem, ...member }) => ({
        ...member,
        fate: problem ?? (result ? 'written' : NOT_ALONE),
      }));
      const duration = performance.now() - begun;
      this.#gate.note('Shared-Storage-Write', { ...own, parameters: { ...parameters, items }, result, refusal, duration });
    };
  }

  /** Rejects with a Refusal where the settings refuse the origin: its server must not be told otherwise. */
  async requireAccess(url: string, document: MarkedResponse['caller']): Promise<void> {
    const { origin } = new URL(url);
    this.#gate.showIn(document, origin);
    const refusal = await this.reasonOfRefusal(origin);
    if (refusal !== null) throw new Refusal('OperationError', wordsOf(refusal), refusal);
  }

  /** A request that was to be marked and was not, or a response that was not asked to write. */
  noteRefused(url: string, { documentId, tabId }: MarkedResponse['caller'], refusal: Reason): void {
    const dataOrigin = new URL(url).origin;
    this.#gate.note('Shared-Storage-Write', { scope: 'header', dataOrigin, parameters: { url: shorten(url) }, documentId, tabId, refusal });
  }
}
