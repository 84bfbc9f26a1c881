// Pages that imitate the two ends of the channel between the page's realm and the extension (src/protocol/page-channel.ts).

const ASK = `
  /** Asks by the channel's own events on whatever was got hold of, for all that there is. */
  const ask = (target, view = window) => {
    for (const one of [target, target.shadowRoot].filter(Boolean)) {
      one.addEventListener('response', (event) => kit.got('response', event.detail), true);
      let id = 0;
      for (const [method, params] of [
        ['database.get', { key: 'canary' }], ['database.entries', null], ['entries.read', { list: '1', from: 0, to: 9 }],
        ['worklet.run', { workletId: 0, name: 'x', data: null, keepAlive: true, isModuleLoaded: true, config: null }],
        ['database.update', { withLock: null, methods: [{ type: 'set', key: 'forged', value: 'forged', ignoreIfPresent: false }] }],
        ['fence.report', { type: 'click', data: 'x', crossOriginExposed: true }], ['state.export', {}],
      ]) one.dispatchEvent(new view.CustomEvent('request', { cancelable: true, detail: { id: ++id, method, params } }));
    }
  };
  const connect = (target, script, host, view = window) => {
    target.dispatchEvent(new view.SubmitEvent('shared-storage-lab ' + script, { submitter: host, bubbles: true, composed: true }));
    kit.got('woken', host.dispatchEvent(new view.Event('wake', { cancelable: true })));
    return host;
  };
  const host = () => { const element = document.createElement('div'); element.attachShadow({ mode: 'open' }); return element; };`;

/** What was asked for before is answered before this is. */
const ROUND_TRIP = `await sharedStorage.set('own', 'v'); await sharedStorage.delete('own');`;

const scripts = ['page', 'fence', 'interest'].map((script) => ({
  name: `handshake-${script}`,
  tries: `The page makes the handshake of the script "${script}" with an element of its own, and asks for entries there.`,
  page: `${ASK}
    for (const target of [window, document, document.documentElement]) ask(connect(target, '${script}', host()));
    ${ROUND_TRIP}`,
}));

/** @type {[name: string, what: string, attributes: string][]} */
const FIRST_DOCUMENTS = [
  ['src', 'a frame of its own origin', `{ src: '/blank.html' }`],
  ['srcdoc', 'a frame with a srcdoc', `{ srcdoc: '<p>' }`],
  ['about-blank', 'an empty frame', `{}`],
  ['javascript', 'a frame with a javascript: URL', `{ src: "javascript:'<p>'" }`],
  ['blob', 'a frame with a blob: URL', `{ src: URL.createObjectURL(new Blob(['<p>'], { type: 'text/html' })) }`],
  ['credentialless', 'a credentialless frame', `{ src: '/blank.html', credentialless: '' }`],
];

const overheard = FIRST_DOCUMENTS.map(([name, what, attributes]) => ({
  name: `overheard-${name}`,
  tries: `The page listens in the first document of ${what} for the handshake, and asks by what it overhears.`,
  page: `${ASK}
    const caught = [];
    const listen = (view) => {
      for (const target of [view, view.document])
        for (const script of ['page', 'fence', 'interest'])
          target.addEventListener('shared-storage-lab ' + script, ({ submitter }) => {
            caught.push(submitter);
            try { submitter.attachShadow({ mode: 'open' }); } catch (error) { kit.got('overheard', script, error); }
          }, true);
    };
    const attributes = ${attributes};
    const frame = document.createElement('iframe');
    for (const name in attributes) frame.setAttribute(name, attributes[name]);
    const loaded = new Promise((resolve) => { frame.onload = resolve; });
    document.body.append(frame);
    const view = frame.contentWindow;
    listen(view);
    await loaded;
    listen(frame.contentWindow);
    kit.got('loaded', caught.length);
    for (const one of caught) { one?.dispatchEvent(new view.Event('wake', { cancelable: true })); if (one) ask(one, view); }
    await frame.contentWindow.sharedStorage?.set('own', 'v').catch(() => {});
    ${ROUND_TRIP}`,
}));

/** @type {import('../case.mjs').Attack[]} */
export default [
  ...scripts,
  ...overheard,
  {
    name: 'overheard-extension',
    tries:
      'The page listens in the first document of its frames for the scripts that a setting brings along, takes their place, and writes by what it is given.',
    page: `
      const taken = [];
      const ask = (target, view) => {
        for (const one of [target, target?.shadowRoot].filter(Boolean)) {
          one.dispatchEvent(new view.CustomEvent('extend', { detail: (...given) => taken.push(...given) }));
          one.dispatchEvent(new view.Event('introduce'));
        }
      };
      let caught = 0;
      const listen = (view) => {
        for (const script of ['page', 'fence', 'interest', 'handlers'])
          view.addEventListener('shared-storage-lab ' + script, ({ submitter }) => {
            caught++;
            try { submitter.attachShadow({ mode: 'open' }); } catch (error) { kit.got(error); }
            for (const type of ['extend', 'introduce', 'shared-storage-lab handlers'])
              submitter.addEventListener(type, (event) => { kit.got(type, event.detail); ask(event.submitter, view); }, true);
            ask(submitter, view);
          }, true);
      };
      for (const attributes of [{ src: '/blank.html' }, { srcdoc: '<p>' }]) {
        const frame = Object.assign(document.createElement('iframe'), attributes);
        const loaded = new Promise((resolve) => { frame.onload = resolve; });
        document.body.append(frame);
        listen(frame.contentWindow);
        await loaded;
        // The extension itself is connected by now.
        for (const one of taken.splice(0)) try {
          kit.got('given', one, await one('database.update', { withLock: null, methods: [{ type: 'set', key: 'forged', value: 'forged', ignoreIfPresent: false }] }, ''));
        } catch (error) { kit.got(error); }
      }
      kit.got('heard', caught);
      ${ROUND_TRIP}`,
  },
  {
    name: 'handshake-in-every-frame',
    tries: 'The page makes the handshakes in the windows of frames that are empty, written, detached and navigating.',
    page: `${ASK}
      const frames = [{}, { srcdoc: '<p>' }, { src: '/blank.html' }].map((attributes) => Object.assign(document.createElement('iframe'), attributes));
      document.body.append(...frames);
      for (const frame of frames) for (const script of ['page', 'fence', 'interest']) {
        const view = frame.contentWindow;
        const element = view.document.createElement('div'); element.attachShadow({ mode: 'open' });
        ask(connect(view.document, script, element, view), view);
      }
      frames[0].contentDocument.open(); frames[0].contentDocument.write('<p>'); frames[0].contentDocument.close();
      const { contentWindow: gone } = frames[1]; frames[1].remove();
      try { connect(gone.document ?? document, 'page', host()); } catch (error) { kit.got(error); }
      ${ROUND_TRIP}`,
  },
  {
    name: 'handshake-before-load',
    tries: "Markup at the very start of the page listens for the handshake and answers in the extension's place.",
    head: `<script>
      globalThis.caught = [];
      for (const target of [window, document]) for (const script of ['page', 'fence', 'interest'])
        target.addEventListener('shared-storage-lab ' + script, ({ submitter }) => { caught.push(submitter); kit.got('overheard', submitter); }, true);
    </script>`,
    page: `${ASK}\nkit.got('heard', caught.length); for (const one of caught) ask(one);\n${ROUND_TRIP}`,
  },
  {
    name: 'events-forged-trusted',
    tries: 'The page forges events that say they are trusted, on every target there is, by every name of the channel.',
    page: `${ASK}
      for (const name of ['request', 'response', 'wake', 'arm', 'frame', 'message', 'may-be-denied', 'put-away', 'pagehide', 'pageshow', 'shared-storage-lab', 'turned'])
        for (const target of [window, document, document.documentElement, document.body, navigator.serviceWorker, performance, sharedStorage]) {
          try {
            const event = new CustomEvent(name, { bubbles: true, composed: true, cancelable: true, detail: { id: 1, method: 'database.get', params: { key: 'canary' } } });
            Object.defineProperty(event, 'relatedTarget', { value: host() });
            Object.setPrototypeOf(event, FocusEvent.prototype);
            kit.got(name, target.dispatchEvent?.(event));
          } catch (error) { kit.got(error); }
        }
      ${ROUND_TRIP}`,
  },
  {
    name: 'events-dispatched-again',
    tries: 'The page keeps every event that it hears while the API is used, and dispatches it again.',
    page: `${ASK}
      const events = [];
      const { dispatchEvent } = EventTarget.prototype;
      for (const name of ['request', 'response', 'frame', 'message', 'focus', 'focusin', 'load', 'error', 'pageshow', 'pagehide'])
        addEventListener(name, (event) => events.push(event), true);
      await sharedStorage.worklet.addModule('/module.js'); await sharedStorage.run('attack', { keepAlive: true });
      dispatchEvent.call(window, new Event('pagehide')); dispatchEvent.call(window, new PageTransitionEvent('pageshow', { persisted: true }));
      for (const event of events.splice(0)) for (const target of [window, document]) try { kit.got(event.type, event.detail, dispatchEvent.call(target, event)); } catch (error) { kit.got(error); }
      ${ROUND_TRIP}`,
    module: `register('attack', class { async run() { await sharedStorage.get('canary'); tried(1); } });`,
  },
  {
    name: 'shadow-tree-opened',
    tries: "The page makes every shadow tree open, patches attachShadow(), and defines the extension's elements, to find one of its ports.",
    head: `<script>
      const { attachShadow } = Element.prototype;
      Element.prototype.attachShadow = function (options) { const root = attachShadow.call(this, { ...options, mode: 'open' }); kit.got('tree', this); return root; };
      customElements.define('shared-storage-lab-frame', class extends HTMLElement { constructor() { super(); try { kit.got(this.attachInternals().shadowRoot); } catch (error) { kit.got(error); } } });
      customElements.define('attack-port', class extends HTMLDivElement { constructor() { super(); kit.got('built in', this); } }, { extends: 'div' });
    </script>`,
    page: `${ASK}
      const element = document.createElement('div', { is: 'attack-port' }); ask(connect(document, 'page', element)); ask(element);
      await sharedStorage.worklet.addModule('/module.js'); await sharedStorage.run('attack', { keepAlive: true });
      kit.got(document.querySelectorAll('*').length);\n${ROUND_TRIP}`,
    module: `register('attack', class { async run() { await sharedStorage.get('canary'); tried(1); } });`,
  },
  {
    name: 'window-event',
    tries:
      "Code that the API calls in the middle looks for the extension's event, element and functions: in window.event, callers and stacks.",
    page: `
      const look = (what) => {
        kit.got(what, window.event ?? 'no event');
        try { kit.got(look.caller ?? 'no caller', arguments?.callee?.caller ?? 'no caller'); } catch (error) { kit.got(error); }
        const { prepareStackTrace } = Error;
        Error.prepareStackTrace = (_, sites) => sites.map((site) => [site.getThis(), site.getFunction(), site.getFileName()]);
        kit.got(new Error().stack);
        Error.prepareStackTrace = prepareStackTrace;
        return 'own';
      };
      await sharedStorage.worklet.addModule({ toString() { look('URL'); return '/module.js'; } });
      await sharedStorage.set({ toString: () => look('key') }, { toString: () => look('value') }, { get withLock() { look('lock'); return undefined; } });
      await sharedStorage.run('attack', { keepAlive: true, get data() { return { get member() { return look('data'); } }; } });
      await sharedStorage.selectURL('attack', { *[Symbol.iterator]() { look('urls'); yield { url: '/blank.html' }; } }, { get savedQuery() { look('query'); return ''; }, keepAlive: true });
      await sharedStorage.delete('own');`,
    module: `register('attack', class { async run() { await sharedStorage.get('canary'); tried(1); return 0; } });`,
  },
];
