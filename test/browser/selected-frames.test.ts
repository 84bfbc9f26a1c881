/** Frames that a page leads to a URN, in every way in which a page can: they show the selected URL, and nobody notices how they came to it. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { APPEARANCES, Lab, type Page, until } from './lab';

interface Request {
  readonly query: string;
  readonly referrer: string | undefined;
}

/** Each makes a frame that shows `urn`; `there` is one that is in the document, empty, and has the name "named". */
const WAYS: [string, string][] = [
  ['src before insertion', `const f = document.createElement('iframe'); f.src = urn; document.body.append(f)`],
  ['src after insertion', `there.src = urn`],
  [
    'setAttribute() before insertion',
    `const f = document.createElement('iframe'); f.setAttribute('src', urn); document.body.appendChild(f)`,
  ],
  ['setAttribute() after insertion', `there.setAttribute('src', urn)`],
  ['setAttributeNS()', `there.setAttributeNS(null, 'src', urn)`],
  [
    'in a subtree',
    `const d = document.createElement('div'); d.append(document.createElement('iframe')); d.firstChild.src = urn; document.body.prepend(d)`,
  ],
  ['insertBefore()', `const f = document.createElement('iframe'); f.src = urn; document.body.insertBefore(f, there)`],
  ['replaceWith()', `const f = document.createElement('iframe'); f.src = urn; there.replaceWith(f)`],
  ['insertAdjacentElement()', `const f = document.createElement('iframe'); f.src = urn; there.insertAdjacentElement('afterend', f)`],
  [
    'Range.insertNode()',
    `const f = document.createElement('iframe'); f.src = urn; const r = new Range(); r.selectNode(there); r.insertNode(f)`,
  ],
  ['innerHTML', `document.body.innerHTML = '<p><iframe class="a > b" src="' + urn + '"></iframe>'`],
  ['outerHTML', `there.outerHTML = "<iframe src='" + urn + "'></iframe>"`],
  ['insertAdjacentHTML()', `there.insertAdjacentHTML('beforebegin', '<iframe src=' + urn + '></iframe>')`],
  ['setHTMLUnsafe()', `document.body.setHTMLUnsafe('<iframe src="' + urn + '"></iframe>')`],
  ['a fragment', `document.body.append(new Range().createContextualFragment('<iframe src="' + urn + '"></iframe>'))`],
  [
    'another document',
    `document.body.append(new DOMParser().parseFromString('<iframe src="' + urn + '"></iframe>', 'text/html').body.firstChild)`,
  ],
  [
    'a template',
    `const t = document.createElement('template'); t.innerHTML = '<iframe src="' + urn + '"></iframe>'; document.body.append(t.content.cloneNode(true))`,
  ],
  ['a clone', `const f = document.createElement('iframe'); f.src = urn; document.body.append(document.importNode(f.cloneNode()))`],
  ['a closed shadow tree', `document.body.attachShadow({ mode: 'closed' }).innerHTML = '<iframe src="' + urn + '"></iframe>'`],
  [
    'an element in a closed shadow tree',
    `const f = document.createElement('iframe'); f.src = urn; document.body.attachShadow({ mode: 'closed' }).append(f)`,
  ],
  ['a sandbox', `const f = document.createElement('iframe'); f.sandbox = 'allow-scripts'; f.src = urn; document.body.append(f)`],
  [
    'a sandbox that lets the top navigate',
    `const f = document.createElement('iframe'); f.sandbox = 'allow-scripts allow-popups allow-top-navigation'; f.src = urn; document.body.append(f)`,
  ],
  ['nested', `frames[0].document.body.innerHTML = '<iframe src="' + urn + '"></iframe>'`],
  ['a link', `const a = document.createElement('a'); a.href = urn; a.target = 'named'; document.body.append(a); a.click()`],
  ['a link in no document', `const a = document.createElement('a'); a.href = urn; a.target = 'named'; a.click()`],
  [
    'a link in a document with a <base>',
    `document.head.innerHTML = '<base target="named">'; const a = document.createElement('a'); a.href = urn; document.body.append(a); a.click()`,
  ],
  [
    'an area',
    `document.body.insertAdjacentHTML('beforeend', '<map name="m"><area target="named" href="' + urn + '"></map>'); document.querySelector('area').click()`,
  ],
  [
    'a link of SVG',
    `document.body.insertAdjacentHTML('beforeend', '<svg><a target="named" href="' + urn + '"><text>x</text></a></svg>');
    document.querySelector('text').dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, composed: true }))`,
  ],
  [
    'a link in the frame',
    `frames[0].document.body.innerHTML = '<a href="' + urn + '">x</a>'; frames[0].document.querySelector('a').click()`,
  ],
  [
    'a form',
    `const f = document.createElement('form'); f.method = 'post'; f.action = urn; f.target = 'named'; document.body.append(f); f.submit()`,
  ],
  [
    'requestSubmit()',
    `document.body.insertAdjacentHTML('beforeend', '<form method="post" target="named" action="' + urn + '"></form>'); document.forms[0].requestSubmit()`,
  ],
  [
    'a button of a form',
    `document.body.insertAdjacentHTML('beforeend', '<form method="post"><button formtarget="named" formaction="' + urn + '"></button></form>'); document.querySelector('button').click()`,
  ],
  ['open()', `if (open(urn, 'named') !== frames[0]) throw new Error('another window')`],
  ["open() of a frame's window", `frames[0].open(urn, 'named')`],
];

/** The frame shows another document already, \`other\` one of another site; they make one more entry of the history, but for the replacements. */
const REUSES: [string, string, string, number][] = [
  ['src', '/own', `there.src = urn`, 1],
  ['location', '/own', `frames[0].location = urn`, 1],
  ['location.href', '/own', `frames[0].location.href = urn`, 1],
  ['location.assign()', '/own', `frames[0].location.assign(urn)`, 1],
  ['location.replace()', '/own', `frames[0].location.replace(urn)`, 0],
  ['navigation.navigate()', '/own', `frames[0].navigation.navigate(urn)`, 1],
  ['a link', '/own', `const a = document.createElement('a'); a.href = urn; a.target = 'named'; document.body.append(a); a.click()`, 1],
  ['open()', '/own', `open(urn, 'named')`, 1],
  ['src', 'other', `there.src = urn`, 1],
  ['setAttribute()', 'other', `there.setAttribute('src', urn)`, 1],
  ['a link', 'other', `const a = document.createElement('a'); a.href = urn; a.target = 'named'; document.body.append(a); a.click()`, 1],
  ['open()', 'other', `open(urn, 'named')`, 1],
];

/** Pages, their policies, and whether a form of theirs gets to a selected URL of the site "ads". */
const POLICIES: readonly [path: string, policy: string, isSent: boolean][] = [
  ['/lists-frames', 'frame-src ADS', true],
  ['/lists-forms', 'form-action ADS', true],
  ['/any-form', 'form-action *; frame-src http:', true],
  ['/no-forms', "form-action 'none'", false],
  ['/own-frames', "frame-src 'self'", false],
];

/** What a form sends. */
interface Sent {
  readonly method: string | undefined;
  readonly type: string | undefined;
  readonly referrer: string | undefined;
  readonly origin: string | undefined;
  readonly body: string;
}

/** A form that is sent into the frame "named", with a field whose name is that of a member, and one that a listener adds. */
const FORM = `
  const form = document.createElement('form');
  Object.assign(form, { method: 'post', action: urn, target: 'named' });
  form.innerHTML = '<input name="submit" value="ä b"><textarea name="getAttribute">x\\ny</textarea>';
  form.addEventListener('formdata', ({ formData }) => formData.append('added', '1'));
  globalThis.send = HTMLFormElement.prototype.submit.bind(document.body.appendChild(form));`;

/** What is sent is what was there before. */
const laterValue = `document.forms[0].elements[0].value = 'later';`;

describe.each(APPEARANCES)('$name', ({ inWindow, isMissing }) => {
  const testHere = test.skipIf(isMissing);
  const requests: Request[] = [];
  const sent: Sent[] = [];
  let lab: Lab;
  let page: Page;

  beforeAll(async () => {
    if (isMissing) return;
    lab = await Lab.open({ inWindow });
    lab.serve('/creative', (request, response, url) => {
      requests.push({ query: url.search.slice(1), referrer: request.headers.referer });
      response.writeHead(200, { 'Content-Type': 'text/html' });
      response.end(
        `<!doctype html><title>creative</title><script>top.postMessage({ referrer: document.referrer, url: location.href }, '*')</script>`,
      );
    });
    lab.serve('/receive', (request, response) => {
      const { method } = request;
      const { 'content-type': type, referer: referrer, origin } = request.headers;
      let body = '';
      request.on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        sent.push({ method, type, referrer, origin, body });
        response.writeHead(200, { 'Content-Type': 'text/html' });
        response.end(`<!doctype html><script>top.postMessage([document.referrer, location.href, name], '*')</script>`);
      });
    });
    for (const [path, policy] of POLICIES)
      lab.serve(path, (_request, response) =>
        response
          .writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': policy.replace('ADS', lab.origin('ads')) })
          .end('<!doctype html><body><iframe id="there" name="named"></iframe>'),
      );
    // The browser asks by itself, and says so where there is none.
    lab.serve('/favicon.ico', (_request, response) => response.writeHead(204).end());
    lab.serve(
      '/select.js',
      `register('select', class {
      async run(urls, { index, until }) {
        if (until) while ((await sharedStorage.get(until)) === undefined);
        return index;
      }
    })`,
    );
    lab.serve(
      '/facts',
      `<!doctype html><title>facts</title><script>addEventListener('load', () => setTimeout(() => {
        const [timing] = performance.getEntriesByType('navigation');
        const { name } = timing;
        top.postMessage({
          href: location.href, url: document.URL, entry: navigation.currentEntry.url, name, json: timing.toJSON().name,
          byName: performance.getEntriesByName(name).length, length: history.length,
        }, '*');
      }))</script>`,
    );
    lab.serve('/frameset', '<!doctype html><frameset cols="50%,50%"><frame name="one"><frame></frameset>');
    lab.serve('/name', `<!doctype html><script>top.postMessage(name, '*')</script>`);
    lab.serve('/own', '<!doctype html><title>own</title>');
    lab.serve('/later', '<!doctype html><title>later</title><input>');
    lab.serve('/page', '<!doctype html><title>page</title><body><iframe id="there" name="named"></iframe>');
  });

  afterAll(() => lab?.close());

  afterEach(async () => {
    await page?.close();
    requests.length = 0;
    sent.length = 0;
  });

  /** Opens a page whose `urn` stands for the second of two URLs, and that writes down what it hears of its frames. */
  async function open(path: string): Promise<void> {
    page = await lab.page('site', path);
    await page.evaluate(`(async () => {
      globalThis.seen = { loads: 0, messages: [], violations: 0, entries: performance.getEntriesByType('resource').length, history: history.length };
      addEventListener('message', ({ data }) => seen.messages.push(data));
      addEventListener('securitypolicyviolation', () => seen.violations++);
      await sharedStorage.worklet.addModule('/select.js');
      const urls = [0, 1].map((index) => ({ url: ${JSON.stringify(`${lab.origin('ads')}/creative?`)} + index }));
      globalThis.urn = await sharedStorage.selectURL('select', urls, { data: { index: 1 }, keepAlive: true });
      document.addEventListener('load', () => seen.loads++, true);
    })()`);
  }

  /** The URN now stands for what takes forms. */
  const selectReceiver = () =>
    page.evaluate(`(async () => {
      const urls = [{ url: ${JSON.stringify(`${lab.origin('ads')}/other`)} }, { url: ${JSON.stringify(`${lab.origin('ads')}/receive`)} }];
      globalThis.urn = await sharedStorage.selectURL('select', urls, { data: { index: 1 }, keepAlive: true });
    })()`);

  testHere.each([
    ['an empty frame', '', 0],
    ["a frame with a document of the page's", '/own', 1],
    ['a frame of another site', 'other', 1],
  ])(
    'a form that is sent by POST to %s: what it sends gets to the selected URL, and the page hears what it hears natively',
    async (_what, shown, entries) => {
      await open('/page?q');
      await selectReceiver();
      const url = shown === 'other' ? `${lab.origin('other')}/own` : shown;
      if (url) await page.evaluate(`new Promise((resolve) => { there.onload = resolve; there.src = ${JSON.stringify(url)}; })`);
      await page.evaluate(`{
      there.onload = null;
      Object.assign(seen, { loads: 0, history: history.length, navigations: [], events: 0 });
      if (there.contentDocument) frames[0].navigation.addEventListener('navigate', ({ destination }) => seen.navigations.push(destination.url));
      addEventListener('formdata', () => seen.events++);
      ${FORM}
      send();
      ${shown === '/own' ? '' : laterValue}
    }`);
      await until(() => page.evaluate('seen.messages.length && seen.loads'));
      expect(sent).toEqual([
        {
          method: 'POST',
          type: 'application/x-www-form-urlencoded',
          referrer: `${lab.origin('site')}/`,
          origin: undefined,
          body: 'submit=%C3%A4+b&getAttribute=x%0D%0Ay&added=1',
        },
      ]);
      expect(await page.evaluate('seen.messages[0]')).toEqual([`${lab.origin('site')}/`, `${lab.origin('ads')}/receive`, 'named']);
      // Of a frame's own navigations the page's `navigate` listeners in there are told, with the fields: the form is asked for them once more.
      const events = shown === '/own' ? 2 : 1;
      expect(await page.evaluate('[seen.loads, seen.events, seen.violations, history.length - seen.history]')).toEqual([
        1,
        events,
        0,
        entries,
      ]);
      expect(await page.evaluate('seen.navigations.map((url) => url === urn)')).toEqual(shown === '/own' ? [true] : []);
      expect(page.browserLines).toEqual([]);
      expect(page.console).toEqual([]);
    },
  );

  testHere('a form sends files, in its encoding, with the button that submits it', async () => {
    await open('/page');
    await selectReceiver();
    await page.evaluate(`{
      document.body.insertAdjacentHTML('beforeend', '<form target="named" method="post" enctype="text/plain"><input type="file" name="file">' +
        '<button name="button" value="pressed" formaction="' + urn + '" formenctype="multipart/form-data"></button></form>');
      const files = new DataTransfer();
      files.items.add(new File(['contents'], 'a.txt', { type: 'text/plain' }));
      document.querySelector('input').files = files.files;
      document.querySelector('button').click();
    }`);
    await until(() => page.evaluate('seen.messages.length'));
    const [one] = sent;
    const boundary = one?.type?.replace('multipart/form-data; boundary=', '') ?? '';
    expect(one?.body.replaceAll(boundary, 'BOUNDARY').split('\r\n')).toEqual([
      '--BOUNDARY',
      'Content-Disposition: form-data; name="file"; filename="a.txt"',
      'Content-Type: text/plain',
      '',
      'contents',
      '--BOUNDARY',
      'Content-Disposition: form-data; name="button"',
      '',
      'pressed',
      '--BOUNDARY--',
      '',
    ]);
  });

  testHere('while a form is on its way, no script of the page learns where to', async () => {
    await open('/page');
    await selectReceiver();
    await page.evaluate(`{
      seen.mutations = [];
      new MutationObserver((records) => seen.mutations.push(...records.flatMap(({ addedNodes }) => [...addedNodes].map((node) => node.outerHTML ?? node.data))))
        .observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      addEventListener('formdata', ({ target }) => seen.mutations.push(target.action));
      ${FORM}
      send();
    }`);
    await until(() => page.evaluate('seen.messages.length'));
    const heard = (await page.evaluate('seen.mutations')) as string[];
    expect(heard.join()).toContain('urn:uuid:');
    expect(heard.join()).not.toMatch(/ads|receive|invalid/);
  });

  testHere.each(POLICIES)('a form on the page %s, with the policy %s: %j', async (path, _policy, expected) => {
    await open(path);
    await selectReceiver();
    await page.evaluate(`{ ${FORM} send(); }`);
    // It comes to nothing, or gets there: then another frame can show it as well.
    if (expected) await until(() => sent.length);
    else
      await until(() =>
        page.evaluate(`sharedStorage.set('a', 'b').then(() => sharedStorage.run('select', { keepAlive: true })).then(() => true)`),
      );
    expect(sent.map(({ body }) => body.length > 0)).toEqual(expected ? [true] : []);
    expect(await page.evaluate('seen.violations')).toBe(0);
    expect(page.browserLines).toEqual([]);
  });

  testHere('a form whose fields go into the URL hears formdata, shows nothing, and the console says nothing', async () => {
    await open('/page');
    await page.evaluate(
      `{ ${FORM} addEventListener('formdata', () => seen.messages.push('formdata')); form.setAttribute('method', 'get'); send(); }`,
    );
    expect(await page.evaluate('seen.messages')).toEqual(['formdata']);
    // What is led later is there: nothing of the form is under way any more.
    await page.evaluate('there.src = urn');
    await until(() => page.evaluate('seen.messages.length === 2'));
    expect(requests.map(({ query }) => query)).toEqual(['1']);
    expect(page.browserLines).toEqual([]);
  });

  testHere.each([
    ['open() without a name', `open(urn)`],
    ['open() with the name of no frame', `open(urn, 'new')`],
    [
      'open() of a window that is there',
      `globalThis.window2 = open('/own', 'old'); window2.onload = () => { open(urn, 'old'); seen.messages.push(0); }`,
    ],
    ['a link', `document.body.insertAdjacentHTML('beforeend', '<a target="_blank" href="' + urn + '">x</a>'); document.links[0].click()`],
    ['a form', `${FORM} form.setAttribute('target', '_blank'); send()`],
    ['a form by GET', `${FORM} form.setAttribute('target', 'new'); form.setAttribute('method', 'get'); send()`],
  ])('a URN leads no window anywhere, and the browser is asked for none: %s', async (_way, code) => {
    await open('/page');
    const asked: string[] = [];
    page.on('Page.windowOpen', ({ url }) => asked.push(String(url)));
    await page.send('Page.enable');
    const before = new Set(lab.browser.targets.keys());
    const added = () => [...lab.browser.targets.values()].filter(({ type, targetId }) => type === 'page' && !before.has(String(targetId)));
    await page.evaluate(`{ ${code}; } undefined`);
    await until(() => added().length === 1);
    if (code.includes('onload')) await until(() => page.evaluate('seen.messages.length'));
    expect(asked.filter((url) => url.startsWith('urn:'))).toEqual([]);
    expect(added().map(({ url }) => String(url).replace(lab.origin('site'), ''))).toEqual([
      code.includes('onload') ? '/own' : expect.stringMatching(/^(?:about:blank)?$/),
    ]);
    for (const { targetId } of added()) await lab.browser.devtools.send('Target.closeTarget', { targetId });
  });

  testHere.each(['there', 'other'])(
    'the first URN of a page, which asks for it before our script in there is: the location of a frame (%s)',
    async (shown) => {
      await lab.inExtension(`{
        globalThis.inject ??= chrome.scripting.executeScript;
        const { promise, resolve } = Promise.withResolvers();
        globalThis.letScriptIn = resolve;
        chrome.scripting.executeScript = async (injection) => {
          if (injection.files?.some((file) => file.includes('selected-frames'))) await promise;
          return inject.call(chrome.scripting, injection);
        };
      }`);
      try {
        page = await lab.page('site', '/page');
        if (shown === 'other')
          await page.evaluate(
            `new Promise((resolve) => { there.onload = resolve; there.src = ${JSON.stringify(`${lab.origin('other')}/own`)}; })`,
          );
        await page.evaluate(`(async () => {
          globalThis.seen = [];
          addEventListener('message', ({ data }) => seen.push(data));
          await sharedStorage.worklet.addModule('/select.js');
          sharedStorage.selectURL('select', [{ url: ${JSON.stringify(`${lab.origin('ads')}/creative?first`)} }], { data: { index: 0 } })
            .then((urn) => { frames[0].location = urn; });
        })()`);
        await lab.inExtension('letScriptIn()');
        await until(() => page.evaluate('seen.length'));
        expect(requests).toEqual([{ query: 'first', referrer: `${lab.origin('site')}/` }]);
      } finally {
        await lab.inExtension('chrome.scripting.executeScript = inject; undefined');
      }
    },
  );

  testHere.each([
    ['src', '', `frame.src = urn`, 0],
    ['setAttribute()', '', `frame.setAttribute('src', urn)`, 0],
    ['open()', '', `open(urn, 'one')`, 0],
    [
      'a link in the other frame',
      '',
      `frames[1].document.body.innerHTML = '<a target="one" href="' + urn + '">x</a>'; frames[1].document.links[0].click()`,
      0,
    ],
    ['src, in place of a document of the page', '/own', `frame.src = urn`, 0],
    ['its location, in place of a document of the page', '/own', `frames[0].location = urn`, 0],
    ['its location', '', `frames[0].location = urn`, 1],
    ['src, in place of a document of another site', 'other', `frame.src = urn`, 1],
  ])('a frame of a frameset, by %s', async (_way, shown, code, lines) => {
    await open('/frameset');
    const url = shown === 'other' ? `${lab.origin('other')}/own` : shown;
    await page.evaluate(`new Promise((resolve) => {
      globalThis.frame = document.querySelector('frame');
      if (!${JSON.stringify(url)}) return resolve();
      frame.onload = resolve;
      frame.src = ${JSON.stringify(url)};
    }).then(() => { frame.onload = null; seen.loads = 0; })`);
    await page.evaluate(`{ ${code}; } undefined`);
    await until(() => page.evaluate('seen.messages.length && seen.loads'));
    expect(requests).toEqual([{ query: '1', referrer: `${lab.origin('site')}/` }]);
    expect(await page.evaluate('[location.pathname, seen.loads, seen.violations]')).toEqual(['/frameset', 1, 0]);
    expect(page.browserLines.length).toBe(lines);
  });

  testHere.each([
    ['location', `location = urn`],
    ['open()', `open(urn, '_top')`],
    ['open() in a frame', `frames[0].open(urn, '_parent')`],
    ['a link', `document.body.insertAdjacentHTML('beforeend', '<a href="' + urn + '">x</a>'); document.links[0].click()`],
    ['a form', `${FORM} form.removeAttribute('target'); send()`],
  ])('a URN leads a page itself nowhere: %s', async (_way, code) => {
    await open('/page');
    await page.evaluate(`{ globalThis.stays = true; ${code}; } undefined`);
    await page.evaluate('there.src = urn');
    await until(() => page.evaluate('seen.messages.length'));
    expect(await page.evaluate('[stays, location.pathname, seen.history === history.length]')).toEqual([true, '/page', true]);
    expect(page.browserLines).toEqual([]);
  });

  testHere(
    'the promises of navigate() to a URN stay pending, and nobody hears of an error; those of another navigation settle',
    async () => {
      await open('/page');
      await page.evaluate(`{ there.src = '/own'; there.onload = () => { globalThis.isLoaded = true; }; } undefined`);
      await until(() => page.evaluate('globalThis.isLoaded'));
      await page.evaluate(`{
      globalThis.settled = [];
      const note = (name, promise) => promise.then(() => settled.push(name), (error) => settled.push(name + ' ' + error.name));
      const go = (name, view, url) => {
        view.navigation.onnavigateerror = () => settled.push(name + ' error');
        const { committed, finished } = view.navigation.navigate(url);
        note(name + ' committed', committed);
        note(name + ' finished', finished);
      };
      go('frame', frames[0], urn);
      go('page', window, urn);
      go('object', window, new URL(urn));
      location = urn;
      go('fragment', window, '#fragment');
      addEventListener('hashchange', () => {
        navigation.addEventListener('navigate', (event) => event.preventDefault(), { once: true });
        go('stopped', window, '#stopped');
        go('other', window, '#other');
      }, { once: true });
    } undefined`);
      await until(async () => (await page.evaluate('settled')).includes('other finished'));
      // What a later page of the frame says has come after it.
      await until(() => page.evaluate('seen.messages.length'));
      expect((await page.evaluate('settled')).sort()).toEqual([
        'fragment committed',
        'fragment finished',
        'other committed',
        'other finished',
        'stopped committed AbortError',
        'stopped error',
        'stopped finished AbortError',
      ]);
      expect(requests.map(({ query }) => query)).toEqual(['1']);
    },
  );

  testHere.each([
    ["frame-src 'self'", '', []],
    ['', "frame-src 'self'", ['1']],
  ])("of a page with the policy %j, at the address of one with %j by pushState(), the page's own counts", async (own, other, shown) => {
    const answered: string[] = [];
    for (const [path, policy] of [
      ['/own', own],
      ['/other', other],
    ] as const)
      lab.serve(path, (_request, response) => {
        answered.push(path);
        response
          .writeHead(200, { 'Content-Type': 'text/html', ...(policy && { 'Content-Security-Policy': policy }) })
          .end('<!doctype html><body>');
      });
    await open('/own');
    await page.evaluate(`{
      history.pushState(null, '', '/other');
      document.body.append(Object.assign(document.createElement('iframe'), { src: urn }));
    }`);
    // What another page has asked for later is there.
    const first = page;
    await open('/page');
    await page.evaluate('there.src = urn');
    await until(() => page.evaluate('seen.messages.length'));
    await first.close();
    expect(requests.map(({ query }) => query).slice(0, -1)).toEqual(shown);
    expect(answered).not.toContain('/other');
  });

  testHere.each([
    ['src', `there.src = '/later'`],
    ['srcdoc', `there.srcdoc = '<title>later</title><input>'`],
    ['its location', `frames[0].location = '/later'`],
    [
      'a link',
      `document.body.append(Object.assign(document.createElement('a'), { href: '/later', target: 'named' })); document.links[0].click()`,
    ],
    ['another place in the document', `there.src = '/later'; document.body.prepend(there)`],
  ])('a frame that is led elsewhere, by %s, while the operation of its URN is under way, stays there', async (_how, goElsewhere) => {
    await open('/page');
    await page.evaluate(`(async () => {
      const urls = [{ url: ${JSON.stringify(`${lab.origin('ads')}/creative?slow`)} }];
      // As it was set by the test before.
      await sharedStorage.delete('go');
      globalThis.slow = await sharedStorage.selectURL('select', urls, { data: { index: 0, until: 'go' }, keepAlive: true });
      there.src = slow;
    })()`);
    await page.evaluate(goElsewhere);
    await until(() => page.evaluate(`there.contentDocument?.title === 'later' && there.contentDocument.readyState === 'complete'`));
    await page.evaluate(`there.contentDocument.querySelector('input').value = 'filled in'; sharedStorage.set('go', '')`);
    // It has ended where another frame shows what it has selected.
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('iframe'), { src: slow, referrerPolicy: 'no-referrer' }))`,
    );
    await until(() => page.evaluate('seen.messages.length'));
    expect(await page.evaluate(`there.contentDocument.querySelector('input').value`)).toBe('filled in');
    expect(requests).toEqual([{ query: 'slow', referrer: undefined }]);
  });

  testHere.each([
    ['', 'origin'],
    ['same-origin', undefined],
    ['origin-when-cross-origin', 'origin'],
    ['unsafe-url', 'page'],
  ])("a selected URL of the page's own origin gets the referrer, by the policy %j, that a URN gets", async (policy, expected) => {
    await open('/page?q');
    await page.evaluate(`(async () => {
      const src = await sharedStorage.selectURL('select', [{ url: '/creative?own' }], { data: { index: 0 }, keepAlive: true });
      document.body.append(Object.assign(document.createElement('iframe'), { referrerPolicy: ${JSON.stringify(policy)}, src }));
    })()`);
    await until(() => page.evaluate('seen.messages.length'));
    const referrers: Record<string, string> = { origin: `${lab.origin('site')}/`, page: `${lab.origin('site')}/page?q` };
    expect(requests).toEqual([{ query: 'own', referrer: expected && referrers[expected] }]);
  });

  testHere.each(['', '#', '#part', '#part:~:text=x'])(
    'the document of a URL that ends in %j reads that of its URL, and nothing else',
    async (fragment) => {
      await open('/page');
      await page.evaluate(`(async () => {
      const urls = [{ url: ${JSON.stringify(`${lab.origin('ads')}/facts`)} + ${JSON.stringify(fragment)} }];
      document.body.append(Object.assign(document.createElement('iframe'), { src: await sharedStorage.selectURL('select', urls, { data: { index: 0 }, keepAlive: true }) }));
    })()`);
      const facts = await until(() => page.evaluate('seen.messages[0]'));
      const url = `${lab.origin('ads')}/facts${fragment}`;
      const shown = url.replace(/:~:.*/, '');
      expect(facts).toEqual({
        href: shown,
        url: shown,
        entry: url,
        name: url,
        json: url,
        byName: 1,
        length: await page.evaluate('history.length'),
      });
    },
  );

  testHere.each(REUSES)('%s, of a frame that shows %s', async (_way, shown, code, entries) => {
    await open('/page');
    const url = shown === 'other' ? `${lab.origin('other')}/own` : shown;
    await page.evaluate(`new Promise((resolve) => { there.onload = resolve; there.src = ${JSON.stringify(url)}; }).then(() => {
      there.onload = null;
      Object.assign(seen, { loads: 0, history: history.length });
    })`);
    await page.evaluate(`{ ${code}; } undefined`);
    await until(() => page.evaluate('seen.messages.length && seen.loads'));
    expect(requests).toEqual([{ query: '1', referrer: `${lab.origin('site')}/` }]);
    expect(await page.evaluate('[seen.loads, seen.violations, history.length - seen.history]')).toEqual([1, 0, entries]);
    expect(await page.evaluate('document.body.outerHTML')).not.toMatch(/srcdoc|ads\.localhost/);
    expect(page.browserLines).toEqual([]);
    expect(page.console).toEqual([]);
    // And once more, from there.
    await page.evaluate('there.src = urn');
    await until(() => requests.length === 2);
  });

  testHere.each([
    ['an empty frame', ''],
    ['a frame that shows another site', `${'other'}`],
  ])('location of %s: no dialog, but a line in the console', async (_what, site) => {
    await open('/page');
    if (site)
      await page.evaluate(
        `new Promise((resolve) => { there.onload = resolve; there.src = ${JSON.stringify(`${lab.origin(site)}/own`)}; })`,
      );
    await page.evaluate(`{ there.onload = null; Object.assign(seen, { loads: 0, history: history.length }); frames[0].location = urn; }`);
    await until(() => page.evaluate('seen.messages.length && seen.loads'));
    expect(requests).toEqual([{ query: '1', referrer: `${lab.origin('site')}/` }]);
    expect(await page.evaluate('[seen.loads, seen.violations, history.length - seen.history]')).toEqual([1, 0, site ? 1 : 0]);
    expect(page.browserLines.length).toBe(1);
  });

  testHere.each(['', 'given'])('the document in the frame is called %j, as the frame is', async (name) => {
    await open('/page');
    for (const site of ['ads', 'site'])
      await page.evaluate(`(async () => {
        const urls = [{ url: ${JSON.stringify(`${lab.origin(site)}/name`)} }];
        const src = await sharedStorage.selectURL('select', urls, { data: { index: 0 }, keepAlive: true });
        document.body.append(Object.assign(document.createElement('iframe'), { name: ${JSON.stringify(name)}, src }));
      })()`);
    await until(() => page.evaluate('seen.messages.length === 2'));
    expect(await page.evaluate('seen.messages')).toEqual([name, name]);
  });

  testHere.each([
    [
      'an empty frame in a closed shadow tree',
      `const tree = document.body.attachShadow({ mode: 'closed' });
      tree.innerHTML = '<p><iframe></iframe>';
      tree.querySelector('iframe').contentWindow.location = urn`,
    ],
    [
      'a frame of another site in a shadow tree of a shadow tree',
      `document.body.attachShadow({ mode: 'open' }).innerHTML = '<p></p>';
      const tree = document.body.shadowRoot.firstChild.attachShadow({ mode: 'open' });
      const iframe = tree.appendChild(document.createElement('iframe'));
      iframe.onload = () => {
        iframe.onload = null;
        iframe.contentWindow.location = urn;
      };
      iframe.src = OTHER`,
    ],
  ])('%s shows it, and no script of the page hears of the policy', async (_what, code) => {
    await open('/page');
    await page.evaluate(
      `{ document.body.replaceChildren(); ${code.replace('OTHER', JSON.stringify(`${lab.origin('other')}/own`))}; } undefined`,
    );
    await until(() => page.evaluate('seen.messages.length'));
    expect(requests.map(({ query }) => query)).toEqual(['1']);
    expect(await page.evaluate('seen.violations')).toBe(0);
  });

  testHere.each(WAYS)('%s', async (_way, code) => {
    await open('/page?q');
    await page.evaluate(`{ ${code}; } undefined`);
    await until(() => page.evaluate('seen.messages.length'));
    expect(requests.map(({ query }) => query)).toEqual(['1']);
    expect(await page.evaluate(`[seen.violations, history.length - seen.history]`)).toEqual([0, 0]);
    const entries = (await page.evaluate(`performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)`)) as string[];
    expect(entries.filter((name) => !['/select.js', '/favicon.ico'].includes(name))).toEqual([]);
    const markup = (await page.evaluate('document.body.outerHTML')) as string;
    expect(markup).not.toMatch(/srcdoc|ads\.localhost/);
    expect(page.browserLines).toEqual([]);
    expect(page.console).toEqual([]);
  });
});
