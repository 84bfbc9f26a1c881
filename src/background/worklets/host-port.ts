/** A port from this service worker to the offscreen document, for as long as both are there. */

export class HostPort {
  readonly #name: string;
  #port: chrome.runtime.Port | null = null;

  constructor(name: string) {
    this.#name = name;
  }

  /** The port, where it had to be opened; null where it is open already. */
  open(): chrome.runtime.Port | null {
    if (this.#port) return null;
    const port = chrome.runtime.connect({ name: this.#name });
    this.#port = port;
    port.onDisconnect.addListener(() => {
      // Where there is no offscreen document, or it has gone, the browser wants this to be looked at.
      void chrome.runtime.lastError;
      if (this.#port === port) this.#port = null;
    });
    return port;
  }
}
