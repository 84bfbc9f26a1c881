/** Lets requests through as the settings say, and writes down which it did not, and why. */

import type { LiveSettings } from '../../extension/live-settings';
import { type Envelope, Refusal, succeed } from '../../protocol/envelope';
import type { EventLog, LoggedEvent } from '../../store/events/event-log';
import type { LogContext } from '../../store/events/logged-database';
import type { Note } from '../updates/window-updates';
import { AccessRefusal, type GuardedMethod, reasonOfRefusal, requireAccess } from './access';
import type { Caller } from './caller';

interface Request {
  readonly method: GuardedMethod;
  readonly dataOrigin: string;
  /** For the event log. */
  readonly parameters: unknown;
  /** Throws, or rejects with, a Refusal where something else than the settings says no; undefined where nothing is waited for. */
  readonly allow: () => Promise<void> | undefined;
}

export class Gate {
  readonly #settings: LiveSettings;
  readonly #log: EventLog;

  constructor(settings: LiveSettings, log: EventLog) {
    this.#settings = settings;
    this.#log = log;
  }

  /**
   * Carries the request out if the settings allow it: at once where they are known, so that requests keep their order. Resolves
   * as if it had gone well where the refusal is hidden from the caller.
   */
  async pass(caller: Caller, request: Request, carryOut: () => Promise<Envelope | undefined>): Promise<Envelope | undefined> {
    const { documentId, tabId } = caller;
    const note = this.#begin({ scope: 'window', documentId, tabId }, request);
    try {
      const held = request.allow();
      if (held) await held;
      const known = this.#settings.get();
      const settings = known instanceof Promise ? await known : known;
      requireAccess(settings, caller.origin, request.dataOrigin, request.method);
      const envelope = await carryOut();
      // Updates are noted when they are applied.
      if (request.method !== 'update' && envelope) note(envelope.ok, envelope.ok ? null : envelope.error.message);
      return envelope;
    } catch (error) {
      if (error instanceof AccessRefusal) note(error.hidden, error.reason);
      else if (error instanceof Refusal) note(null, error.message);
      else if (request.method !== 'update') note(null, String(error));
      if (error instanceof AccessRefusal && error.hidden) return succeed(undefined);
      throw error;
    }
  }

  /** Whether nothing refuses a document the use of its own data, as far as is known without asking anybody. */
  isOpen({ origin, facts }: Caller, dataOrigin: string): boolean {
    const settings = this.#settings.get();
    return !facts && origin === dataOrigin && !(settings instanceof Promise) && reasonOfRefusal(settings, dataOrigin) === null;
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

  #begin(
    context: LogContext,
    { method, dataOrigin, parameters }: Omit<Request, 'allow'>,
  ): (result: unknown, refusal: string | null) => void {
    const time = Date.now();
    const begun = performance.now();
    return (result, refusal) =>
      this.#log.log({ ...context, method, dataOrigin, parameters, time, result, refusal, duration: performance.now() - begun });
  }
}
