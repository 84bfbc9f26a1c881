// Frames that show what was selected: pages that look for which URL it was. Each of 24 selections goes by one bit of the canary.

/**
 * @param {string} name
 * @param {string} tries
 * @param {string} probe a function of the frame and its number that resolves to a number, larger where the second URL was selected
 * @param {string} [before] before the frames
 * @param {Partial<import('../case.mjs').Attack>} [more]
 * @returns {import('../case.mjs').Attack}
 */
const looking = (name, tries, probe, before = '', more = {}) => ({
  name: `urn-${name}`,
  tries,
  oracle: 'worklet',
  longest: 40_000,
  ...more,
  module: `register('attack', class { async run(_urls, { index }) { const canary = await sharedStorage.get('canary'); if (index === 23) tried(24); return canary.charCodeAt(index) & 1; } });`,
  serve: {
    '/shown.html': '<!doctype html><title>shown</title><body>shown',
    ...more.serve,
  },
  page: `
    kit.got('looking');
    await sharedStorage.worklet.addModule('/module.js');
    ${before}
    const outcomes = [];
    for (let index = 0; index < 24; index++) {
      const urls = [{ url: stage.attacker + '/shown.html?a' + index }, { url: stage.attacker + '/shown.html?b' + index }];
      const urn = await sharedStorage.selectURL('attack', urls, { keepAlive: true, data: { index } });
      const frame = document.createElement('iframe');
      frame.src = urn;
      const loaded = new Promise((resolve) => { frame.onload = resolve; setTimeout(resolve, 800); });
      const begun = performance.now();
      document.body.append(frame);
      await loaded;
      outcomes.push(Number(await (${probe})(frame, index, begun)) || 0);
      frame.remove();
    }
    return kit.split(outcomes);`,
});

/** Whether a text names the second URL. */
const TELLS = `const tells = (text) => (/[?]b\\d/.test(String(text)) ? 50 : 0);`;

/** @type {import('../case.mjs').Attack[]} */
export default [
  looking(
    'performance',
    "The page looks for the URL in timing entries, its own and the observers', with every detail.",
    `async (frame, index) => entries.slice(-50).some((text) => tells(text)) ? (entries.length = 0, 50) : 0`,
    `${TELLS}
    const entries = []; new PerformanceObserver((list) => entries.push(...list.getEntries().map((entry) => JSON.stringify(entry)))).observe({ entryTypes: PerformanceObserver.supportedEntryTypes });`,
  ),
  looking(
    'attributes',
    "The page looks at the frame's attributes, properties and markup, and at what changed them.",
    `async (frame) => { for (const name of ['src', 'currentSrc', 'srcdoc', 'name', 'outerHTML', 'baseURI', 'title', 'allow', 'referrerPolicy']) if (tells(frame[name])) return 50; return changes.splice(0).some((text) => tells(text)) ? 50 : 0; }`,
    `${TELLS}
    const changes = []; new MutationObserver((records) => { for (const { target, attributeName, oldValue } of records) changes.push(attributeName + oldValue + (target.outerHTML ?? '')); }).observe(document, { subtree: true, childList: true, attributes: true, attributeOldValue: true });`,
  ),
  looking(
    'window',
    "The page looks at the frame's window: location, history, number of frames, navigation entries.",
    `async (frame) => { const tried = [() => frame.contentWindow.location.href, () => frame.contentWindow.navigation.currentEntry.url, () => frame.contentDocument.URL, () => frame.contentWindow.history.length, () => navigation.entries().map(({ url }) => url).join(), () => document.referrer, () => history.length]; return tried.some((look) => { try { return tells(look()); } catch { return false; } }) ? 50 : history.length + frame.contentWindow.length; }`,
    TELLS,
  ),
  looking('load-time', 'The page measures how long the frame takes to load.', `async (frame, index, begun) => performance.now() - begun`),
  looking(
    'events',
    'The page listens to every event of the frame, the window and the navigation.',
    `async () => heard.splice(0).some((text) => tells(text)) ? 50 : 0`,
    `${TELLS}
    const heard = []; for (const target of [window, document, navigation]) for (const type of ['navigate', 'navigatesuccess', 'navigateerror', 'currententrychange', 'beforeunload', 'load', 'error', 'securitypolicyviolation', 'message', 'blur', 'focus']) target.addEventListener(type, (event) => heard.push([type, event.destination?.url, event.blockedURI, event.documentURI, event.sourceFile, event.data, event.message].join()), true);`,
  ),
  looking(
    'policy',
    'The page has a policy that allows one of the two URLs in frames, and sees what is blocked.',
    `async (frame) => { const seen = blocked.splice(0); return seen.some((text) => tells(text)) ? 50 : 0; }`,
    `${TELLS}
    const blocked = []; addEventListener('securitypolicyviolation', (event) => blocked.push([event.blockedURI, event.sample, event.sourceFile].join()), true);
    const meta = document.createElement('meta'); meta.httpEquiv = 'Content-Security-Policy'; meta.content = "frame-src urn: data: " + stage.attacker + '/other.html'; document.head.append(meta);`,
  ),
  looking(
    'report-only',
    'A policy of the page that only reports names in its reports what the frame shows.',
    `async () => seen.splice(0).some((text) => tells(text)) ? 50 : 0`,
    `${TELLS}
    const seen = []; new ReportingObserver((list) => seen.push(...list.map((report) => JSON.stringify(report))), { buffered: true }).observe(); addEventListener('securitypolicyviolation', (event) => seen.push(event.blockedURI), true);
    history.replaceState(null, '', '/attack?reporting');`,
  ),
  looking(
    'reused',
    'The page leads other frames, images, links, fetches and windows to the same URN, and sees what they get.',
    `async (frame) => { const urn = frame.src; const got = []; const other = document.createElement('iframe'); other.src = urn; document.body.append(other);
      for (const ask of [() => fetch(urn).then((response) => response.url), () => import(urn), () => new URL(urn).href, () => new Request(urn).url, () => navigator.deprecatedURNToURL?.(urn), () => fetch(urn, { method: 'HEAD', mode: 'no-cors' }).then((response) => response.url)]) try { got.push(await ask()); } catch (error) { got.push(error.message); }
      other.remove(); return got.some((text) => tells(text)) ? 50 : 0; }`,
    TELLS,
  ),
  looking(
    'marks',
    "The page looks for the marks of the frame's request, with a service worker of its own and caches.",
    `async () => (await Promise.all([navigator.serviceWorker.getRegistrations().then((all) => all.length), caches.keys().then((all) => all.length)])).reduce((a, b) => a + b) + (swSaw.splice(0).some((text) => tells(text)) ? 50 : 0)`,
    `${TELLS}
    const swSaw = []; navigator.serviceWorker.addEventListener('message', ({ data }) => swSaw.push(data));
    await navigator.serviceWorker.register('/sw.js').catch((error) => kit.got(error));`,
    {
      serve: {
        '/sw.js': `oninstall = () => skipWaiting(); onactivate = (event) => event.waitUntil(clients.claim()); onfetch = async ({ request }) => { for (const client of await clients.matchAll({ includeUncontrolled: true })) client.postMessage(request.url); };`,
      },
    },
  ),
  {
    name: 'urn-guessed',
    tries: 'Another origin leads frames to URNs that it guesses, was sent by the victim, or makes from those that it has.',
    as: 'attacker',
    page: `
      const loaded = (frame) => new Promise((resolve) => { frame.onload = resolve; setTimeout(resolve, 500); });
      const opened = await kit.frame({ src: stage.victim + '/selects.html', allow: 'shared-storage; shared-storage-select-url' });
      const urn = await new Promise((resolve) => { addEventListener('message', ({ data }) => String(data).startsWith('urn:') && resolve(data)); setTimeout(resolve, 4000, 'urn:uuid:00000000-0000-4000-8000-000000000000'); });
      for (const one of [urn, urn.toUpperCase(), urn.slice(0, -1) + '0', 'urn:uuid:' + crypto.randomUUID()]) {
        const frame = Object.assign(document.createElement('iframe'), { src: one });
        const loading = loaded(frame);
        document.body.append(frame); await loading;
        await kit.each({ location: () => frame.contentWindow.location.href, document: () => frame.contentDocument?.documentElement.outerHTML, entries: () => performance.getEntriesByType('resource').map(({ name }) => name), opened: () => opened.src });
        frame.remove();
      }`,
    serve: {
      '/selects.html': `<script src="/kit.js"></script><script>(async () => {
        await sharedStorage.worklet.addModule('/select.js');
        const urn = await sharedStorage.selectURL('attack', [{ url: '/shown.html?a' }, { url: '/shown.html?b' }], { keepAlive: true });
        parent.postMessage(urn, '*'); })().catch((error) => parent.postMessage(String(error), '*'))</script>`,
      '/select.js': `register('attack', class { async run() { return 1; } });`,
      '/shown.html': '<p>shown',
    },
  },
];
