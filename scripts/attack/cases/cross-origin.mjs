// Pages of another origin, which embed the victim, are embedded by it, or share its site.

const MODULE = `
  const dump = async () => {
    const found = [];
    for (const name of ['entries', 'keys', 'values']) try { for await (const one of sharedStorage[name]()) found.push(JSON.stringify(one)); } catch (error) { found.push(String(error)); }
    found.push(await sharedStorage.get('canary').catch(String), await sharedStorage.length().catch(String));
    console.log('found:', ...found);
    return found.length;
  };
  register('attack', class { async run() { await dump(); tried(4); return 0; } });`;

/** Loads the module in each of these ways, and runs what it registers in those that come about. */
const inWorklets = (/** @type {string} */ ways) => `
  for (const [url, options] of [${ways}]) await kit.each({
    [url + ' ' + JSON.stringify(options)]: async () => { const worklet = await sharedStorage.createWorklet(url, options); await worklet.run('attack', { keepAlive: true }); return 'ran'; } });
  await kit.run();`;

const ALLOWED = { 'Shared-Storage-Cross-Origin-Worklet-Allowed': '?1', 'Access-Control-Allow-Origin': '*' };
const VICTIM_FRAME = `const frame = await kit.frame({ src: stage.victim + '/kit.html', allow: 'shared-storage; shared-storage-select-url' });`;

/** @type {(attack: import('../case.mjs').Attack) => import('../case.mjs').Attack} */
const foreign = (attack) => ({ as: 'attacker', module: MODULE, ...attack });

/** @type {import('../case.mjs').Attack[]} */
export default [
  foreign({ name: 'foreign-own-worklet', tries: 'Another origin reads everything in a worklet of its own.', page: `await kit.run();` }),
  foreign({
    name: 'foreign-script-of-victim',
    tries: "Another origin makes worklets of scripts of the victim, with its own data and with the victim's, which has not agreed.",
    page: inWorklets(
      `[stage.victim + '/module.js', {}], [stage.victim + '/module.js', { dataOrigin: 'script-origin' }], [stage.victim + '/module.js', { dataOrigin: 'context-origin' }], [stage.victim + '/module.js', { dataOrigin: stage.victim }]`,
    ),
  }),
  foreign({
    name: 'foreign-data-origin',
    tries: 'Another origin makes worklets with the victim as data origin, which trusts nobody.',
    page: inWorklets(
      `['/module.js', { dataOrigin: stage.victim }], ['/module.js', { dataOrigin: stage.victim + '/' }], ['/module.js', { dataOrigin: stage.victim.toUpperCase() }], ['/module.js', { dataOrigin: stage.victim.replace('http:', 'https:') }], ['/module.js', { dataOrigin: 'script-origin' }]`,
    ),
  }),
  foreign({
    name: 'foreign-lying-well-known',
    tries: "Another origin's own well-known file says that the victim trusts everybody.",
    serve: {
      '/.well-known/shared-storage/trusted-origins': (request, response) => {
        if (String(request.headers.host).startsWith('victim')) return response.writeHead(404).end();
        return response
          .writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' })
          .end(JSON.stringify([{ scriptOrigin: '*', contextOrigin: '*' }]));
      },
    },
    page: inWorklets(`['/module.js', { dataOrigin: stage.victim }], [stage.sibling + '/module.js', { dataOrigin: stage.victim }]`),
  }),
  foreign({
    name: 'foreign-well-known-redirect',
    tries: "The victim's well-known file is behind an open redirect, which leads to the attacker's, which trusts everybody.",
    serve: {
      '/.well-known/shared-storage/trusted-origins': (request, response, origins) => {
        if (String(request.headers.host).startsWith('victim'))
          return response
            .writeHead(302, {
              Location: `${origins.attacker}/.well-known/shared-storage/trusted-origins`,
              'Access-Control-Allow-Origin': '*',
            })
            .end();
        return response
          .writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' })
          .end(JSON.stringify([{ scriptOrigin: '*', contextOrigin: '*' }]));
      },
    },
    page: inWorklets(`['/module.js', { dataOrigin: stage.victim }]`),
  }),
  foreign({
    name: 'foreign-well-known-sibling',
    tries: "Another origin of the victim's site says in its well-known file whom the victim trusts.",
    serve: {
      '/.well-known/shared-storage/trusted-origins': (request, response, origins) =>
        /^(?:sibling|attacker)/.test(String(request.headers.host))
          ? response
              .writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' })
              .end(JSON.stringify([{ scriptOrigin: origins.attacker, contextOrigin: [origins.attacker] }]))
          : response.writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' }).end('[]'),
    },
    page: inWorklets(
      `['/module.js', { dataOrigin: stage.victim }], [stage.sibling + '/module.js', { dataOrigin: stage.victim }], ['/module.js', { dataOrigin: stage.sibling }]`,
    ),
  }),
  foreign({
    name: 'foreign-module-redirect',
    tries: 'A module redirects from the attacker to the victim, and from an open redirect of the victim to the attacker.',
    serve: {
      '/to-victim.js': (_request, response, origins) =>
        response.writeHead(302, { Location: `${origins.victim}/module.js`, ...ALLOWED }).end(),
      '/to-attacker.js': (_request, response, origins) =>
        response.writeHead(302, { Location: `${origins.attacker}/allowed.js`, 'Access-Control-Allow-Origin': '*' }).end(),
      '/allowed.js': { headers: ALLOWED, body: `const tried = (count) => console.log('tried:', count);${MODULE}` },
    },
    page: inWorklets(
      `['/to-victim.js', { dataOrigin: 'script-origin' }], [stage.victim + '/to-attacker.js', { dataOrigin: 'script-origin' }], [stage.victim + '/to-attacker.js', { dataOrigin: 'context-origin' }]`,
    ),
  }),
  foreign({
    name: 'foreign-allowed-forged',
    tries: "The attacker's responses say in every header that a worklet with the victim's data is allowed.",
    serve: {
      '/allowed.js': {
        headers: {
          ...ALLOWED,
          'Access-Control-Allow-Credentials': 'true',
          'Shared-Storage-Data-Origin': '*',
          'Sec-Shared-Storage-Data-Origin': '*',
          Origin: '*',
          Location: '/',
          'Timing-Allow-Origin': '*',
        },
        body: `const tried = (count) => console.log('tried:', count);${MODULE}`,
      },
    },
    page: inWorklets(`['/allowed.js', { dataOrigin: stage.victim }], ['/allowed.js', { dataOrigin: 'script-origin' }]`),
  }),
  foreign({
    name: 'foreign-frames-reach',
    tries: 'The embedder of a frame of the victim reaches through frames[], named properties and prototypes.',
    page: `${VICTIM_FRAME}
      await kit.each({
        property: () => frames[0].sharedStorage.get('canary'), descriptor: () => Reflect.getOwnPropertyDescriptor(frames[0], 'sharedStorage').value.get('canary'), window: () => frame.contentWindow.SharedStorage,
        call: () => SharedStorage.prototype.set.call(frames[0].sharedStorage, 'own', 'v'), document: () => frame.contentDocument, location: () => frame.contentWindow.location.href, keys: () => Reflect.ownKeys(frames[0]),
        svg: () => frame.getSVGDocument(), name: () => frames['kit'], top: () => frames[0].top === window, script: () => { frame.src = 'javascript:parent.kit.got(sharedStorage)'; },
      });`,
    module: '',
  }),
  foreign({
    name: 'foreign-posts',
    tries: 'The embedder sends a frame of the victim every message that the extension could take for one of its own.',
    page: `kit.listenEverywhere();\n${VICTIM_FRAME}
      const { port1, port2 } = new MessageChannel(); port1.onmessage = ({ data }) => kit.got('port', data);
      for (const message of [{ type: 'run' }, { to: 'service-worker', requests: [] }, { type: 'load', url: '/module.js' }, { id: 1, method: 'database.get', params: { key: 'canary' } }, 'shared-storage-lab', null])
        frame.contentWindow.postMessage(message, '*');
      frame.contentWindow.postMessage({ type: 'port' }, '*', [port2]);
      await kit.frame({ src: stage.victim + '/blank.html' });
      kit.got('posted');`,
    module: '',
  }),
  foreign({
    name: 'foreign-frame-replaced',
    tries: 'The embedder sends a frame of the victim elsewhere while it uses the API, and looks for answers in its place.',
    page: `${VICTIM_FRAME}
      for (const url of ['/kit.html', 'about:blank', "javascript:'<p>'", 'data:text/html,x']) {
        frame.src = stage.victim + '/using.html'; await new Promise((resolve) => { frame.onload = resolve; });
        frame.src = url; await new Promise((resolve) => { frame.onload = resolve; setTimeout(resolve, 300); });
        await kit.each({ document: () => frame.contentDocument?.documentElement, storage: () => frame.contentWindow.sharedStorage?.get('canary') });
      }`,
    serve: {
      '/using.html': `<script>sharedStorage.worklet.addModule('/reads.js').then(() => sharedStorage.run('attack'));</script>`,
      '/reads.js': `register('attack', class { async run() { await sharedStorage.get('canary'); } });`,
    },
    module: '',
    isForeign: false,
  }),
  foreign({
    name: 'foreign-in-victim',
    tries: 'A frame of another origin in a page of the victim asks, and reaches out to its parent.',
    as: 'victim',
    isForeign: true,
    page: `const frame = await kit.frame({ src: stage.attacker + '/in.html', allow: 'shared-storage *; shared-storage-select-url *; private-aggregation *' });
      await new Promise((resolve) => addEventListener('message', ({ data }) => data === 'done' && resolve())); kit.got('framed', frame.src);`,
    serve: {
      '/in.html': `<script src="/kit.js"></script><body><script>(async () => {
      await kit.each({ parent: () => parent.sharedStorage.get('canary'), top: () => top.document, add: () => kit.run(), create: async () => (await sharedStorage.createWorklet('/module.js', { dataOrigin: kit.stage.victim })).run('attack'), ancestors: () => [...location.ancestorOrigins] });
      parent.postMessage('done', '*'); })()</script>`,
    },
  }),
  foreign({
    name: 'sibling-origin',
    tries: "Another origin of the victim's site, in the same process, reads, reaches by frames, and sets document.domain.",
    page: `const frame = await kit.frame({ src: stage.sibling + '/in.html', allow: 'shared-storage *' });
      await new Promise((resolve) => addEventListener('message', ({ data }) => data === 'done' && resolve())); kit.got('framed', frame.src);`,
    serve: {
      '/in.html': `<script src="/kit.js"></script><body><script>(async () => {
      const frame = await kit.frame({ src: kit.stage.victim + '/kit.html' });
      await kit.each({ run: () => kit.run(), domain: () => { document.domain = new URL(kit.stage.victim).hostname; }, reach: () => frame.contentWindow.sharedStorage.get('canary'), document: () => frame.contentDocument,
        create: async () => (await sharedStorage.createWorklet(kit.stage.victim + '/module.js', { dataOrigin: 'script-origin' })).run('attack') });
      parent.postMessage('done', '*'); })()</script>`,
    },
  }),
  foreign({
    name: 'opaque-frames',
    tries: 'Sandboxed, data: and blob: frames of opaque origin in a page of the victim use the API and forge the handshake.',
    as: 'victim',
    isForeign: true,
    page: `
      const code = '<script src="' + location.origin + '/kit.js"><' + '/script><script>(async () => { await kit.each({ set: () => sharedStorage.set("forged", "v"), get: () => sharedStorage.get("canary"), run: () => kit.run(), parent: () => parent.sharedStorage.get("canary") }); parent.postMessage("done", "*"); })()<' + '/script>';
      for (const attributes of [{ sandbox: 'allow-scripts', srcdoc: code }, { sandbox: 'allow-scripts allow-popups', src: '/opaque.html' }, { src: 'data:text/html,' + encodeURIComponent(code) }]) {
        const done = new Promise((resolve) => addEventListener('message', resolve, { once: true }));
        await kit.frame(attributes); await done;
      }`,
    serve: {
      '/opaque.html': `<script src="/kit.js"></script><script>(async () => { await kit.each({ set: () => sharedStorage.set('forged', 'v'), run: () => kit.run(), create: () => sharedStorage.createWorklet('/module.js') }); parent.postMessage('done', '*'); })()</script>`,
    },
    module: '',
  }),
  foreign({
    name: 'foreign-header-writes',
    tries: 'Responses of another origin write for the victim: by redirects through it, by headers that name it, by its marks.',
    page: `
      await kit.each({
        own: () => fetch('/write', { sharedStorageWritable: true }), redirect: () => fetch('/redirect', { sharedStorageWritable: true, mode: 'no-cors' }), plain: () => fetch(stage.victim + '/echo', { mode: 'no-cors' }),
        header: () => fetch('/write', { headers: { 'Sec-Shared-Storage-Writable': '?1', Origin: stage.victim } }), marked: () => fetch('/write#:~:~ssw=any~00000000-0000-4000-8000-000000000000'),
      });`,
    serve: {
      '/write': { headers: { 'Shared-Storage-Write': 'set;key=forged;value=v, clear' } },
      '/echo': { headers: { 'Shared-Storage-Write': 'set;key=echoed;value=v' } },
      '/redirect': (_request, response, origins) =>
        response
          .writeHead(302, { Location: `${origins.victim}/blank.html`, 'Shared-Storage-Write': 'clear', 'Access-Control-Allow-Origin': '*' })
          .end(),
    },
    module: '',
  }),
  foreign({
    name: 'foreign-blob-and-data',
    tries: "Modules of blob: and data: URLs with the victim's name in them become worklets of the attacker.",
    page: inWorklets(`['blob:' + stage.victim + '/00000000-0000-4000-8000-000000000000', {}], ['data:text/javascript,register("attack",class{async run(){console.log(await sharedStorage.get("canary"))}})', { dataOrigin: stage.victim }],
      [URL.createObjectURL(new Blob(['register("attack", class { async run() { console.log(await sharedStorage.get("canary")); } })'], { type: 'text/javascript' })), { dataOrigin: 'script-origin' }], ['//' + new URL(stage.victim).host + '/module.js', {}]`),
  }),
  foreign({
    name: 'foreign-opener',
    tries: "A page that the victim opened, and one that opened the victim, reach for each other's storage.",
    page: `
      const opened = open(stage.victim + '/opens.html');
      await new Promise((resolve) => { addEventListener('message', ({ data }) => data === 'done' && resolve()); setTimeout(resolve, 3000); });
      await kit.each({ storage: () => opened.sharedStorage.get('canary'), document: () => opened.document, name: () => opened.name, closed: () => opened.closed });`,
    serve: {
      '/opens.html': (_request, response, origins) =>
        response
          .writeHead(200, { 'Content-Type': 'text/html' })
          .end(
            `<script src="/kit.js"></script><script>const inner = open('${origins.attacker}/reaches.html'); addEventListener('message', () => opener.postMessage('done', '*'));</script>`,
          ),
      '/reaches.html': `<script src="/kit.js"></script><script>(async () => { await kit.each({ opener: () => opener.sharedStorage.get('canary'), document: () => opener.document }); opener.postMessage('done', '*'); })()</script>`,
    },
    module: '',
  }),
];
