/**
 * Decides whose data each new worklet works on. The answer hangs on what the browser says alone: the sender's origin, the response
 * headers that webRequest shows, and a file that the data origin itself serves. Nothing of it is taken from a page or its bridge.
 *
 * A worklet for another origin's data comes in two messages: `worklet.prepare` before its module is fetched, `worklet.create` after.
 * What is remembered in between dies with the service worker, and then the bridge starts again.
 */

import { Refusal } from '../../protocol/envelope';
import { WORKLET_MODULE } from '../../protocol/url-marks';
import { type AllowedDataOrigin, checkIfAddModuleIsAllowed } from '../../spec/data-origin';
import { BoundedMap } from '../../store/bounded-map';
import type { KeepAlive } from '../browser/keep-alive';
import { MarkedRequests } from '../browser/request-marks';
import type { Caller } from '../requests/caller';
import { refusalByDataOrigin } from './trusted-origins';
import { watchForAllowedHeader } from './worklet-allowed-header';
import type { CallHost } from './worklet-host';

export interface NewWorklet {
  readonly workletId: number;
  readonly moduleURL: string;
  /** The option `dataOrigin`. */
  readonly dataOrigin: string;
}

interface Prepared {
  readonly moduleURL: string;
  readonly dataOrigin: string;
  /** What the page is told where the data origin does not agree; null where it does. */
  refusal(): Promise<string | null>;
  forget(): Promise<void>;
}

/** A document that goes away never creates what it prepared. */
const LONGEST_PREPARATION = 5 * 60 * 1000;

/** How many worklets' data origins are remembered. */
const MAXIMUM_DECIDED = 1000;

/** https://wicg.github.io/shared-storage/#add-module-monkey-patch */
export function checkDataOrigin({ moduleURL, dataOrigin }: NewWorklet, caller: Caller): AllowedDataOrigin {
  const checked = checkIfAddModuleIsAllowed(dataOrigin, moduleURL, caller.origin);
  if (checked.result !== 'Allowed') throw new Refusal(checked.name, checked.message);
  return checked;
}

const keyOf = (workletId: number, { documentId }: Caller): string => `${documentId}/${workletId}`;

export class WorkletDataOrigins {
  readonly #callHost: CallHost;
  readonly #keepAlive: KeepAlive;
  readonly #marks: MarkedRequests;
  readonly #prepared = new Map<string, Prepared>();
  /** What was decided last, so that most operations need not ask the worklet's host. */
  readonly #decided = new BoundedMap<string, string>(MAXIMUM_DECIDED);

  constructor(callHost: CallHost, keepAlive: KeepAlive, marks = new MarkedRequests()) {
    this.#callHost = callHost;
    this.#keepAlive = keepAlive;
    this.#marks = marks;
  }

  /** Resolves to the token for the fragment of the module's URL; null where the module needs none. Rejects with a Refusal. */
  async prepare(worklet: NewWorklet, caller: Caller): Promise<string | null> {
    const allowed = checkDataOrigin(worklet, caller);
    if (allowed.permission === 'none') return null;
    const { moduleURL } = worklet;
    const { dataOrigin } = allowed;
    const key = keyOf(worklet.workletId, caller);
    const token = crypto.randomUUID();
    const unmark = await this.#marks.mark(caller.tabId, WORKLET_MODULE + token, { 'Sec-Shared-Storage-Data-Origin': dataOrigin });
    // The same message may have come twice.
    this.#forget(key);
    const permission = this.#askForPermission(allowed, moduleURL, token, caller);
    let release = () => {};
    // However slow the servers are that we wait for.
    this.#keepAlive.until(new Promise<void>((resolve) => (release = resolve)));
    const tooLong = setTimeout(() => this.#forget(key), LONGEST_PREPARATION);
    const forget = () => {
      clearTimeout(tooLong);
      permission.stop();
      release();
      return unmark();
    };
    this.#prepared.set(key, { moduleURL, dataOrigin, refusal: permission.refusal, forget });
    return token;
  }

  /** Whose data a worklet of the caller works on; the caller's own where there is no such worklet. */
  async of(workletId: number, caller: Caller): Promise<string> {
    const known = this.#decided.get(keyOf(workletId, caller));
    if (known !== undefined) return known;
    const answer = await this.#callHost('host.dataOrigin', { worklet: { documentId: caller.documentId, workletId } });
    return (answer.ok && (answer.value as string | null)) || caller.origin;
  }

  /** Resolves to the origin whose data the worklet gets, or to null where it has to be prepared (again). Rejects with a Refusal. */
  async decide(worklet: NewWorklet, caller: Caller): Promise<string | null> {
    const dataOrigin = await this.#decide(worklet, caller);
    if (dataOrigin !== null) this.#decided.set(keyOf(worklet.workletId, caller), dataOrigin);
    return dataOrigin;
  }

  async #decide(worklet: NewWorklet, caller: Caller): Promise<string | null> {
    const { permission, dataOrigin } = checkDataOrigin(worklet, caller);
    if (permission === 'none') return dataOrigin;
    const key = keyOf(worklet.workletId, caller);
    const prepared = this.#prepared.get(key);
    if (prepared?.moduleURL !== worklet.moduleURL || prepared.dataOrigin !== dataOrigin) return null;
    try {
      const refusal = await prepared.refusal();
      if (refusal !== null) throw new Refusal('OperationError', refusal);
      return dataOrigin;
    } finally {
      this.#forget(key);
    }
  }

  abandon(workletId: number, caller: Caller): void {
    this.#forget(keyOf(workletId, caller));
  }

  #askForPermission(allowed: AllowedDataOrigin, moduleURL: string, token: string, caller: Caller) {
    if (allowed.permission === 'allowed header') {
      const { isAllowed, stop } = watchForAllowedHeader(moduleURL, token, caller);
      return { refusal: async () => ((await isAllowed()) ? null : `Failed to load ${moduleURL} error = net::ERR_FAILED.`), stop };
    }
    const refusal = refusalByDataOrigin(this.#marks, allowed, moduleURL, caller);
    return { refusal: () => refusal, stop: () => undefined };
  }

  #forget(key: string): void {
    const prepared = this.#prepared.get(key);
    if (!prepared) return;
    this.#prepared.delete(key);
    prepared.forget().catch((error: unknown) => console.error('A rule could not be removed:', error));
  }
}
