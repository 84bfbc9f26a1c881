// The third party's endpoint for the seed explainer's example 3: an answer whose header writes to shared storage.

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
export function answerNote(request, response) {
  // Whose page asked, by the one header that the page cannot set.
  const from = /^https?:\/\/([a-z]+\.localhost)(?::\d+)?$/.exec(request.headers.origin ?? '')?.[1];
  if (!from) {
    response.writeHead(403, { 'Content-Type': 'text/plain' }).end('only pages of the demo may ask\n');
    return;
  }
  // A server may write only where the browser says that it will listen.
  const writable = request.headers['sec-shared-storage-writable'] === '?1';
  const note = `no. ${1000 + Math.floor(Math.random() * 9000)}`;
  const header = `set;key="note";value="${note} from ${from}"`;
  response.writeHead(200, {
    'Content-Type': 'application/json',
    'Access-Control-Allow-Origin': /** @type {string} */ (request.headers.origin),
    Vary: 'Origin',
    ...(writable ? { 'Shared-Storage-Write': header } : {}),
  });
  response.end(JSON.stringify(writable ? { writable, note, header } : { writable }));
}
