// What left the browser, as its network service writes it down: every URL asked for, every name looked up and every byte sent, whoever asked.

import fs from 'node:fs';

export const netLogSwitches = (/** @type {string} */ file) => [`--log-net-log=${file}`, '--net-log-capture-mode=Everything'];

/** Of all that is written down, what goes out and what is asked for. */
const SENT =
  /^(?:URL_REQUEST_START_JOB|SOCKET_BYTES_SENT|SSL_SOCKET_BYTES_SENT|UDP_BYTES_SENT|TCP_CONNECT_ATTEMPT|HOST_RESOLVER_MANAGER_REQUEST|HTTP_TRANSACTION_(?:HTTP2_)?(?:SEND|TUNNEL).*|WEBSOCKET_SENT.*)$/;

/**
 * @param {string} file of a browser that has ended
 * @returns {string} all of it as one text: what was sent as it was, and everything that is said about it
 */
export function readNetLog(file) {
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  const { logEventTypes } = JSON.parse(/** @type {string} */ (lines[0]).replace(/^\{"constants":/, '').replace(/,$/, ''));
  const sent = new Set(Object.entries(logEventTypes).flatMap(([name, type]) => (SENT.test(name) ? [String(type)] : [])));
  const parts = [];
  for (const line of lines.slice(1)) {
    if (!line.startsWith('{"') || !sent.has(/"type":(\d+)\}[\]},]*$/.exec(line)?.[1] ?? '')) continue;
    const { params = {} } = JSON.parse(line.replace(/,$/, '').replace(/\]\}?$/, ''));
    const { bytes, ...others } = params;
    if (bytes !== undefined) parts.push(Buffer.from(bytes, 'base64').toString('latin1'));
    parts.push(JSON.stringify(others));
  }
  return parts.join('\n');
}
