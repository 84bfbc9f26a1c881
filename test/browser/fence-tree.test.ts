/** The documents below a frame with an opaque URL: what they have of `fence`, what they may report, and with whose data. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Session } from '../../scripts/browser/launch.mjs';
import { Lab, until } from './lab';
import { ReportServer } from './report-server';

let lab: Lab;
let server: ReportServer;
let page: Awaited<ReturnType<Lab['page']>>;

/** The headers of a document of these tests, by the words in its query. */
const AGREEMENTS: Record<string, [string, string]> = {
  reports: ['Allow-Cross-Origin-Event-Reporting', '?1'],
  beacons: ['Allow-Fenced-Frame-Automatic-Beacons', 'true'],
};

beforeAll(async () => {
  [lab, server] = await Promise.all([Lab.open({ args: ['--ignore-certificate-errors'] }), ReportServer.open()]);
  // Tells the top of its page, which hears it from outside of a fenced frame, what `fence` is when its first script runs.
  lab.serve('/document', (_request, response, url) => {
    const words = (url.searchParams.get('agrees') ?? '').split(' ');
    const headers = Object.fromEntries(words.flatMap((word) => (AGREEMENTS[word] ? [AGREEMENTS[word]] : [])));
    response.writeHead(200, { 'Content-Type': 'text/html', 'Supports-Loading-Mode': 'fenced-frame', ...headers });
    response.end(`<!doctype html><script>globalThis.first = String(globalThis.fence ?? null);</script><body style="margin: 0">
      <a id="link" href="/landing" target="_blank">out</a>${url.searchParams.get('body') ?? ''}`);
  });
  lab.serve('/landing', '<!doctype html><title>landing</title>');
  lab.serve('/select.js', `register('select', class { async run() { return 0; } })`);
});

afterAll(() => Promise.all([lab.close(), server.close()]));

afterEach(async () => {
  await page?.close();
  for (const { targetId } of landings()) await lab.browser.devtools.send('Target.closeTarget', { targetId });
});

interface Document {
  readonly site: string;
  readonly name: string;
  readonly agrees?: string;
  readonly body?: string;
}

const urlOf = ({ site, name, agrees = '', body = '' }: Document) =>
  `${lab.origin(site)}/document?${new URLSearchParams({ name, agrees, body })}`;

const frameOf = (document: Document, attributes = '') =>
  `<iframe ${attributes} src="${urlOf(document).replaceAll('&', '&amp;')}"></iframe>`;

/** Which frame's reports are looked at: those of earlier ones may still be on their way. */
let shown = 0;
const reports = () => server.reports.filter(({ path }) => path.endsWith(`?${shown}`));
/** Each as `/type data`. */
const told = () => reports().map(({ path, body }) => `${path.split('?', 1)[0]} ${body}`);

const EVENTS = ['click', 'reserved.top_navigation_start', 'reserved.top_navigation_commit', 'reserved.top_navigation'];

/** Shows a document that was selected, and attaches to it. */
async function show(document: Document, element = 'fencedframe', events: readonly string[] = EVENTS): Promise<Session> {
  page = await lab.page('site');
  shown++;
  const metadata = Object.fromEntries(events.map((type) => [type, `${server.origin}/${type}?${shown}`]));
  const selected = { url: urlOf(document), ...(events.length > 0 ? { reportingMetadata: metadata } : {}) };
  await page.evaluate(`(async () => {
    await sharedStorage.worklet.addModule('/select.js');
    const resolveToConfig = ${element === 'fencedframe'};
    const selected = await sharedStorage.selectURL('select', [${JSON.stringify(selected)}], { resolveToConfig });
    const frame = document.body.appendChild(document.createElement('${element}'));
    frame.style = 'position: fixed; inset: 0 auto auto 0; width: 300px; height: 150px; border: 0';
    frame[resolveToConfig ? 'config' : 'src'] = selected;
  })()`);
  return inside(document);
}

async function inside({ site, name }: Document): Promise<Session> {
  const start = `${lab.origin(site)}/document?name=${name}&`;
  const session = await lab.browser.attach((target) => target.type === 'iframe' && target.url.startsWith(start));
  await until(() => session.evaluate(`document.readyState === 'complete'`));
  return session;
}

/** What a document's console shows from now on. */
async function consoleOf(session: Session): Promise<string[]> {
  const lines: string[] = [];
  session.on('Runtime.consoleAPICalled', ({ type, args }) => lines.push(`${type}: ${args[0]?.value}`));
  await session.send('Runtime.enable');
  return lines;
}

const FENCE = '[object Fence]';

describe('fence', () => {
  test('is in all documents below a fenced frame before their first script runs, and after navigations', async () => {
    const leaf = { site: 'leaf', name: 'leaf' };
    const same = { site: 'ads', name: 'same', body: frameOf({ site: 'leaf', name: 'leaf-of-same' }) };
    const inShadow = `<div id="host"></div><script>
      host.attachShadow({ mode: 'open' }).innerHTML = ${JSON.stringify(frameOf({ site: 'leaf', name: 'leaf-in-shadow' }))};
    </script>`;
    const root = { site: 'ads', name: 'root', body: frameOf(leaf) + frameOf(same) + inShadow };
    const frame = await show(root);
    const documents = [leaf, same, { site: 'leaf', name: 'leaf-of-same' }, { site: 'leaf', name: 'leaf-in-shadow' }];
    for (const document of documents) {
      const session = document.site === 'ads' ? frame : await inside(document);
      const first = document.site === 'ads' ? 'frames[1].first' : 'first';
      expect([document.name, await session.evaluate(first)]).toEqual([document.name, FENCE]);
    }
    expect(await frame.evaluate(`[parent === self, frames[1].parent === self, frames[1].fence.constructor.name]`)).toEqual([
      true,
      true,
      'Fence',
    ]);
    const srcdoc = `new Promise((resolve) => {
      const child = document.createElement('iframe');
      child.onload = () => resolve(child.contentWindow.first);
      child.srcdoc = '<script>globalThis.first = String(fence)</' + 'script>';
      document.body.append(child);
    })`;
    expect(await frame.evaluate(srcdoc)).toBe(FENCE);
    const away = { site: 'elsewhere', name: 'away', body: frameOf({ site: 'leaf', name: 'leaf-of-away' }) };
    await frame.evaluate(`void (location.href = ${JSON.stringify(urlOf(away))})`);
    for (const document of [away, { site: 'leaf', name: 'leaf-of-away' }]) {
      const session = await inside(document);
      expect([document.name, await session.evaluate('first')]).toEqual([document.name, FENCE]);
    }
  });

  test('is in no other frame, whatever that frame calls itself', async () => {
    await show({ site: 'ads', name: 'root' });
    const name = `name="urn:uuid:${crypto.randomUUID()}"`;
    const child = (of: string) => frameOf({ site: 'leaf', name: `child-of-${of}` });
    const frames = [
      frameOf({ site: 'ads', name: 'named', body: child('named') }, name),
      frameOf({ site: 'ads', name: 'credentialless', body: child('credentialless') }, `${name} credentialless`),
      frameOf({ site: 'ads', name: 'silent', body: child('silent') }, `allow="sync-xhr 'none'; gamepad 'none'" credentialless`),
    ];
    await page.evaluate(`{
      document.body.insertAdjacentHTML('beforeend', ${JSON.stringify(frames.join(''))});
      const host = document.body.appendChild(document.createElement('div'));
      host.attachShadow({ mode: 'closed' }).innerHTML = ${JSON.stringify(
        frameOf({ site: 'ads', name: 'shadow', body: child('shadow') }, `${name} credentialless`),
      )};
    }`);
    for (const of of ['named', 'credentialless', 'silent', 'shadow'])
      for (const document of [
        { site: 'ads', name: of },
        { site: 'leaf', name: `child-of-${of}` },
      ])
        expect([document.name, await (await inside(document)).evaluate(`[first, parent === self]`)]).toEqual([
          document.name,
          ['null', false],
        ]);
  });
});

const DESTINATION = ['shared-storage-select-url'];
const report = (eventData: string, more: object = {}) =>
  `fence.reportEvent(${JSON.stringify({ eventType: 'click', eventData, destination: DESTINATION, ...more })})`;

const CROSS_ORIGIN = 'error: This document is cross-origin to the document that contains reporting metadata, but ';

describe('reportEvent()', () => {
  test.each(['fencedframe', 'iframe'])("in the %s: from its document, with the origin of selectURL()'s caller", async (element) => {
    const frame = await show({ site: 'ads', name: 'root' }, element);
    await frame.evaluate(report('from the root'));
    await until(() => reports().length > 0);
    expect(reports()[0]).toMatchObject({ method: 'POST', body: 'from the root' });
    const { headers } = reports()[0] ?? {};
    expect(headers).toMatchObject({
      origin: lab.origin('site'),
      referer: `${lab.origin('ads')}/`,
      'content-type': 'text/plain;charset=UTF-8',
    });
    expect(headers?.cookie).toBeUndefined();
  });

  test('from a document of another origin: if it says so, and the document that the frame shows agrees', async () => {
    const leaf = { site: 'leaf', name: 'leaf' };
    const root = { site: 'ads', name: 'root', agrees: 'reports', body: frameOf(leaf) };
    const frame = await show(root);
    const session = await inside(leaf);
    const lines = await consoleOf(session);
    await session.evaluate(report('unexposed'));
    await until(() => lines.length > 0);
    expect(lines).toEqual([`${CROSS_ORIGIN}reportEvent() was not called with crossOriginExposed=true.`]);
    await session.evaluate(report('exposed', { crossOriginExposed: true }));
    await until(() => reports().length > 0);
    expect(told()).toEqual(['/click exposed']);
    expect(reports()[0]?.headers).toMatchObject({ origin: lab.origin('site'), referer: `${lab.origin('leaf')}/` });
    // The agreement outlives the document that gave it.
    const away = { site: 'elsewhere', name: 'away' };
    await frame.evaluate(`void (location.href = ${JSON.stringify(urlOf(away))})`);
    await (await inside(away)).evaluate(report('from afar', { crossOriginExposed: true }));
    await until(() => reports().length > 1);
    expect(told()[1]).toBe('/click from afar');
  });

  test('from a document of another origin to which the document that the frame shows does not agree', async () => {
    const leaf = { site: 'leaf', name: 'leaf', agrees: 'reports' };
    await show({ site: 'ads', name: 'root', body: frameOf(leaf) });
    const session = await inside(leaf);
    const lines = await consoleOf(session);
    await session.evaluate(report('exposed', { crossOriginExposed: true }));
    await until(() => lines.length > 0);
    expect(lines).toEqual([
      `${CROSS_ORIGIN}the fenced frame's document was not served with the 'Allow-Cross-Origin-Event-Reporting' header.`,
    ]);
    expect(reports()).toEqual([]);
  });

  test('says in the console what nobody has registered, and what is not for pages to report', async () => {
    const frame = await show({ site: 'ads', name: 'root' });
    const lines = await consoleOf(frame);
    await frame.evaluate(report('x', { eventType: 'unknown' }));
    await until(() => lines.length > 0);
    await frame.evaluate(report('x', { destination: ['buyer', 'seller', 'component-seller', 'direct-seller'] }));
    await until(() => lines.length > 4);
    await frame.evaluate(`fence.reportEvent({ destinationURL: 'https://buyer.example/' })`);
    await until(() => lines.length > 5);
    await frame.evaluate(report('x', { eventType: 'reserved.top_navigation' }));
    await frame.evaluate(`fence.setReportEventDataForAutomaticBeacons({ eventType: 'click', destination: [] })`);
    await frame.evaluate(`fence.setReportEventDataForAutomaticBeacons({ eventType: 'reserved.top_navigation', destination: [] })`);
    const without = (name: string) => `warning: This frame did not register reporting metadata for destination '${name}'.`;
    expect(lines).toEqual([
      "warning: This frame did not register reporting url for destination 'SharedStorageSelectUrl' and event_type 'unknown'.",
      without('Buyer'),
      without('Seller'),
      without('ComponentSeller'),
      without('ComponentSeller'),
      without('Buyer'),
      'error: Reserved events cannot be triggered manually.',
      'error: click is not a valid automatic beacon event type.',
      'warning: reserved.top_navigation is deprecated in favor of reserved.top_navigation_commit.',
    ]);
    expect(reports()).toEqual([]);
  });

  test('says in the console that there is nothing registered at all', async () => {
    const frame = await show({ site: 'ads', name: 'root' }, 'fencedframe', []);
    const lines = await consoleOf(frame);
    await frame.evaluate(report('x'));
    await until(() => lines.length > 0);
    await frame.evaluate(`fence.setReportEventDataForAutomaticBeacons({ eventType: 'reserved.top_navigation_start', destination: [] })`);
    await until(() => lines.length > 1);
    for (const line of lines)
      expect(line).toMatch(/^warning: This frame was loaded with a FencedFrameConfig that did not have any reporting metadata/);
  });

  test.each([
    [
      { destinationURL: 'http://buyer.example/' },
      'TypeError',
      'The destination URL provided to reportEvent() does not have the required scheme (https).',
    ],
    [{ destinationURL: '/relative' }, 'TypeError', 'The destination URL provided to reportEvent() is not a valid URL.'],
    [
      { destinationURL: `https://b.example/${'a'.repeat(64_000)}` },
      'SecurityError',
      'The destination URL provided to reportEvent() exceeds the maximum length, which is 64KB.',
    ],
    [
      { destinationURL: 'https://b.example/', eventType: 'x', eventData: 'x', destination: [] },
      'TypeError',
      "When reporting to a custom destination URL, 'eventType' is not allowed.",
    ],
    [
      { destinationURL: 'https://b.example/', eventData: 'x', destination: [] },
      'TypeError',
      "When reporting to a custom destination URL, 'eventData' is not allowed.",
    ],
    [
      { destinationURL: 'https://b.example/', destination: [] },
      'TypeError',
      "When reporting to a custom destination URL, 'destination' is not allowed.",
    ],
  ])('%j: %s', async (event, name, message) => {
    const frame = await show({ site: 'ads', name: 'root' });
    const outcome = await frame.evaluate(
      `(() => { try { fence.reportEvent(${JSON.stringify(event)}); } catch ({ name, message }) { return [name, message]; } })()`,
    );
    expect(outcome).toEqual([name, `Failed to execute 'reportEvent' on 'Fence': ${message}`]);
  });
});

const setData = (eventType: string, eventData: string, more: object = {}) =>
  `fence.setReportEventDataForAutomaticBeacons(${JSON.stringify({ eventType, eventData, destination: DESTINATION, ...more })})`;
const START = 'reserved.top_navigation_start';
const COMMIT = 'reserved.top_navigation_commit';

const landings = () => [...lab.browser.targets.values()].filter(({ type, url }) => type === 'page' && String(url).endsWith('/landing'));

/** Does what makes a document follow its link, which opens a tab, and waits until that is there. */
async function untilLanded(follow: () => Promise<unknown>): Promise<void> {
  const before = landings().length;
  await follow();
  await until(() => landings().length > before);
}

const followLink = (session: Session) => untilLanded(() => session.evaluate(`document.getElementById('link').click()`));

/** The user does, who is active each time. */
async function clickLink(): Promise<void> {
  await page.send('Page.bringToFront');
  for (const type of ['mousePressed', 'mouseReleased'])
    await page.send('Input.dispatchMouseEvent', { type, x: 8, y: 8, button: 'left', clickCount: 1 });
}

describe('automatic beacons', () => {
  test('have the data of the document that navigates, for each type its own, and the headers of reports', async () => {
    const frame = await show({ site: 'ads', name: 'root' });
    await frame.evaluate(setData(START, 'old start'));
    await frame.evaluate(setData(START, 'start', { once: true }));
    await frame.evaluate(setData(COMMIT, 'commit'));
    await untilLanded(clickLink);
    await until(() => reports().length > 1);
    expect(told().toSorted()).toEqual([`/${COMMIT} commit`, `/${START} start`]);
    for (const { headers } of reports()) expect(headers).toMatchObject({ origin: lab.origin('site'), referer: `${lab.origin('ads')}/` });
    await untilLanded(clickLink);
    await until(() => reports().length > 2);
    expect(told().slice(2)).toEqual([`/${COMMIT} commit`]);
  });

  test('go out without data where the data is for others', async () => {
    const frame = await show({ site: 'ads', name: 'root' });
    await frame.evaluate(setData(START, 'for the buyer', { destination: ['buyer'] }));
    await frame.evaluate(setData(COMMIT, 'for nobody', { destination: [] }));
    await followLink(frame);
    await until(() => reports().length > 1);
    expect(told().toSorted()).toEqual([`/${COMMIT} `, `/${START} `]);
  });

  test('go out without data where the document agrees by its header', async () => {
    const frame = await show({ site: 'ads', name: 'root', agrees: 'beacons' });
    await followLink(frame);
    await until(() => reports().length > 2);
    expect(told().toSorted()).toEqual(['/reserved.top_navigation ', `/${COMMIT} `, `/${START} `]);
  });

  test('of a document below have the data of the nearest document above that has any', async () => {
    const inner = { site: 'ads', name: 'inner' };
    const middle = { site: 'ads', name: 'middle', body: frameOf(inner) };
    const frame = await show({ site: 'ads', name: 'root', body: frameOf(middle) });
    await until(() => frame.evaluate(`frames[0]?.frames[0]?.document.getElementById('link') !== null`));
    await frame.evaluate(setData(START, 'of the root'));
    await frame.evaluate(setData(COMMIT, 'of the root'));
    await frame.evaluate(`frames[0].eval(${JSON.stringify(setData(COMMIT, 'of the middle'))})`);
    // What navigates is the innermost document.
    const link = `frames[0].frames[0].document.getElementById('link')`;
    await frame.evaluate(`${link}.click()`);
    await until(() => reports().length > 1);
    expect(told().toSorted()).toEqual([`/${COMMIT} of the middle`, `/${START} of the root`]);
  });

  test('of a document of another origin need its header, and have the data that is meant for it', async () => {
    const leaf = { site: 'leaf', name: 'leaf', agrees: 'beacons' };
    const silent = { site: 'leaf', name: 'silent' };
    const frame = await show({ site: 'ads', name: 'root', body: frameOf(leaf) + frameOf(silent) });
    await frame.evaluate(setData(START, 'exposed', { crossOriginExposed: true }));
    await frame.evaluate(setData(COMMIT, 'unexposed'));
    const withoutHeader = await inside(silent);
    await withoutHeader.evaluate(setData(START, 'own', { crossOriginExposed: true }));
    await followLink(withoutHeader);
    await followLink(await inside(leaf));
    await until(() => reports().length > 2);
    expect(told().toSorted()).toEqual(['/reserved.top_navigation ', `/${COMMIT} `, `/${START} exposed`]);
  });

  test('cannot have data of a document of another origin that does not say so', async () => {
    const leaf = { site: 'leaf', name: 'leaf', agrees: 'beacons' };
    await show({ site: 'ads', name: 'root', body: frameOf(leaf) });
    const session = await inside(leaf);
    const lines = await consoleOf(session);
    await session.evaluate(setData(START, 'unexposed'));
    await until(() => lines.length > 0);
    expect(lines).toEqual([`${CROSS_ORIGIN}setReportEventDataForAutomaticBeacons() was not called with crossOriginExposed=true.`]);
    await session.evaluate(setData(COMMIT, 'exposed', { crossOriginExposed: true }));
    await followLink(session);
    await until(() => reports().length > 2);
    expect(told().toSorted()).toEqual(['/reserved.top_navigation ', `/${COMMIT} exposed`, `/${START} `]);
  });
});
