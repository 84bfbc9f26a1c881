/** How wide an element is, in whole CSS pixels, as that changes. */

import type { ReactiveController, ReactiveElement } from 'lit';

export class WidthController implements ReactiveController {
  readonly #host: ReactiveElement;
  readonly #observer: ResizeObserver;
  /** 0 before the element is laid out. */
  value = 0;

  constructor(host: ReactiveElement) {
    this.#host = host;
    this.#observer = new ResizeObserver(([entry]) => {
      this.value = Math.floor(entry?.contentRect.width ?? 0);
      host.requestUpdate();
    });
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer.observe(this.#host);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
  }
}
