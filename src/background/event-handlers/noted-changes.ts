/**
 * Tells the offscreen document, which has the handlers, that changes have been noted for them. Should this worker be stopped between the two, the port that
 * it has opened before closes, and the offscreen document looks by itself.
 */

import { CHANGES_PORT } from '../../protocol/messages';
import { HostPort } from '../worklets/host-port';
import { type CallHost, NO_WORKLET } from '../worklets/worklet-host';
import type { Watched, WatchedKeys } from './watched-keys';

export class NotedChanges {
  readonly #watchedKeys: WatchedKeys;
  readonly #callHost: CallHost;
  /** Where there is no offscreen document there is no handler either. */
  readonly #port = new HostPort(CHANGES_PORT);

  constructor(watchedKeys: WatchedKeys, callHost: CallHost) {
    this.#watchedKeys = watchedKeys;
    this.#callHost = callHost;
  }

  /** Call before something may be changed: what is noted of it is then seen, whatever becomes of this worker. */
  async expect(): Promise<Watched> {
    const watched = await this.#watchedKeys.current();
    if (watched.size > 0) this.#port.open();
    return watched;
  }

  /** Whatever is noted by now is looked at. */
  async tell(): Promise<void> {
    const mark = this.#watchedKeys.mark();
    const answer = await this.#callHost('host.changed', {});
    if (answer.ok) await this.#watchedKeys.keepOnly(answer.value as string[], mark);
    else if (answer.error.name === NO_WORKLET) await this.#watchedKeys.keepOnly([], mark);
    else console.error('key handlers', answer.error.message);
  }

  /** What an earlier worker has noted may not have been told. */
  async resume(): Promise<void> {
    if ((await this.expect()).size > 0) await this.tell();
  }
}
