// Servers that answer as none should: to marked requests, for modules, and for the files that say whom to trust.

const JAVASCRIPT = { 'Content-Type': 'text/javascript', 'Access-Control-Allow-Origin': '*' };
const WELL_KNOWN = '/.well-known/shared-storage/trusted-origins';

/** Asks with the mark, in each way that a page can, and waits for what comes. @param {string} path */
const marked = (path) => `
  const soon = (asked) => Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 3000, 'no answer yet'))]);
  await kit.each({
    fetch: () => soon(fetch('${path}?fetch', { sharedStorageWritable: true }).then((response) => response.status)),
    image: () => soon(new Promise((resolve) => { const image = new Image(); image.sharedStorageWritable = true; image.onload = image.onerror = () => resolve('settled'); image.src = '${path}?image'; })),
    frame: () => soon(new Promise((resolve) => { const frame = document.createElement('iframe'); frame.sharedStorageWritable = true; frame.onload = () => resolve('settled'); frame.src = '${path}?frame'; document.body.append(frame); })),
    after: () => sharedStorage.delete('own'),
  });`;

/** @param {string} name @param {string} tries @param {string | string[]} header @param {Record<string, string>} [leaves] @returns {import('../case.mjs').Attack} */
const bomb = (name, tries, header, leaves = {}) => ({
  name: `server-${name}`,
  tries,
  leaves,
  serve: { '/write': { headers: { 'Shared-Storage-Write': header } } },
  page: marked('/write'),
});

/** A module that a server gives in its own way: whatever becomes of it, the page goes on. @param {string} name @param {string} tries @param {import('../case.mjs').Answer} answer @returns {import('../case.mjs').Attack} */
const badModule = (name, tries, answer) => ({
  name: `server-module-${name}`,
  tries,
  serve: { '/bad.js': answer },
  page: `
    const soon = (asked) => Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 1500, 'no answer yet'))]);
    kit.listenEverywhere();
    await kit.each({ add: () => soon(sharedStorage.worklet.addModule('/bad.js')), create: () => soon(sharedStorage.createWorklet('/bad.js')), run: () => soon(sharedStorage.run('attack', { keepAlive: true })), after: () => sharedStorage.delete('own') });`,
});

/** Another origin's worklet with the victim's data, where the victim's server answers this when it is asked whom it trusts. @param {string} name @param {string} tries @param {import('../case.mjs').Answer} answer @returns {import('../case.mjs').Attack} */
const trusting = (name, tries, answer) => ({
  name: `server-trust-${name}`,
  tries,
  as: 'attacker',
  isForeign: true,
  serve: { [WELL_KNOWN]: answer },
  module: `register('attack', class { async run() { for await (const one of sharedStorage.entries()) console.log('found', one); tried(1); } }); register('own', class { run() { tried(1); } });`,
  page: `
    const soon = (asked) => Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 2500, 'no answer yet'))]);
    await kit.each({ create: () => soon(sharedStorage.createWorklet('/module.js', { dataOrigin: stage.victim }).then((worklet) => worklet.run('attack', { keepAlive: true }))) });
    await kit.run('own');`,
});

const json = (/** @type {unknown} */ value, headers = {}) => ({
  headers: { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*', ...headers },
  body: typeof value === 'string' ? value : JSON.stringify(value),
});

/** Sends a little at a time, and never ends. @param {string} type @returns {import('../case.mjs').Responder} */
const endless = (type) => (request, response) => {
  response.writeHead(200, { 'Content-Type': type, 'Access-Control-Allow-Origin': '*' });
  const timer = setInterval(() => response.write(' '), 100);
  request.on('close', () => clearInterval(timer));
};

/** @type {import('../case.mjs').Attack[]} */
export default [
  bomb('header-items', 'A response has ten thousand items, one of them bad.', `${'set;key=own;value=v, '.repeat(9000)}bad item;;;, clear`),
  bomb('header-long', 'A response has a value of 200 kB.', `set;key=own;value="${'x'.repeat(200_000)}"`),
  bomb(
    'header-many',
    'A response has the header 400 times, with locks and methods that nobody knows.',
    Array.from(
      { length: 400 },
      (_, index) => `${['set', 'SET', 'get', 'entries', 'evil', '(set)'][index % 6]};key=k${index};with_lock="-lock"`,
    ),
  ),
  bomb(
    'header-names',
    'A response writes by names of members of objects, and of other origins.',
    `set;key="__proto__";value="x", delete;key="__proto__", set;key="constructor";value=":", delete;key="constructor", options;dataOrigin="http://other.example", set;key=own;value=v;origin="http://other.example", delete;key=own`,
  ),
  {
    name: 'server-redirect-loop',
    tries: 'A marked request is redirected in a circle, and writes at each step.',
    serve: {
      '/write': (_request, response) =>
        response.writeHead(302, { Location: `/write?${Math.random()}`, 'Shared-Storage-Write': 'append;key=own;value=v' }).end(),
    },
    page: marked('/write'),
  },
  {
    name: 'server-redirect-marks',
    tries: 'Redirects carry marks of the extension in their Location: with tokens, of other features, twice.',
    serve: {
      '/write': (request, response, origins) => {
        const step = Number(new URL(`http://x${request.url}`).searchParams.get('step') ?? 0);
        const marks = [
          '#:~:~ssw=any~00000000-0000-4000-8000-000000000000',
          '#:~:~ssm=',
          '#:~:~sst=00000000-0000-4000-8000-000000000000',
          '#:~:ssfence',
          '#:~:ssurn&~ssb=00000000-0000-4000-8000-000000000000',
          '#:~:~ssl=00000000-0000-4000-8000-000000000000',
        ];
        if (step >= marks.length) return response.writeHead(200, { 'Shared-Storage-Write': 'set;key=forged;value=v' }).end();
        return response
          .writeHead(302, { Location: `${origins.attacker}/write?step=${step + 1}${marks[step]}`, 'Access-Control-Allow-Origin': '*' })
          .end();
      },
    },
    page: marked('/write'),
  },
  {
    name: 'server-unasked',
    tries: 'Responses write that nobody asked to: of documents, scripts, images, modules, workers and errors.',
    serve: Object.fromEntries(
      ['/a.html', '/a.js', '/a.gif', '/bad.js', '/missing'].map((path) => [
        path,
        { status: path === '/missing' ? 404 : 200, headers: { 'Shared-Storage-Write': 'set;key=forged;value=v' } },
      ]),
    ),
    page: `await kit.each({ frame: () => kit.frame({ src: '/a.html' }), script: () => import('/a.js'), image: () => new Promise((resolve) => { const image = new Image(); image.onload = image.onerror = resolve; image.src = '/a.gif'; }),
      fetch: () => fetch('/missing'), module: () => sharedStorage.worklet.addModule('/bad.js'), worker: () => new Worker('/a.js'), off: () => fetch('/a.js', { sharedStorageWritable: false }) });`,
  },
  {
    name: 'server-forged-request-header',
    tries: 'A page sets Sec-Shared-Storage-Writable itself, in every way, so that the response may write.',
    serve: { '/write': { headers: { 'Shared-Storage-Write': 'set;key=forged;value=v' } } },
    page: `const headers = { 'Sec-Shared-Storage-Writable': '?1', 'sec-shared-storage-writable': '?1' };
      await kit.each({ fetch: () => fetch('/write', { headers }), request: () => fetch(new Request('/write', { headers })), xhr: () => { const x = new XMLHttpRequest(); x.open('GET', '/write'); x.setRequestHeader('Sec-Shared-Storage-Writable', '?1'); return new Promise((resolve) => { x.onloadend = resolve; x.send(); }); },
        guard: () => { const all = new Headers(headers); all.append('Sec-Shared-Storage-Writable', '?1'); return fetch('/write', { headers: all }); } });`,
  },
  {
    name: 'server-forged-marks',
    tries: "A page puts the extension's marks into URLs of its own requests, with guessed tokens.",
    serve: { '/write': { headers: { 'Shared-Storage-Write': 'set;key=forged;value=v' } } },
    page: `const token = '00000000-0000-4000-8000-000000000000';
      for (const mark of ['~ssw=any~' + token, 'image~ssw=any~' + token, 'iframe~ssw=any~' + token, '~ssm=', '~ssm=' + token, '~sst=' + token, '~ssb=' + token, 'ssfence', 'coep-site-ssfence', 'ssurn', '~ssl=' + token])
        await kit.each({ fetch: () => fetch('/write#:~:' + mark).then(({ status }) => status), image: () => new Promise((resolve) => { const image = new Image(); image.onload = image.onerror = resolve; image.src = '/write#x:~:' + mark; }), frame: () => Promise.race([kit.frame({ src: '/write#:~:a&' + mark }), new Promise((resolve) => setTimeout(resolve, 300))]) });`,
  },
  {
    name: 'server-policy-conflicts',
    tries:
      'Responses have policies that contradict each other; what one of them denies is used all the same, in the document and frames in it.',
    serve: {
      '/denied.html': {
        headers: { 'Permissions-Policy': ['shared-storage=*', 'shared-storage=()'], 'Feature-Policy': 'shared-storage *' },
        body: `<script src="/kit.js"></script><body><script>(async () => {
        const frame = await kit.frame({ allow: 'shared-storage *', srcdoc: '<p>' });
        const blob = await kit.frame({ allow: 'shared-storage *', src: URL.createObjectURL(new Blob(['<p>'], { type: 'text/html' })) });
        await kit.each({ set: () => sharedStorage.set('forged', 'v'), frame: () => frame.contentWindow.sharedStorage.set('forged', 'v'), blob: () => blob.contentWindow.sharedStorage.set('forged', 'v'), empty: () => { const one = document.createElement('iframe'); document.body.append(one); return one.contentWindow.sharedStorage?.set('forged', 'v'); },
          write: () => fetch('/write', { sharedStorageWritable: true }), worklet: () => sharedStorage.createWorklet('/module.js') });
        parent.postMessage('done', '*'); })()</script>`,
      },
      '/write': { headers: { 'Shared-Storage-Write': 'set;key=forged;value=v' } },
    },
    page: `const done = new Promise((resolve) => addEventListener('message', resolve)); await kit.frame({ src: '/denied.html', allow: 'shared-storage *' }); await done; kit.got('denied');`,
  },
  badModule('wrong-type', 'A module has the type of a page, with a script in it.', {
    headers: { 'Content-Type': 'text/html', 'Access-Control-Allow-Origin': '*' },
    body: `register('attack', class { async run() { console.log(await sharedStorage.get('canary')); } });`,
  }),
  badModule('huge', 'A module is 30 MB large.', {
    headers: JAVASCRIPT,
    body: `/*${'x'.repeat(30_000_000)}*/ register('attack', class { async run() {} });`,
  }),
  badModule('endless', 'A module never ends.', endless('text/javascript')),
  badModule('cut-off', 'A module is cut off in the middle.', (_request, response) => {
    response.writeHead(200, { ...JAVASCRIPT, 'Content-Length': '1000' });
    response.write('register("attack", class { ');
    response.destroy();
  }),
  badModule('redirect-loop', 'A module is redirected in a circle.', (_request, response) =>
    response.writeHead(302, { Location: `/bad.js?${Math.random()}`, ...JAVASCRIPT }).end(),
  ),
  badModule('status', 'A module comes with a status that is none, and many headers.', {
    status: 599,
    headers: { ...JAVASCRIPT, ...Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`X-${index}`, 'x'.repeat(100)])) },
    body: 'throw 1',
  }),
  badModule('encodings', 'A module is no text: bytes of no encoding, byte order marks, nulls.', {
    headers: JAVASCRIPT,
    body: Buffer.from([0xff, 0xfe, 0, 0xd8, 0, 0, 0xc0, 0x80, 0x2f, 0x2a]),
  }),
  trusting(
    'nobody',
    'The victim trusts nobody, in every shape that could be taken for trust.',
    json([
      {},
      { scriptOrigin: '' },
      { contextOrigin: '*' },
      { scriptOrigin: '*' },
      { scriptOrigin: [], contextOrigin: [] },
      { scriptOrigin: null, contextOrigin: null },
      [],
      '*',
      1,
      null,
    ]),
  ),
  trusting(
    'text',
    "The victim's file is no JSON, and has the words of one.",
    json(`[{"scriptOrigin":"*","contextOrigin":"*"}] // trusted`),
  ),
  trusting(
    'object',
    "The victim's file is an object with members of a list.",
    json({ 0: { scriptOrigin: '*', contextOrigin: '*' }, length: 1 }),
  ),
  trusting(
    'nested',
    "The victim's file is nested ten thousand deep.",
    json(`${'['.repeat(10_000)}{"scriptOrigin":"*","contextOrigin":"*"}${']'.repeat(10_000)}`),
  ),
  trusting('error', "The victim's server fails, with a body that trusts everybody.", {
    status: 500,
    ...json([{ scriptOrigin: '*', contextOrigin: '*' }]),
  }),
  trusting(
    'cors',
    "The victim's file trusts everybody, but is not for other origins to read.",
    json([{ scriptOrigin: '*', contextOrigin: '*' }], { 'Access-Control-Allow-Origin': 'http://other.example' }),
  ),
  trusting('prefixes', "The victim trusts origins that begin as the attacker's does.", (_request, response, origins) => {
    const prefix = origins.attacker.replace(/\d$/, '');
    response.writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' }).end(
      JSON.stringify(
        [
          prefix,
          `${origins.attacker}.example`,
          `${origins.attacker}@x`,

          'null',
          'http://*',
          'http://*.localhost',
          '*.localhost',
        ].map((one) => ({ scriptOrigin: one, contextOrigin: one })),
      ),
    );
  }),
  trusting('endless', "The victim's file never ends.", endless('application/json')),
  trusting('silent', "The victim's server never answers.", () => {}),
];
