/** Lets requests through as the settings say, and writes down which it did not, and why. */

import type { LiveSettings } from '../../extension/live-settings';
import { type Envelope, Refusal, succeed } from '../../protocol/envelope';
import type { LoggedEvent } from '../../protocol/logged-event';
import type { EventLog } from '../../store/events/event-log';
import type { LogContext } from '../../store/events/logged-database';
import type { Note } from '../updates/window-updates';
import { AccessRefusal, reasonOfRefusal, requireAccess } from './access';
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

type Conclude = (result: unknown, refusal: string | null, waits?: Waits) => void;

export class Gate {
  readonly #settings: LiveSettings;
  readonly #log: EventLog;
  readonly #order: ArrivalOrder;

  constructor(settings: LiveSettings, log: EventLog, order: ArrivalOrder) {
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
        requireAccess: async () => requireAccess(await wait('settings', this.#settings.get()), caller.origin, dataOrigin, method),
      });
    let waits: Waits | undefined;
    try {
      const envelope = await this.#order.enter(documentId, enter, (admitted, waited) => {
        waits = waited;
        return carryOut(admitted);
      });
      // Updates are noted when they are applied.
      if (method !== 'update' && envelope) conclude(envelope.ok, envelope.ok ? null : envelope.error.message, waits);
      return envelope;
    } catch (error) {
      if (error instanceof Refusal) conclude(error instanceof AccessRefusal ? error.hidden : null, error.reason);
      else if (method !== 'update') conclude(null, String(error));
      if (error instanceof AccessRefusal && error.hidden) return succeed(undefined);
      throw error;
    }
  }

  /** Whether the promise of what was let through need not wait for that, the next time. */
  async maySettleAtQueueing(): Promise<boolean> {
    return (await this.#settings.get()).durability === 'relaxed';
  }

  /** Whether nothing but a change of the settings can refuse a document the use of its own data. */
  async isOpen({ origin, facts }: Caller, dataOrigin: string): Promise<boolean> {
    return !facts && origin === dataOrigin && reasonOfRefusal(await this.#settings.get(), dataOrigin) === null;
  }

  /** Why the settings refuse the data origin, or null where they do not: for writes of responses, whose refusal no caller is told. */
  async reasonOfRefusal(dataOrigin: string): Promise<string | null> {
    return reasonOfRefusal(await this.#settings.get(), dataOrigin)?.reason ?? null;
  }

  /** Notes what became of an update of a window, which was acknowledged before. */
  readonly noteUpdate: Note = (event, outcome) => {
    const result = 'error' in outcome ? null : outcome.result;
    const refusal = 'error' in outcome ? String(outcome.error) : 'reason' in outcome ? outcome.reason : null;
    this.#log.log({ ...event, result, refusal, duration: Date.now() - event.time });
  };

  /** Notes what no method of a page asked for: what the extension does by itself, unless the event says that it was otherwise. */
  note(method: string, event: Partial<Omit<LoggedEvent, 'method'>>): void {
    const own = { scope: 'background', documentId: null, tabId: null, dataOrigin: null, parameters: null, result: null } as const;
    this.#log.log({ ...own, refusal: null, duration: 0, time: Date.now(), method, ...event });
  }

  #begin(context: LogContext, describe: () => Pick<LoggedEvent, 'method' | 'dataOrigin' | 'parameters'>): Conclude {
    const time = Date.now();
    const begun = performance.now();
    return (result, refusal, waits = {}) =>
      this.#log.log({ ...context, ...describe(), time, result, refusal, duration: performance.now() - begun, waits });
  }
}
