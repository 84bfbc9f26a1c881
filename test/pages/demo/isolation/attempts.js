// Tries everything that an agent cluster decides, with a frame and with a popup, and says what came of it, and why.

const [, mode] = location.hostname.split('.');
const site = location.hostname.split('.').slice(1).join('.');
const query = location.search;
const byId = (id) => document.getElementById(id);
const urlOf = (subdomain) => `${location.protocol}//${subdomain}.${site}:${location.port}/other.html${query}`;

byId('frame-host').textContent = byId('frame-label').textContent = `pay.${site}`;
byId('popup-host').textContent = `chat.${site}`;
for (const link of document.querySelectorAll('[data-mode]')) {
  if (link.dataset.mode === mode) link.setAttribute('aria-current', 'true');
  link.search = query;
}
const isolatedLink = byId('isolated');
isolatedLink.search = crossOriginIsolated ? '' : '?isolated';
isolatedLink.textContent = crossOriginIsolated ? 'Cross-origin isolated: on. Switch off' : 'Cross-origin isolated: off. Switch on';

/** Asks the other document; an answer that never comes is one too. */
function ask(target, message, transfer = []) {
  return new Promise((resolve) => {
    const done = (reply) => {
      removeEventListener('message', heard);
      clearTimeout(timer);
      resolve(reply);
    };
    const heard = ({ source, data }) => {
      if (source === target && data.reply) done(data.reply);
    };
    const timer = setTimeout(() => done({ silent: true }), 3000);
    addEventListener('message', heard);
    try {
      target.postMessage(message, '*', transfer);
    } catch ({ name, message: text }) {
      done({ thrown: name, text });
    }
  });
}

const modules = WebAssembly.compileStreaming(fetch('add.wasm'));

function sharedMemory() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
  new Uint8Array(memory.buffer)[0] = 42;
  return memory;
}

const verdict = (ok, text, why = '') => ({ ok, text, why });

/** Since these versions no keying lets them pass. */
const SINCE = { module: 'Chrome 95', SharedArrayBuffer: 'Chrome 92', memory: 'Chrome 92' };

async function send(target, kind, value) {
  // A document of this very origin is in this very cluster, however it is keyed.
  const { arrived, thrown, error } = await ask(target, { ask: 'send', kind, value });
  if (arrived) return verdict(true, arrived);
  if (thrown) return verdict(false, thrown, 'This document is not cross-origin isolated: shared memory cannot be sent at all.');
  if (!error) return verdict(false, 'no answer');
  const why = originAgentCluster
    ? `Another origin is another agent cluster. Keyed by site it would not pass either: no longer in any mode since ${SINCE[kind]}.`
    : `One agent cluster, and still: no longer in any mode since ${SINCE[kind]}.`;
  return verdict(false, error, why);
}

const ATTEMPTS = [
  [
    'originAgentCluster, here and there',
    async (target) => {
      const { originAgentCluster: there } = await ask(target, { ask: 'hello' });
      return verdict(
        null,
        `${originAgentCluster} / ${there}`,
        crossOriginIsolated ? 'Cross-origin isolated documents are always keyed by origin.' : '',
      );
    },
  ],
  ['a WebAssembly.Module (add.wasm)', async (target) => send(target, 'module', await modules)],
  ['a SharedArrayBuffer', (target) => send(target, 'SharedArrayBuffer', sharedMemory().buffer)],
  ['a WebAssembly.Memory', (target) => send(target, 'memory', sharedMemory())],
  [
    'document.domain, on both sides',
    async (target) => {
      const { domain } = await ask(target, { ask: 'domain', site });
      document.domain = site;
      const relaxed = document.domain === site && domain === site;
      return relaxed
        ? verdict(true, `${document.domain} / ${domain}`)
        : verdict(false, `${document.domain} / ${domain}`, 'Ignored: an origin-keyed agent cluster does not relax its origin.');
    },
  ],
  [
    'synchronous access to its document',
    async (target) => {
      try {
        return verdict(true, `reads its title: “${target.document.title}”`);
      } catch ({ name }) {
        return verdict(false, name, 'Different origins; document.domain did not make them the same.');
      }
    },
  ],
];

const NAMES = ['iframe', 'popup', 'iframe of the same origin'];
const cells = ATTEMPTS.map(([name]) => {
  const row = byId('attempts').tBodies[0].insertRow();
  const head = document.createElement('th');
  head.scope = 'row';
  head.textContent = name;
  row.append(head);
  return NAMES.map((label) => {
    const cell = row.insertCell();
    cell.dataset.label = label;
    cell.textContent = '·';
    return cell;
  });
});

function fill(cell, { ok, text, why }) {
  cell.dataset.ok = String(ok);
  const result = document.createElement('b');
  result.textContent = text;
  const reason = document.createElement('small');
  reason.textContent = why;
  cell.replaceChildren(result, ...(why ? [reason] : []));
}

/** A window answers as soon as its script runs. */
async function ready(target) {
  for (let tries = 0; tries < 100; tries++) {
    const answered = await Promise.race([ask(target, { ask: 'hello' }), new Promise((resolve) => setTimeout(resolve, 100))]);
    if (answered && !answered.silent) return true;
    if (target.closed) return false;
  }
  return false;
}

async function tryAll() {
  byId('run').disabled = true;
  byId('status').textContent = 'trying…';
  // At once: later there is no click left to open it with.
  const popup = open(urlOf('chat'), 'chat', 'popup,width=420,height=320');
  const frame = byId('frame');
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  frame.src = urlOf('pay');
  await loaded;
  const isReached = popup !== null && (await ready(popup));
  const targets = [frame.contentWindow, isReached ? popup : null, byId('same').contentWindow];
  for (const [row, [, attempt]] of ATTEMPTS.entries())
    for (const [column, target] of targets.entries()) {
      const missing = verdict(
        null,
        'out of reach',
        popup ? 'COOP put the popup into a browsing context group of its own.' : 'The browser blocked the popup.',
      );
      fill(cells[row][column], target ? await attempt(target) : missing);
    }
  if (isReached) popup.close();
  byId('status').textContent = 'done';
  document.body.dataset.done = 'true';
}

byId('frame').src = urlOf('pay');
byId('same').src = urlOf('shop');
byId('run').addEventListener('click', tryAll);
