/** What a page asks for while it goes away: marked requests are sent with the header, and their responses write, as where it stays. */

import type http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Lab, until } from './lab';

const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

interface Beacon {
  readonly name: string;
  readonly method: string;
  readonly header: string | undefined;
  readonly body: string;
  readonly destination: string | undefined;
  answer(): void;
}

let lab: Lab;
const beacons: Beacon[] = [];

/**
 * Holds its answer to a marked request until the test lets it go: a server that answers within a millisecond is there on no network. Others it answers
 * at once, for the browser has six connections to a host.
 */
function takeBeacon(request: http.IncomingMessage, response: http.ServerResponse, { searchParams }: URL): void {
  let body = '';
  request.on('data', (chunk) => {
    body += String(chunk);
  });
  request.on('end', () => {
    const name = searchParams.get('name') ?? '';
    const answer = () => {
      response.writeHead(200, {
        'Content-Type': searchParams.has('image') ? 'image/gif' : 'text/plain',
        'Access-Control-Allow-Origin': '*',
        'Cache-Control': 'no-store',
        'Shared-Storage-Write': `set;key="${name}";value="${body || 'no body'}"`,
      });
      response.end(searchParams.has('image') ? GIF : '');
    };
    const { 'sec-shared-storage-writable': header, 'sec-fetch-dest': destination } = request.headers as Record<string, string>;
    beacons.push({ name, method: String(request.method), header, body, destination, answer });
    if (name.includes('-plain-')) answer();
  });
}

/** What a page asks for, marked where the options say so. */
const KINDS: Record<string, (url: string, marked: boolean) => string> = {
  GET: (url, marked) => `fetch('${url}', { sharedStorageWritable: ${marked}, keepalive: true })`,
  POST: (url, marked) => `fetch('${url}', { sharedStorageWritable: ${marked}, keepalive: true, method: 'POST', body: 'text' })`,
  Request: (url, marked) =>
    `fetch(new Request('${url}', { sharedStorageWritable: ${marked}, keepalive: true, method: 'POST', body: 'of a request' }))`,
  image: (url, marked) => `(() => {
    const image = new Image();
    image.sharedStorageWritable = ${marked};
    image.src = '${url}&image';
  })()`,
};

const BODIES: Record<string, string> = { POST: 'text', Request: 'of a request' };

/** The marked ones, and the same without a mark. */
const askFor = (kinds: readonly string[], id: string): string =>
  kinds
    .flatMap((kind) =>
      [true, false].map((marked) => KINDS[kind]?.(`${lab.origin('beacons')}/beacon?name=${id}${marked ? '' : '-plain'}-${kind}`, marked)),
    )
    .join(';\n');

const seen = (name: string) => beacons.find((beacon) => beacon.name === name);

const allSeen = (names: readonly string[]) =>
  until(() => {
    const all = names.map(seen);
    return all.every((beacon) => beacon !== undefined) && all;
  });

/** Resolves to everything that is. */
const untilStored = (names: readonly string[]) =>
  until(async () => {
    const stored = await lab.stored('beacons');
    return names.every((name) => name in stored) && stored;
  });

const untilListening = (isListening: boolean) =>
  until(async () => (await lab.inExtension('chrome.webRequest.onHeadersReceived.hasListeners()')) === isListening);

let count = 0;

/** Lets a page ask and leave; resolves to what the server got, which it has not answered. */
async function leaveAndExpectRequests(kinds: readonly string[], event: string, leave: (path: string) => Promise<void>) {
  const id = `beacon${++count}`;
  const target = event === 'visibilitychange' ? 'document' : 'window';
  lab.serve(
    `/${id}.html`,
    `<!doctype html><title>${id}</title><script>${target}.addEventListener('${event}', () => { ${askFor(kinds, id)} });</script>`,
  );
  await leave(`/${id}.html`);
  const sent = await allSeen(kinds.map((kind) => `${id}-${kind}`));
  for (const [index, kind] of kinds.entries()) {
    expect(sent[index], kind).toMatchObject({
      header: '?1',
      method: kind in BODIES ? 'POST' : 'GET',
      body: BODIES[kind] ?? '',
      destination: kind === 'image' ? 'image' : 'empty',
    });
    expect(seen(`${id}-plain-${kind}`)?.header, kind).toBeUndefined();
  }
  return { id, sent };
}

/** The answers come when the extension listens. */
async function leaveAndExpectWrites(kinds: readonly string[], event: string, leave: (path: string) => Promise<void>): Promise<void> {
  const { id, sent } = await leaveAndExpectRequests(kinds, event, leave);
  await untilListening(true);
  for (const beacon of sent) beacon.answer();
  const stored = await untilStored(kinds.map((kind) => `${id}-${kind}`));
  for (const kind of kinds) expect(stored[`${id}-${kind}`]).toBe(BODIES[kind] ?? 'no body');
}

const navigate = (site: string) => async (path: string) => {
  const page = await lab.page('leaving', path);
  await page.evaluate(`void (location.href = '${lab.origin(site)}/blank.html')`);
  // The document that went away still has its handlers to run, so that its tab stays.
  await until(() => page.evaluate(`location.pathname === '/blank.html' && document.readyState === 'complete'`).catch(() => false));
};

const closePopup = async (path: string) => {
  const page = await lab.page('leaving');
  await page.evaluate(`new Promise((resolve) => {
    const popup = open('${path}');
    popup.onload = () => {
      popup.close();
      resolve();
    };
  })`);
};

const removeFrame = async (path: string) => {
  const page = await lab.page('leaving');
  await page.evaluate(`new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.src = '${path}';
    frame.onload = () => {
      frame.remove();
      resolve();
    };
    document.body.append(frame);
  })`);
};

const open = async () => {
  lab = await Lab.open({ args: ['--disable-popup-blocking'] });
  lab.serve('/beacon', takeBeacon);
};

const ALL = ['POST', 'GET', 'Request', 'image'];
/** An image of a frame that is removed, or asked for by a window that is being closed, may not be sent natively; one of `beforeunload` is given up with its page. */
const FETCHES = ['POST', 'GET', 'Request'];

describe('in a fresh profile', () => {
  beforeAll(open);
  afterAll(() => lab.close());

  // Whether their responses are heard as well depends on how soon the browser starts the service worker: docs/limits.md.
  test('right after the first page has loaded', async () => {
    const { sent } = await leaveAndExpectRequests(ALL, 'pagehide', navigate('elsewhere'));
    for (const beacon of sent) beacon.answer();
  });
});

describe('later', () => {
  beforeAll(open);
  afterAll(() => lab.close());

  test.each(
    ['pagehide', 'visibilitychange', 'unload', 'beforeunload'].flatMap((event) => [
      [event, 'a navigation within the site', event === 'beforeunload' ? FETCHES : ALL, navigate('leaving')] as const,
      [event, 'a navigation to another site', event === 'beforeunload' ? FETCHES : ALL, navigate('elsewhere')] as const,
      [event, 'a popup that is closed', FETCHES, closePopup] as const,
      ...(event === 'beforeunload' ? [] : [[event, 'a frame that is removed', FETCHES, removeFrame] as const]),
    ]),
  )('%s: %s', (event, _name, kinds, leave) => leaveAndExpectWrites(kinds, event, leave));

  test('a policy that denies the feature is heeded', async () => {
    lab.serve('/denied.html', (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/html', 'Permissions-Policy': 'shared-storage=()' });
      response.end(`<script>addEventListener('pagehide', () => { ${askFor(['POST'], 'denied')} });</script>`);
    });
    await navigate('elsewhere')('/denied.html');
    (await until(() => seen('denied-POST')))?.answer();
    await leaveAndExpectWrites(['POST'], 'pagehide', navigate('elsewhere'));
    expect(await lab.stored('beacons')).not.toHaveProperty('denied-POST');
  });
});

describe('a page that is kept to go back to, which the browser drops when somebody begins to listen', () => {
  beforeAll(open);
  afterAll(() => lab.close());

  test('nothing that it asks for then loses its write, however much that is', async () => {
    for (let time = 1; time <= 10; time++) {
      const id = `kept-${time}`;
      const marked = ALL.map((kind) => KINDS[kind]?.(`${lab.origin('beacons')}/beacon?name=${id}-${kind}`, true)).join(';\n');
      lab.serve(
        `/${id}.html`,
        `<!doctype html><title>${id}</title><script>addEventListener('pagehide', ({ persisted }) => { if (persisted) { ${marked} } });</script>`,
      );
      await untilListening(false);
      await navigate('elsewhere')(`/${id}.html`);
      const names = ALL.map((kind) => `${id}-${kind}`);
      const sent = await allSeen(names);
      await untilListening(true);
      for (const beacon of sent) beacon.answer();
      await untilStored(names);
    }
  });

  test('nor do its frames of its own origin', async () => {
    const FRAMES = 30;
    lab.serve(
      '/asking.html',
      `<!doctype html><title>asking</title><script>
        addEventListener('pagehide', () => {
          fetch('${lab.origin('beacons')}/beacon?name=' + location.search.slice(1), { sharedStorageWritable: true, keepalive: true });
        });
      </script>`,
    );
    for (let time = 1; time <= 2; time++) {
      const id = `frames-${time}`;
      lab.serve(
        `/${id}.html`,
        `<!doctype html><title>${id}</title><body><script>
          for (let index = 0; index < ${FRAMES}; index++) document.body.append(Object.assign(document.createElement('iframe'), { src: '/asking.html?${id}-' + index }));
          addEventListener('pagehide', () => { ${KINDS.GET?.(`${lab.origin('beacons')}/beacon?name=${id}-top`, true)}; });
        </script>`,
      );
      await untilListening(false);
      await navigate('elsewhere')(`/${id}.html`);
      const names = ['top', ...Array(FRAMES).keys()].map((name) => `${id}-${name}`);
      await untilListening(true);
      // The browser makes six connections to a host, so that others come when some have been answered.
      const waiting = new Set(names);
      await until(() => {
        for (const name of waiting) {
          seen(name)?.answer();
          if (seen(name)) waiting.delete(name);
        }
        return waiting.size === 0;
      });
      await untilStored(names);
    }
  });
});
