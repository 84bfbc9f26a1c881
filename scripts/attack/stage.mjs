// The sites of all attacks, on one server: each attack has a victim and an attacker of its own, told apart by their hosts.

import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { Trap } from './trap.mjs';

/** @typedef {import('./case.mjs').Attack} Attack */
/** @typedef {import('./case.mjs').Origins} Origins */

/** @type {Record<string, string>} */
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.json': 'application/json', '.gif': 'image/gif' };
const KIT = fs.readFileSync(new URL('../../test/pages/attack/kit.js', import.meta.url), 'utf8');
const READ_ALL = fs.readFileSync(new URL('../../test/pages/read-all.js', import.meta.url), 'utf8');

/** What of a request is looked into for canaries; the line that it is known by is the first. @typedef {{ line: string, text: string }} Received */

const bodyOf = async (/** @type {http.IncomingMessage} */ request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
};

/** What a module starts with: where it could go, and how it says what it has tried. @param {Origins} origins */
const modulePrefix = (origins) => `const STAGE = ${JSON.stringify(origins)};
  const tried = (count) => console.log('tried:', count);
`;

export class Stage {
  #server = http.createServer((request, response) => this.#answer(request, response));
  #trap;
  /** By the attack's number. @type {Map<string, { attack: Attack, origins: Origins, received: Received[] }>} */
  #attacks = new Map();

  /** @param {Trap} trap */
  constructor(trap) {
    this.#trap = trap;
  }

  static async open() {
    const stage = new Stage(await Trap.open());
    await new Promise((resolve) => stage.#server.listen(0, '127.0.0.1', () => resolve(undefined)));
    return stage;
  }

  get trap() {
    return this.#trap;
  }

  /** @param {Attack} attack @param {number} number @param {string} extensionId */
  prepare(attack, number, extensionId) {
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    /** @type {Origins} */
    const origins = {
      victim: `http://victim-${number}.localhost:${port}`,
      sibling: `http://sibling.victim-${number}.localhost:${port}`,
      attacker: `http://attacker-${number}.localhost:${port}`,
      trap: `http://trap-${number}.localhost:${this.#trap.port}/`,
      trapPort: this.#trap.port,
      extension: `chrome-extension://${extensionId}`,
    };
    const prepared = { attack, origins, received: /** @type {Received[]} */ ([]) };
    this.#attacks.set(String(number), prepared);
    return prepared;
  }

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} response */
  async #answer(request, response) {
    const host = String(request.headers.host);
    const found = this.#attacks.get(host.match(/-(\d+)\.localhost/)?.[1] ?? '');
    const { pathname } = new URL(`http://${host}${request.url}`);
    response.setHeader('Cache-Control', 'no-store');
    response.on('error', () => {});
    if (!found) return response.writeHead(404).end();
    const { attack, origins, received } = found;
    const entry = { line: `${request.method} ${host.replace(/:\d+$/, '')}${request.url}`, text: '' };
    received.push(entry);
    entry.text = `${entry.line}\n${request.rawHeaders.join('\n')}`;
    const answer = attack.serve?.[pathname];
    if (typeof answer === 'function') return answer(request, response, origins);
    try {
      entry.text += `\n${await bodyOf(request)}`;
    } catch {
      // Whoever asked has gone.
      return response.destroy();
    }
    const reply = answer ?? builtIn(pathname, attack, origins);
    if (reply === undefined) return response.writeHead(404).end();
    const {
      status = 200,
      headers = {},
      body = '',
    } = /** @type {import('./case.mjs').Reply} */ (typeof reply === 'string' ? { body: reply } : reply);
    const type = TYPES[path.extname(pathname)] ?? TYPES['.html'];
    return response.writeHead(status, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*', ...headers }).end(body);
  }

  async close() {
    this.#server.closeAllConnections();
    await Promise.all([new Promise((resolve) => this.#server.close(resolve)), this.#trap.close()]);
  }
}

/**
 * @param {string} pathname
 * @param {Attack} attack
 * @param {Origins} origins
 * @returns {import('./case.mjs').Answer | undefined}
 */
function builtIn(pathname, { head = '', module = '' }, origins) {
  const kit = `const STAGE = ${JSON.stringify(origins)};\n${KIT}`;
  switch (pathname) {
    case '/attack':
      return `<!doctype html><meta charset="utf-8"><title>attack</title><script src="/kit.js"></script>${head}<body>`;
    case '/kit.js':
      return kit;
    case '/module.js':
      return modulePrefix(origins) + module;
    case '/read-all.js':
      return READ_ALL;
    case '/blank.html':
      return '<!doctype html><title>blank</title><body>';
    case '/kit.html':
      return '<!doctype html><title>kit</title><script src="/kit.js"></script><body>';
    case '/loot':
    case '/pixel.gif':
      return '';
  }
}
