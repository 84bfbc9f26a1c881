// How each thing goes wrong. A document that is gone by then has nothing happen to it.

import { FRAME } from './episode.mjs';
import { sleep, within } from './stage.mjs';

/**
 * @typedef {object} Scene an episode while it runs
 * @property {import('./stage.mjs').Stage} stage
 * @property {string} origin
 * @property {import('./episode.mjs').Episode['durability']} durability
 * @property {string} elsewhere a page of another site
 * @property {import('./stage.mjs').Tab[]} tabs by document
 * @property {(document: number) => void} ended the document has gone, or is about to
 * @property {(document: number) => boolean} hasEnded
 */

/** @param {import('./stage.mjs').Stage} stage @param {RegExp} address */
async function close(stage, address) {
  const target = stage.find(address);
  // It may have gone by itself.
  if (target) await stage.browser.devtools.send('Target.closeTarget', { targetId: target.targetId }).catch(() => {});
}

/** Stops the service worker as the browser would after 30 idle seconds, but in the middle of things. @param {Scene} scene */
async function stopWorker({ stage }) {
  await close(stage, /service-worker-loader/);
}

/** It answers nobody for a while. @param {Scene} scene @param {number} amount */
async function keepBusy({ stage }, amount) {
  const end = `Date.now() + ${Math.round(20 + 300 * amount)}`;
  await stage.inExtension(`void setTimeout(() => { const end = ${end}; while (Date.now() < end); })`);
}

/**
 * Some messages of the document, or their answers, come late or not at all, as where the service worker is stopped before or after it has heard of them.
 * @param {Scene} scene
 * @param {number} amount
 * @param {number} document
 */
async function loseMessages({ tabs }, amount, document) {
  const tab = tabs[document];
  const [contextId] = tab ? [...tab.isolated.values()].slice(-1) : [];
  if (!tab || contextId === undefined) return;
  const expression = `(() => {
    const { runtime } = chrome;
    const send = runtime.sendMessage.bind(runtime);
    const late = (value) => new Promise((resolve) => setTimeout(resolve, 30, value));
    const fates = [() => Promise.resolve(), (m) => send(m).then(() => undefined), (m) => late(m).then(send), (m) => send(m).then(late)];
    let left = ${1 + Math.round(5 * amount)};
    let next = ${Math.round(1000 * amount)};
    runtime.sendMessage = (message) => (message.to !== 'service-worker' || left-- <= 0 ? send(message) : fates[next++ % 4](message));
  })()`;
  await tab.session.send('Runtime.evaluate', { expression, contextId });
}

/** @param {Scene} scene @param {RegExp} address */
async function crash({ stage }, address) {
  const target = stage.find(address);
  if (!target) return;
  const session = await stage.browser.attach(({ targetId }) => targetId === target.targetId);
  let hasCrashed = false;
  session.on('Inspector.targetCrashed', () => {
    hasCrashed = true;
  });
  await session.send('Inspector.enable');
  session.send('Page.crash').catch(() => {});
  // One that goes by itself meanwhile does not crash.
  while (!hasCrashed && stage.browser.targets.has(target.targetId)) await sleep(5);
  await session.detach().catch(() => {});
}

/** The browser closes the database by force, as it does where its files are broken. @param {Scene} scene */
async function closeDatabase({ stage }) {
  const page = await stage.browser.openPage('chrome://indexeddb-internals');
  await page.evaluate(`(async () => {
    const all = (root) => [...root.querySelectorAll('*')].flatMap((one) => [one, ...(one.shadowRoot ? all(one.shadowRoot) : [])]);
    for (let attempt = 0; attempt < 50; attempt++) {
      const found = all(document).filter((one) => one.classList.contains('force-close'));
      for (const one of found) one.click();
      if (found.length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('nothing to close by force');
  })()`);
  await page.close();
}

/** Less than entries live. @param {Scene} scene @param {number} amount */
async function moveClock({ stage, durability }, amount) {
  const hours = [1, 24, 24 * 20, 0, -1][Math.floor(5 * amount)];
  const settings = { durability, clockOffsetMs: Number(hours) * 3_600_000 };
  await stage.inExtension(`chrome.storage.local.set({ settings: ${JSON.stringify(settings)} })`);
  stage.settings = '';
}

/** What fetches for the browser dies, with what documents were saying; another one is started. @param {Scene} scene */
async function killNetwork({ stage }) {
  const { processInfo } = await stage.browser.devtools.send('SystemInfo.getProcessInfo');
  const network = processInfo.find((/** @type {any} */ { type }) => /network/i.test(type));
  if (network) process.kill(network.id, 'SIGKILL');
}

/** The document goes into the back/forward cache, and comes back. @param {Scene} scene @param {number} amount @param {number} document */
async function goAndComeBack(scene, amount, document) {
  const { tabs, elsewhere, ended } = scene;
  const tab = tabs[document];
  if (!tab) return;
  const { session } = tab;
  await session.evaluate(
    `addEventListener('pageshow', ({ persisted }) => { globalThis.cameBack = persisted; }), globalThis.isOriginal = true`,
  );
  await tab.goTo(elsewhere);
  await sleep(150 * amount);
  await session.evaluate('history.back(), 0').catch(() => {});
  // A document that had not been loaded has left no entry: before it there is what was there at first.
  const place = () => session.evaluate('location.href').catch(() => elsewhere);
  while ((await place()) === elsewhere) await sleep(5);
  if (!(await session.evaluate('globalThis.isOriginal ?? false').catch(() => false))) ended(document);
}

/** Documents of one origin may share their renderer: none of their tabs is used any more. @param {Scene} scene @param {number} _amount @param {number} document */
async function crashPages({ stage, tabs }, _amount, document) {
  const { session } = tabs[document] ?? {};
  if (!session) return;
  const crashed = new Promise((resolve) => session.on('Inspector.targetCrashed', resolve));
  await session.send('Inspector.enable');
  session.send('Page.crash').catch(() => {});
  await crashed;
  for (const one of tabs.keys()) await stage.forgetTab(one)?.session.close();
}

/**
 * Resolves to what has happened, where it is something else.
 * @typedef {(scene: Scene, amount: number, document: number) => Promise<import('./episode.mjs').FaultKind | undefined | void>} Inject
 */

/** @type {Record<import('./episode.mjs').FaultKind, Inject>} */
const INJECT = {
  'stop worker': stopWorker,
  'busy worker': keepBusy,
  'lost messages': loseMessages,
  'close offscreen': ({ stage }) => close(stage, /src\/offscreen\//),
  'crash sandbox': async (scene) => {
    await crash(scene, /src\/worklet\/frame/);
    // A frame that has not come to its own process yet takes the extension's along.
    if (await scene.stage.hasExtension()) return;
    await scene.stage.reloadExtension();
    return 'crash extension';
  },
  // The browser then does without the extension until somebody reloads it.
  'crash extension': async (scene) => {
    await crash(scene, /src\/offscreen\//);
    await scene.stage.reloadExtension();
  },
  'reload extension': ({ stage }) => stage.reloadExtension(),
  'kill browser': ({ stage }) => stage.killBrowser(),
  'database closed': closeDatabase,
  clock: moveClock,
  network: killNetwork,
  bfcache: goAndComeBack,
  navigate: async ({ tabs, elsewhere }, _amount, document) => {
    await tabs[document]?.goTo(elsewhere);
  },
  'remove frame': async ({ tabs }) => {
    await tabs[FRAME]?.session.evaluate(`document.querySelector('iframe')?.remove()`);
  },
  'close tab': async ({ stage, tabs }, _amount, document) => {
    const tab = tabs[document];
    if (!tab) return;
    stage.forgetTab(document);
    await tab.session.close();
  },
  'crash page': crashPages,
};

/** What ends the document that it happens to. @type {ReadonlySet<import('./episode.mjs').FaultKind>} */
const ENDS_DOCUMENT = new Set(['navigate', 'remove frame', 'close tab']);
/** @type {ReadonlySet<import('./episode.mjs').FaultKind>} */
const HAPPENS_TO_DOCUMENT = new Set([...ENDS_DOCUMENT, 'crash page', 'bfcache', 'lost messages']);
/** What ends all documents, as far as the extension is concerned. @type {ReadonlySet<import('./episode.mjs').FaultKind>} */
const ENDS_ALL = new Set(['reload extension', 'crash extension', 'kill browser', 'crash page']);

/**
 * @param {Scene} scene
 * @param {import('./episode.mjs').Fault} fault
 * @returns {Promise<import('./model.mjs').Happened>}
 */
export async function inject(scene, { kind, amount, document }) {
  const from = Date.now();
  // Nothing happens to it any more.
  if (HAPPENS_TO_DOCUMENT.has(kind) && scene.hasEnded(document)) return { kind, document, from, to: from };
  const endAll = () => scene.tabs.forEach((_, one) => void scene.ended(one));
  if (ENDS_DOCUMENT.has(kind)) scene.ended(document);
  if (ENDS_ALL.has(kind)) endAll();
  const other = await within(INJECT[kind](scene, amount, document), kind);
  if (other && ENDS_ALL.has(other)) endAll();
  return { kind: other ?? kind, document, from, to: Date.now() };
}
