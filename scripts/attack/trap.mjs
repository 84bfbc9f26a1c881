// The server that nobody must call: whatever comes in at its port, by TCP or UDP, was a way out.

import dgram from 'node:dgram';
import net from 'node:net';

/** Enough of an answer that whoever asks is content, and asks for no more. */
const ANSWER = 'HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

/** @typedef {{ how: string, text: string, time: number }} Call */

export class Trap {
  /** @type {Call[]} */
  calls = [];
  #tcp = net.createServer((socket) => this.#hear(socket));
  #udp = dgram.createSocket('udp4');
  port = 0;

  /** @returns {Promise<Trap>} */
  static async open() {
    const trap = new Trap();
    await new Promise((resolve) => trap.#tcp.listen(0, '127.0.0.1', () => resolve(undefined)));
    trap.port = /** @type {net.AddressInfo} */ (trap.#tcp.address()).port;
    trap.#udp.on('message', (bytes) => trap.#note('UDP', bytes.toString('latin1')));
    await new Promise((resolve) => trap.#udp.bind(trap.port, '127.0.0.1', () => resolve(undefined)));
    return trap;
  }

  /** @param {string} how @param {string} text */
  #note(how, text) {
    const call = { how, text, time: Date.now() };
    this.calls.push(call);
    return call;
  }

  /** @param {net.Socket} socket */
  #hear(socket) {
    // Noted before it says anything: the call itself is one already.
    const call = this.#note('TCP', '');
    socket.on('data', (bytes) => {
      call.text += bytes.toString('latin1');
      if (call.text.includes('\r\n\r\n')) socket.end(ANSWER);
    });
    socket.on('error', () => socket.destroy());
  }

  close() {
    this.#udp.close();
    return new Promise((resolve) => this.#tcp.close(resolve));
  }
}
