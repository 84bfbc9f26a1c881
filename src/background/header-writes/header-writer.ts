/** Carries out what one response writes, if it may, and writes down what became of it: nobody else is told. */

import type { LiveSettings } from '../../extension/live-settings';
import type { Settings } from '../../extension/settings';
import { Refusal } from '../../protocol/envelope';
import { isOriginPotentiallyTrustworthy } from '../../spec/secure-contexts';
import type { StorageWrite } from '../../spec/storage-write-header';
import type { IndexedDatabase } from '../../store/entries/indexed-database';
import { type EventLog, shorten } from '../../store/events/event-log';
import { reasonOfRefusal } from '../requests/access';
import type { Caller } from '../requests/caller';
import type { WindowUpdates } from '../updates/window-updates';
import { readStorageWriteHeader } from './storage-write-response';

export interface MarkedResponse {
  readonly caller: Pick<Caller, 'documentId' | 'tabId'>;
  /** Of the response's URL: whose data it writes. */
  readonly origin: string;
  readonly url: string;
  /** The HTTP status. */
  readonly status: number;
  /** The values of its `Shared-Storage-Write` header lines. */
  readonly lines: readonly string[];
}

/** How many members of a list the log keeps. */
const MAXIMUM_MEMBERS = 20;

export const isRedirect = (status: number): boolean => status >= 300 && status < 400 && status !== 304;

export class HeaderWriter {
  readonly #settings: LiveSettings;
  readonly #log: EventLog;
  readonly #database: IndexedDatabase;
  readonly #updates: WindowUpdates;
  /** Names what is kept until its lock is granted: these writes are asked for once, by this run of the service worker. */
  readonly #run = crypto.randomUUID();
  #count = 0;

  constructor(settings: LiveSettings, log: EventLog, database: IndexedDatabase, updates: WindowUpdates) {
    this.#settings = settings;
    this.#log = log;
    this.#database = database;
    this.#updates = updates;
  }

  /** Resolves once what the response writes is stored. Where nothing has to be waited for, it is asked for before this returns. */
  async write(response: MarkedResponse, isEnabled: boolean): Promise<void> {
    const note = this.#begin(response);
    if (response.lines.length === 0) {
      if (!isRedirect(response.status)) note(null, null, 'The response has no Shared-Storage-Write header.');
      return;
    }
    const storageWrite = readStorageWriteHeader(response.lines);
    try {
      const refusal = this.#refusal(response.origin, isEnabled, storageWrite);
      const known = refusal === null ? this.#settings.get() : null;
      const settings = known instanceof Promise ? await known : known;
      const refused = refusal ?? (settings && reasonOfRefusal(settings, response.origin)?.reason) ?? null;
      if (refused !== null) note(storageWrite, false, refused);
      else note(storageWrite, ...(await this.#apply(response, storageWrite)));
    } catch (error) {
      note(storageWrite, false, String(error));
      throw error;
    }
  }

  #refusal(origin: string, isEnabled: boolean, { problem, methods }: StorageWrite): string | null {
    if (!isOriginPotentiallyTrustworthy(origin)) return 'insecure: the response comes from an origin that is not trustworthy';
    if (!isEnabled) return 'policy denies: "shared-storage" is not enabled for the origin of the response';
    if (problem !== null) return `bad header: ${problem}`;
    return methods.length === 0 ? 'The header has no valid item.' : null;
  }

  async #apply(
    { caller: { documentId, tabId }, origin: dataOrigin }: MarkedResponse,
    { methods, withLock }: StorageWrite,
  ): Promise<[result: boolean, refusal: string | null]> {
    if (withLock !== null) {
      const update = { scope: 'header', dataOrigin, methods, withLock, documentId, tabId, time: Date.now() } as const;
      await this.#updates.add(update, { documentId: this.#run, sequence: ++this.#count, after: 0 });
      return [true, null];
    }
    const outcome = await this.#database.updateWithReason(dataOrigin, methods);
    return outcome.result === false ? [false, outcome.reason] : [true, null];
  }

  #begin({ caller: { documentId, tabId }, origin, url, status, lines }: MarkedResponse) {
    const time = Date.now();
    const begun = performance.now();
    return (write: StorageWrite | null, result: boolean | null, refusal: string | null) => {
      const items = write?.members.slice(0, MAXIMUM_MEMBERS).map(({ member, problem }) => ({
        item: shorten(member),
        fate: problem ?? (result ? 'written' : 'refused with the header'),
      }));
      const parameters = {
        url: shorten(url),
        status,
        header: lines.length > 0 ? shorten(lines.join(', ')) : null,
        withLock: write?.withLock == null ? null : shorten(write.withLock),
        items: items ?? [],
        count: write?.members.length ?? 0,
      };
      const duration = performance.now() - begun;
      const what = { scope: 'header', method: 'Shared-Storage-Write', dataOrigin: origin, documentId, tabId } as const;
      this.#log.log({ ...what, parameters, time, result, refusal, duration });
    };
  }

  /** Throws a Refusal, or rejects with it, where the settings refuse the origin: its server must not be told otherwise. */
  requireAccess(url: string): Promise<void> | undefined {
    const require = (settings: Settings) => {
      const refused = reasonOfRefusal(settings, new URL(url).origin);
      if (refused) throw new Refusal('OperationError', refused.reason);
    };
    const known = this.#settings.get();
    if (known instanceof Promise) return known.then(require);
    require(known);
    return undefined;
  }

  /** A request that was to be marked and was not, or a response that was not asked to write. */
  noteRefused(url: string, caller: { documentId: string | null; tabId: number | null }, refusal: string): void {
    const { documentId, tabId } = caller;
    const event = { scope: 'header', method: 'Shared-Storage-Write', time: Date.now(), result: null, duration: 0 } as const;
    this.#log.log({ ...event, dataOrigin: new URL(url).origin, parameters: { url: shorten(url) }, documentId, tabId, refusal });
  }
}
