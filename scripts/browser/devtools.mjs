// The Chrome DevTools Protocol over the debugging pipe (fd 3 in, fd 4 out), with flat sessions.
// https://chromedevtools.github.io/devtools-protocol/

import { EventEmitter } from 'node:events';

/** @typedef {Record<string, any>} Params A command's or an event's parameters, as the protocol documents them. */

/** Emits each event under `method` (browser) or `sessionId:method` (session), and `closed` once the browser has gone. */
export class DevTools extends EventEmitter {
  #lastId = 0;
  #closed = false;
  /** @type {Map<number, {method: string, resolve: (result: Params) => void, reject: (error: Error) => void}>} */
  #pending = new Map();
  /** @type {Buffer[]} */
  #partial = [];
  /** @type {import('node:stream').Writable} */
  #input;

  /** @param {import('node:child_process').ChildProcess} child a browser started with `--remote-debugging-pipe` */
  constructor(child) {
    super();
    this.setMaxListeners(0);
    const [, , , input, output] = /** @type {any} */ (child.stdio);
    this.#input = input;
    for (const stream of [input, output]) stream.on('error', () => this.#close());
    output.on('data', (/** @type {Buffer} */ chunk) => this.#read(chunk));
    output.on('close', () => this.#close());
    child.on('exit', () => this.#close());
  }

  get closed() {
    return this.#closed;
  }

  /**
   * Sends a command; rejects with the protocol's own message, or when the browser goes away first.
   * @param {string} method
   * @param {Params} [params]
   * @param {string} [sessionId]
   * @returns {Promise<Params>}
   */
  send(method, params = {}, sessionId = undefined) {
    if (this.#closed) return Promise.reject(new Error(`${method}: the browser has gone`));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { method, resolve, reject });
      this.#input.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    });
  }

  /** @param {Buffer} chunk */
  #read(chunk) {
    let start = 0;
    for (let end = chunk.indexOf(0); end >= 0; end = chunk.indexOf(0, start)) {
      this.#partial.push(chunk.subarray(start, end));
      const text = Buffer.concat(this.#partial).toString('utf8');
      this.#partial = [];
      start = end + 1;
      this.#dispatch(JSON.parse(text));
    }
    if (start < chunk.length) this.#partial.push(chunk.subarray(start));
  }

  /** @param {any} message */
  #dispatch(message) {
    if (message.id === undefined) {
      this.emit(message.sessionId ? `${message.sessionId}:${message.method}` : message.method, message.params);
      return;
    }
    const command = this.#pending.get(message.id);
    if (!command) return;
    this.#pending.delete(message.id);
    if (message.error) command.reject(new Error(`${command.method}: ${message.error.message}`));
    else command.resolve(message.result);
  }

  #close() {
    if (this.#closed) return;
    this.#closed = true;
    for (const command of this.#pending.values()) command.reject(new Error(`${command.method}: the browser has gone`));
    this.#pending.clear();
    this.emit('closed');
  }
}
