/** Lets requests through as the settings say, and writes down which it did not, and why. */

import type { LiveSettings } from '../../extension/live-settings';
import type { Settings } from '../../extension/settings';
import { simulatedFor } from '../../extension/simulations';
import { type Envelope, Refusal, succeed } from '../../protocol/envelope';
import type { LoggedEvent } from '../../protocol/logged-event';
import { type Reason, said } from '../../spec/reason';
import type { EventLog } from '../../store/events/event-log';
import type { LogContext } from '../../store/events/logged-database';
import type { Badge } from '../browser/badge';
import { showErrorInConsole } from '../browser/page-console';
import type { Note } from '../updates/window-updates';
import { AccessRefusal, refusalOf, requireAccess } from './access';
import type { ArrivalOrder, Wait, Waits } from './arrival-order';
import type { Caller } from './caller';

interface Request {
  /** As the event log names it; `update` is noted when it is applied, by whoever applies it. */
  readonly method: string;
  /** For the event log. */
  readonly parameters: unknown;
}

/** What a request has to pass before its turn. */
export interface Admission {
  readonly wait: Wait;
  /** The event log names this data origin from now on; before that, the caller's own. */
  about(dataOrigin: string): void;
  /** Rejects with an AccessRefusal where the settings refuse the data origin that the request is about. */
  requireAccess(): Promise<void>;
}

/** A document, where it is known. */
type Place = Pick<LogContext, 'documentId' | 'tabId'>;

function sayRefused({ consoleText }: Pick<AccessRefusal, 'consoleText'>, { tabId, documentId }: Place): void {
  if (consoleText !== null && tabId !== null && documentId !== null) showErrorInConsole(tabId, documentId, consoleText);
}

type Conclude = (result: unknown, refusal: Reason | null, waits?: Waits) => void;

export class Gate {
  readonly #settings: LiveSettings;
  readonly #log: EventLog;
  readonly #order: ArrivalOrder;
  readonly #badge: Pick<Badge, 'markSimulated'>;
  #lastArrival = 0;

  constructor(settings: LiveSettings, log: EventLog, order: ArrivalOrder, badge: Pick<Badge, 'markSimulated'>) {
    this.#badge = badge;
    this.#settings = settings;
    this.#log = log;
    this.#order = order;
  }

  /**
   * Gives the request its place among those of its document. `admit` begins at once; the request is carried out in its turn, with what `admit`
   * resolves to. Resolves as if it had gone well where a refusal is hidden from the caller, and rejects with the Refusal otherwise.
   */
  async pass<Admitted>(
    caller: Caller,
    { method, parameters }: Request,
    admit: (admission: Admission) => Promise<Admitted>,
    carryOut: (admitted: Admitted) => Promise<Envelope | undefined>,
  ): Promise<Envelope | undefined> {
    const { documentId, tabId } = caller;
    let dataOrigin = caller.origin;
    const conclude = this.#begin({ scope: 'window', documentId, tabId }, () => ({ method, dataOrigin, parameters }));
    const enter = (wait: Wait) =>
      admit({
        wait,
        about: (origin) => {
          dataOrigin = origin;
        },
        requireAccess: async () => {
          const settings = await wait('settings', this.#settings.get());
          this.#markSimulated(settings, dataOrigin, caller);
          requireAccess(settings, caller.origin, dataOrigin, method);
        },
      });
    let waits: Waits | undefined;
    try {
      const envelope = await this.#order.enter(documentId, enter, (admitted, waited) => {
        waits = waited;
        return carryOut(admitted);
      });
      // Updates are noted when they are applied.
      if (method !== 'update' && envelope) conclude(envelope.ok, envelope.ok ? null : said(envelope.error.message), waits);
      return envelope;
    } catch (error) {
      if (error instanceof AccessRefusal) sayRefused(error, caller);
      if (error instanceof Refusal) conclude(error instanceof AccessRefusal ? error.hidden : null, error.reason);
      else if (method !== 'update') conclude(null, said(String(error)));
      if (error instanceof AccessRefusal && error.hidden) return succeed(undefined);
      throw error;
    }
  }

  /** The time, as the event log is to have it: of calls that come in one millisecond it is later for the later ones, in whichever order they are logged. */
  arrivalTime(): number {
    const now = Date.now();
    this.#lastArrival = Math.floor(this.#lastArrival) === now ? this.#lastArrival + 0.001 : now;
    return this.#lastArrival;
  }

  /** Whether the promise of what was let through need not wait for that, the next time. */
  async maySettleAtQueueing(): Promise<boolean> {
    return (await this.#settings.get()).durability === 'relaxed';
  }

  /** Whether nothing but a change of the settings can refuse a document the use of its own data. */
  async isOpen({ origin, facts }: Caller, dataOrigin: string): Promise<boolean> {
    return !facts && origin === dataOrigin && refusalOf(await this.#settings.get(), dataOrigin) === null;
  }

  /** Why the settings refuse the data origin, or null where they do not: for writes of responses, whose refusal no caller is told. */
  async reasonOfRefusal(dataOrigin: string): Promise<Reason | null> {
    return refusalOf(await this.#settings.get(), dataOrigin)?.reason ?? null;
  }

  /** What a document shows whose response is to write for the data origin: in its console what native says of a refusal, on the badge what is simulated. */
  showIn(document: Place, dataOrigin: string): void {
    void this.#settings.get().then((settings) => {
      this.#markSimulated(settings, dataOrigin, document);
      const refused = refusalOf(settings, dataOrigin);
      if (refused) sayRefused(refused, document);
    });
  }

  #markSimulated({ simulations }: Settings, dataOrigin: string, { tabId, documentId }: Place): void {
    const names = simulatedFor(simulations, dataOrigin);
    if (names.length > 0 && tabId !== null && documentId !== null) this.#badge.markSimulated(tabId, documentId, dataOrigin, names);
  }

  /** Notes what became of an update of a window, which was acknowledged before. */
  readonly noteUpdate: Note = (event, outcome) => {
    const result = 'error' in outcome ? null : outcome.result;
    const refusal = 'error' in outcome ? said(String(outcome.error)) : 'reason' in outcome ? outcome.reason : null;
    this.#log.log({ ...event, result, refusal, duration: Math.max(0, Date.now() - event.time) });
  };

  /** Notes what no method of a page asked for: what the extension does by itself, unless the event says that it was otherwise. */
  note(method: string, event: Partial<Omit<LoggedEvent, 'method'>>): void {
    const own = { scope: 'background', documentId: null, tabId: null, dataOrigin: null, parameters: null, result: null } as const;
    this.#log.log({ ...own, refusal: null, duration: 0, time: Date.now(), method, ...event });
  }

  #begin(context: LogContext, describe: () => Pick<LoggedEvent, 'method' | 'dataOrigin' | 'parameters'>): Conclude {
    const time = this.arrivalTime();
    const begun = performance.now();
    return (result, refusal, waits = {}) =>
      this.#log.log({ ...context, ...describe(), time, result, refusal, duration: performance.now() - begun, waits });
  }
}
