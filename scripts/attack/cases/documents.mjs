// Pages of the victim that play with documents while these are made, written, moved and removed.

const WRITES = `await sharedStorage.set('own', 'v'); await sharedStorage.delete('own');`;

/** Replaces in a realm what an answer could come by, and reports it. */
const PATCH = `
  const patch = (view) => {
    for (const [object, name] of [[view.Promise.prototype, 'then'], [view.EventTarget.prototype, 'addEventListener'], [view.EventTarget.prototype, 'dispatchEvent'],
        [view.Reflect, 'apply'], [view.Function.prototype, 'call'], [view.Map.prototype, 'get'], [view.Element.prototype, 'attachShadow'], [view.Document.prototype, 'createElementNS']]) {
      const f = object[name];
      object[name] = function (...args) { if (reports++ < 100) kit.got(name, args); return f.apply(this, args); };
    }
    for (const name of ['detail', 'relatedTarget', 'data'])
      Object.defineProperty(view.Object.prototype, name, { configurable: true, get: () => undefined, set(value) { kit.got(name, value); } });
  };
  let reports = 0;
  const use = async (view) => {
    await kit.each({
      add: () => view.sharedStorage.worklet.addModule(location.origin + '/module.js'), run: () => view.sharedStorage.run('attack', { keepAlive: true }),
      get: () => view.sharedStorage.get('canary'), select: () => view.sharedStorage.selectURL('attack', [{ url: location.origin + '/blank.html' }], { keepAlive: true }),
    });
  };`;

const MODULE = `register('attack', class { async run() { await sharedStorage.get('canary'); tried(1); return 0; } });
  tried(0);`;

/** @type {[name: string, what: string, make: string][]} */
const CHILDREN = [
  [
    'about-blank',
    'an empty frame',
    `const frame = document.createElement('iframe'); document.body.append(frame); patch(frame.contentWindow); await use(frame.contentWindow);`,
  ],
  [
    'srcdoc',
    'a frame with a srcdoc',
    `const frame = Object.assign(document.createElement('iframe'), { srcdoc: '<p>' }); document.body.append(frame); patch(frame.contentWindow);
    await new Promise((resolve) => { frame.onload = resolve; }); patch(frame.contentWindow); await use(frame.contentWindow);`,
  ],
  [
    'src',
    'a frame that is loading',
    `const frame = Object.assign(document.createElement('iframe'), { src: '/blank.html' }); document.body.append(frame); patch(frame.contentWindow);
    await new Promise((resolve) => { frame.onload = resolve; }); await use(frame.contentWindow);`,
  ],
  [
    'javascript',
    'a frame with a javascript: URL',
    `const frame = Object.assign(document.createElement('iframe'), { src: "javascript:parent.patch(window)||'<p>'" }); globalThis.patch = patch; document.body.append(frame);
    await new Promise((resolve) => { frame.onload = resolve; }); await use(frame.contentWindow);`,
  ],
  [
    'opened',
    'a frame whose document is opened and written',
    `const frame = document.createElement('iframe'); document.body.append(frame); const { contentDocument } = frame; patch(frame.contentWindow);
    contentDocument.open(); contentDocument.write('<p>'); contentDocument.close(); await use(frame.contentWindow);`,
  ],
  [
    'popup',
    'a popup while it is loading',
    `const popup = open('/blank.html'); patch(popup); await new Promise((resolve) => { const wait = () => (popup.location.pathname === '/blank.html' && popup.document.readyState === 'complete' ? resolve() : setTimeout(wait, 10)); wait(); }); await use(popup); popup.close();`,
  ],
  [
    'object',
    'what an object element shows',
    `const element = Object.assign(document.createElement('object'), { data: '/blank.html', type: 'text/html' }); const loaded = new Promise((resolve) => { element.onload = resolve; });
    document.body.append(element); if (element.contentWindow) patch(element.contentWindow); await loaded; await use(element.contentWindow);`,
  ],
  [
    'nested',
    'a frame in a frame that is removed meanwhile',
    `const outer = document.createElement('iframe'); document.body.append(outer); const inner = outer.contentDocument.createElement('iframe'); outer.contentDocument.body.append(inner);
    patch(inner.contentWindow); const { contentWindow } = inner; const using = use(contentWindow); outer.remove(); kit.got(await Promise.race([using, new Promise((resolve) => setTimeout(resolve, 500, 'gone'))]));`,
  ],
];

/** @type {import('../case.mjs').Attack[]} */
const children = CHILDREN.map(([name, what, make]) => ({
  name: `child-${name}`,
  tries: `The page replaces primordials of ${what} in the task in which it is made, and uses the API in there.`,
  page: `${PATCH}\n${make}\nawait use(window);\n${WRITES}`,
  module: MODULE,
}));

/** @type {import('../case.mjs').Attack[]} */
export default [
  ...children,
  {
    name: 'detached-realm',
    tries: "The page calls methods, getters and classes of a frame that it has removed, with its own objects and that one's.",
    page: `
      const frame = await kit.frame({ src: '/blank.html' });
      const { sharedStorage: storage, SharedStorage: Storage, SharedStorageSetMethod: Method, CustomEvent: Custom } = frame.contentWindow;
      const method = new Method('own', 'v');
      frame.remove();
      await kit.each({
        set: () => storage.set('own', 'v'), get: () => storage.get('canary'), own: () => Storage.prototype.get.call(sharedStorage, 'canary'),
        run: () => Storage.prototype.run.call(sharedStorage, 'x'), batch: () => storage.batchUpdate([method]), worklet: () => storage.worklet.addModule('/module.js'),
        event: () => document.dispatchEvent(new Custom('shared-storage-lab page')), create: () => storage.createWorklet('/module.js'), keys: () => Reflect.ownKeys(storage),
      });`,
  },
  {
    name: 'removed-in-the-middle',
    tries: "Getters and toString() in the options of a frame's calls remove that frame, or write its document, in the middle of the call.",
    page: `
      for (const end of [(frame) => frame.remove(), (frame) => frame.contentDocument.open(), (frame) => frame.contentWindow.location.replace('/blank.html?2'), (frame) => { frame.srcdoc = '<p>'; }]) {
        const frame = await kit.frame({ src: '/blank.html' });
        const { sharedStorage: storage } = frame.contentWindow;
        const outcome = (call) => Promise.race([call(), new Promise((resolve) => setTimeout(resolve, 300, 'no answer'))]);
        await kit.each({
          key: () => outcome(() => storage.get({ toString() { end(frame); return 'canary'; } })),
          add: () => outcome(() => storage.worklet.addModule({ toString() { end(frame); return '/module.js'; } })),
          run: () => outcome(() => storage.run('attack', { get data() { end(frame); return {}; } })),
        });
        frame.remove();
      }`,
  },
  {
    name: 'thousand-frames',
    longest: 150_000,
    tries: 'The page makes a thousand frames, two hundred at a time, uses the API in each, and removes them at once.',
    page: `
      for (let round = 0; round < 5; round++) {
        const frames = Array.from({ length: 200 }, () => document.createElement('iframe'));
        document.body.append(...frames);
        const asked = frames.map((frame) => { try { return frame.contentWindow.sharedStorage?.get('canary') ?? 'none'; } catch (error) { return String(error); } });
        for (const frame of frames) frame.remove();
        kit.got(asked.length, asked.slice(0, 5));
      }\n${WRITES}`,
  },
  {
    name: 'moved-frames',
    tries: 'The page moves frames with ports between documents, and adopts their nodes, while answers are on their way.',
    page: `${PATCH}
      const [one, two] = [await kit.frame({ src: '/blank.html' }), await kit.frame({ src: '/blank.html' })];
      const asked = one.contentWindow.sharedStorage.worklet.addModule(location.origin + '/module.js').catch((error) => String(error));
      patch(two.contentWindow);
      two.contentDocument.body.append(one);
      for (const node of [...two.contentDocument.body.childNodes]) document.adoptNode(node);
      kit.got(await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 500, 'no answer'))]));\n${WRITES}`,
  },
  {
    name: 'clobbered-document',
    tries: 'Markup with names takes the place of what a script looks up in the document and the window.',
    head: [
      'sharedStorage',
      'createElementNS',
      'documentElement',
      'defaultView',
      'head',
      'body',
      'currentScript',
      'addEventListener',
      'getElementsByTagName',
      'chrome',
      'origin',
      'performance',
      'URL',
      'baseURI',
      'prerendering',
    ]
      .map((name) => `<form name="${name}" id="${name}"><input name="get"><input name="dispatchEvent"></form><img name="${name}">`)
      .join(''),
    page: `await kit.each({
        get: () => sharedStorage.get('canary'), add: () => window.sharedStorage.worklet.addModule('/module.js'), run: () => window.sharedStorage.run('attack', { keepAlive: true }),
        document: () => document.sharedStorage, frame: async () => (await kit.frame({ name: 'sharedStorage', src: '/blank.html' })).contentWindow.sharedStorage.get('canary') });`,
    module: MODULE,
  },
  {
    name: 'inherited-realm',
    tries: "The page keeps the realm of the empty document that its frame's first document takes over, and asks by it.",
    page: `${PATCH}
      const frame = Object.assign(document.createElement('iframe'), { src: '/blank.html' });
      document.body.append(frame);
      const view = frame.contentWindow;
      const { Promise: First, EventTarget: Target } = view;
      Target.prototype.kept = view;
      await new Promise((resolve) => { frame.onload = resolve; });
      kit.got(frame.contentWindow.EventTarget.prototype.kept === view, First === frame.contentWindow.Promise);
      await use(frame.contentWindow);\n${WRITES}`,
    module: MODULE,
  },
  {
    name: 'document-written-page',
    tries: 'The page opens and writes its own document while a worklet reads the canary, and listens in the new one.',
    page: `
      const asked = kit.run();
      document.open(); document.write('<!doctype html><title>written</title><body>'); document.close();
      kit.listenEverywhere();
      kit.got(await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 1000, 'no answer'))]), document.documentElement);`,
    module: MODULE,
  },
  {
    name: 'navigation-in-the-middle',
    tries: 'The page goes elsewhere in the middle of calls, and the next document of the tab looks for their answers.',
    leavesPage: true,
    page: `
      sharedStorage.worklet.addModule('/module.js'); sharedStorage.run('attack', { keepAlive: true });
      name = 'kept'; history.replaceState({ canary: '?' }, '');
      location.href = '/next.html'; await new Promise(() => {});`,
    module: `register('attack', class { async run() { await sharedStorage.get('canary'); } });`,
    serve: {
      '/next.html': `<script src="/kit.js"></script><script>kit.listenEverywhere(); addEventListener('load', async () => { await kit.each({ get: () => sharedStorage.get('canary'), name: () => name, state: () => history.state }); });</script>`,
    },
  },
];
