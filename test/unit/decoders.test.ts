import { describe, expect, test } from 'vitest';
import { callerOf, isExtensionPage, isOwnContext, type Sender } from '../../src/background/requests/caller';
import { decodeConsoleRequest, decodeGivenModule, decodeHostRequest, decodeMessage } from '../../src/protocol/decoders';
import { decodeEnvelope } from '../../src/protocol/envelope';
import { MAXIMUM_BEACON_LENGTH, MAXIMUM_CONTEXT_LENGTH, MAXIMUM_REQUESTS } from '../../src/protocol/limits';
import { hear, type Listeners, type Message } from '../../src/protocol/recipients';

const TOKEN = '123e4567-e89b-12d3-a456-426614174000';
const REPEAT = { url: 'https://a.example/', destination: 'image', mode: 'no-cors', credentials: 'include' };
const FACTS = {
  documents: [
    {
      origin: 'https://a.example',
      url: 'https://a.example/',
      marks: ['shared-storage none'],
      container: { allow: '', src: '', hasSrcdoc: true, isSandboxed: false },
    },
  ],
  position: 0,
};
const SELECT_URL = {
  workletId: 1,
  selectionId: 2,
  name: 'n',
  savedQuery: '',
  urn: null,
  operation: { data: null, keepAlive: false, isModuleLoaded: true, config: { contextId: 'c', maxContributions: 5 } },
  urls: [
    { url: 'https://a.example/', reportingMetadata: [['click', 'https://b.example/']] },
    { url: 'data:,', reportingMetadata: [] },
  ],
};
const request = (method: string, params: unknown, sequence: unknown = 1, facts: unknown = null) => ({
  to: 'service-worker',
  facts,
  requests: [{ method, sequence, after: 0, repeated: false, params }],
});

describe('requests to the service worker', () => {
  test.each([
    request('database.update', { methods: [{ type: 'clear' }, { type: 'delete', key: 'k' }], withLock: null }),
    request('database.update', { methods: [], withLock: 'lock' }),
    request('worklet.prepare', { workletId: 1, moduleURL: 'https://a.example/w.js', dataOrigin: 'script-origin' }),
    request('worklet.create', {
      workletId: 1,
      moduleURL: 'https://a.example/w.js',
      dataOrigin: 'context-origin',
    }),
    request('worklet.abandon', { workletId: 1 }),
    request('worklet.run', { workletId: 1, name: '', data: null, keepAlive: false, isModuleLoaded: true, config: null }),
    request('worklet.run', { workletId: 1, name: 'n', data: { value: undefined }, keepAlive: true, isModuleLoaded: false, config: {} }),
    request('header.expect', { token: TOKEN, url: 'https://a.example/', byURL: false, isLast: false }),
    request('header.settle', { token: TOKEN, repeat: null }),
    request('header.settle', { token: TOKEN, repeat: REPEAT }),
    request('header.repeat', REPEAT),
    request('worklet.selectURL', SELECT_URL),
    request('worklet.selectURL', { ...SELECT_URL, urn: `urn:uuid:${TOKEN}` }),
    request('policy.require', { feature: 'shared-storage' }, 1, FACTS),
  ])('%j is understood', (message) => {
    const { facts, requests } = message;
    expect(decodeMessage(message)).toEqual({ facts, requests });
  });

  test.each([
    null,
    5,
    {},
    request('unknown', {}),
    request('toString', {}),
    request('__proto__', {}),
    request('database.update', null),
    request('database.update', { methods: 'clear', withLock: null }),
    request('database.update', { methods: [], withLock: '-reserved' }),
    request('database.update', { methods: [] }),
    request('database.update', { methods: [{ type: 'clear' }], withLock: null }, -1),
    request('database.update', { methods: [{ type: 'clear' }], withLock: null }, '1'),
    request('database.update', { methods: [{ type: 'set', key: 'k', value: 'v' }], withLock: null }),
    request('database.update', { methods: [{ type: 'set', key: '', value: 'v', ignoreIfPresent: true }], withLock: null }),
    request('database.update', { methods: [{ type: 'append', key: 'k', value: 5 }], withLock: null }),
    request('database.update', { methods: [{ type: 'delete', key: 'k'.repeat(2_621_441) }], withLock: null }),
    request('worklet.prepare', { workletId: 1, moduleURL: 'https://a.example/w.js' }),
    request('worklet.create', { workletId: -1, moduleURL: '', dataOrigin: '' }),
    request('worklet.create', { workletId: 1, moduleURL: '' }),
    request('worklet.create', { workletId: 1, moduleURL: '', dataOrigin: 1 }),
    request('worklet.abandon', {}),
    request('worklet.run', { workletId: 1, name: 'n', data: 5, keepAlive: true, isModuleLoaded: true, config: null }),
    request('worklet.run', { workletId: 1, name: 'n', data: null, keepAlive: true }),
    request('worklet.run', { workletId: 1, name: 'n', data: null, keepAlive: true, isModuleLoaded: true }),
    ...[5, { contextId: 5 }, { filteringIdMaxBytes: -1 }, { maxContributions: 0.5 }, { aggregationCoordinatorOrigin: null }].map((config) =>
      request('worklet.run', { workletId: 1, name: 'n', data: null, keepAlive: true, isModuleLoaded: true, config }),
    ),
    request('header.expect', { token: '../../', url: 'https://a.example/', byURL: false, isLast: false }),
    request('header.expect', { token: TOKEN }),
    request('header.expect', { token: TOKEN, url: 'https://a.example/', byURL: false }),
    request('header.expect', { token: TOKEN, url: 'no URL', byURL: false, isLast: false }),
    request('header.settle', { token: TOKEN }),
    request('header.settle', { token: TOKEN, repeat: { ...REPEAT, mode: 'navigate' } }),
    request('header.repeat', { ...REPEAT, url: 'file:///etc/passwd' }),
    request('header.repeat', { ...REPEAT, destination: 'script' }),
    request('header.repeat', { ...REPEAT, credentials: 'all' }),
    request('worklet.selectURL', { ...SELECT_URL, urls: [] }),
    request('worklet.selectURL', { ...SELECT_URL, urls: Array(9).fill(SELECT_URL.urls[0]) }),
    request('worklet.selectURL', { ...SELECT_URL, urls: [{ url: 'relative', reportingMetadata: [] }] }),
    request('worklet.selectURL', { ...SELECT_URL, urls: [{ url: 'https://a.example/' }] }),
    request('worklet.selectURL', {
      ...SELECT_URL,
      urls: [{ url: 'https://a.example/', reportingMetadata: [['click', 'http://a.example/']] }],
    }),
    request('worklet.selectURL', { ...SELECT_URL, urls: [{ url: 'https://a.example/', reportingMetadata: [['click']] }] }),
    request('worklet.selectURL', { ...SELECT_URL, savedQuery: null }),
    request('worklet.selectURL', { ...SELECT_URL, urn: 'https://a.example/' }),
    request('worklet.selectURL', { ...SELECT_URL, operation: null }),
    request('worklet.selectURL', { ...SELECT_URL, operation: { data: null } }),
    request('policy.require', {}),
    request('policy.require', { feature: 'camera' }),
    { ...request('', {}), requests: [{ method: 'worklet.abandon', sequence: 1, after: 0, params: { workletId: 1 } }] },
    request('policy.require', { feature: 'shared-storage' }, 1, 5),
    request('policy.require', { feature: 'shared-storage' }, 1, { documents: [], position: null }),
    request('policy.require', { feature: 'shared-storage' }, 1, { ...FACTS, position: 0.5 }),
    request('policy.require', { feature: 'shared-storage' }, 1, { ...FACTS, documents: [{ ...FACTS.documents[0], marks: [1] }] }),
    request('policy.require', { feature: 'shared-storage' }, 1, {
      ...FACTS,
      documents: [{ ...FACTS.documents[0], container: { allow: '' } }],
    }),
  ])('%j is refused', (message) => {
    expect(decodeMessage(message)?.requests ?? [null]).toEqual([null]);
  });

  test('as long as both ends agreed upon are understood, and longer ones are not', () => {
    const isUnderstood = (method: string, params: unknown) => decodeMessage(request(method, params))?.requests[0] !== null;
    const report = (length: number) =>
      isUnderstood('fence.report', { type: 'click', data: 'x'.repeat(length), crossOriginExposed: false, destinations: [] });
    const show = (length: number) =>
      isUnderstood('frame.show', { frame: 1, url: 'u', context: 'x'.repeat(length), allow: '', isSilent: true });
    const ask = (count: number) => decodeMessage({ facts: null, requests: Array(count).fill(null) });
    expect([report(MAXIMUM_BEACON_LENGTH), report(MAXIMUM_BEACON_LENGTH + 1)]).toEqual([true, false]);
    expect([show(MAXIMUM_CONTEXT_LENGTH), show(MAXIMUM_CONTEXT_LENGTH + 1)]).toEqual([true, false]);
    expect([ask(MAXIMUM_REQUESTS) === null, ask(MAXIMUM_REQUESTS + 1) === null]).toEqual([false, true]);
  });

  test('an origin in the parameters goes nowhere', () => {
    const decoded = decodeMessage(
      request('database.update', { methods: [], withLock: null, origin: 'https://victim.example', dataOrigin: 'x' }),
    );
    expect(decoded?.requests[0]?.params).toEqual({ methods: [], withLock: null });
  });

  test('one that is not understood says nothing about its neighbours in the message', () => {
    const [good] = request('policy.require', { feature: 'shared-storage' }).requests;
    const [bad] = request('unknown', {}).requests;
    expect(decodeMessage({ facts: null, requests: [good, bad, null, good] })?.requests).toEqual([good, null, null, good]);
    expect(decodeMessage({ facts: null, requests: { length: 1 } })).toBeNull();
  });
});

test('a module for a worklet is decoded with the same care', () => {
  const given = { workletId: 1, source: 's', keepAlive: true };
  expect(decodeGivenModule(given)).toEqual(given);
  for (const wrong of [{ workletId: -1 }, { source: null }, { keepAlive: undefined }])
    expect(decodeGivenModule({ ...given, ...wrong })).toBeNull();
});

test('requests to the worklet host are decoded with the same care', () => {
  const worklet = { documentId: 'd', workletId: 1 };
  const config = { contextId: 'c', filteringIdMaxBytes: 8, maxContributions: null, aggregationCoordinatorOrigin: 'https://c.example' };
  const create = {
    worklet,
    tabId: 1,
    dataOrigin: 'https://a.example',
    site: 'https://a.example',
    moduleURL: 'u',
    mayContribute: true,
  };
  expect(decodeHostRequest({ method: 'host.create', params: create })).toEqual({ method: 'host.create', params: create });
  expect(decodeHostRequest({ method: 'host.create', params: { ...create, dataOrigin: 1 } })).toBeNull();
  expect(decodeHostRequest({ method: 'host.create', params: { ...create, worklet: 'd/1' } })).toBeNull();
  const call = {
    urn: 'urn:uuid:x',
    name: 'n',
    urls: ['https://a.example/'],
    savedQuery: '',
    data: null,
    keepAlive: true,
    isModuleLoaded: true,
    config,
  };
  const select = {
    method: 'host.select',
    params: { worklet, runId: 1, call, tabId: 1, dataOrigin: 'https://a.example', isSettled: false },
  };
  expect(decodeHostRequest(select)).toEqual(select);
  expect(decodeHostRequest({ ...select, params: { ...select.params, call: { ...call, urls: [1] } } })).toBeNull();
  expect(decodeHostRequest({ method: 'host.selected', params: { documentId: 'd' } })).toBeNull();
  expect(decodeHostRequest({ method: 'host.run', params: { worklet, runId: 1, name: 'n', data: null } })).toBeNull();
  const run = {
    worklet,
    runId: 1,
    name: 'n',
    tabId: 1,
    dataOrigin: 'https://a.example',
    data: null,
    keepAlive: true,
    isModuleLoaded: true,
    config,
    isSettled: true,
  };
  expect(decodeHostRequest({ method: 'host.run', params: run })).toEqual({ method: 'host.run', params: run });
  for (const wrong of [
    null,
    { ...config, contextId: 'c'.repeat(65) },
    { ...config, filteringIdMaxBytes: 9 },
    { ...config, maxContributions: 0 },
  ])
    expect(decodeHostRequest({ method: 'host.run', params: { ...run, config: wrong } })).toBeNull();
  for (const field of ['runId', 'tabId', 'isSettled'])
    expect(decodeHostRequest({ method: 'host.run', params: { ...run, [field]: undefined } })).toBeNull();
});

test('console messages have lines, each with a method that shows something', () => {
  const params = { id: 'i', lines: [['log', 1], ['groupEnd']], tabId: 1, documentId: 'd' };
  expect(decodeConsoleRequest({ params })).toEqual(params);
  for (const lines of [[['constructor', 1]], [['profile']], ['log'], [null], 'log', Array(101).fill(['log'])])
    expect(decodeConsoleRequest({ params: { ...params, lines } })).toBeNull();
});

describe('recipients', () => {
  const listeners: Listeners<'offscreen', number> = { offscreen: async (message, sender) => [message, sender] };

  test('a message reaches the listener that it is for, and nobody else answers', async () => {
    const message = { to: 'offscreen' };
    expect(await hear(listeners, message, 5)).toEqual([message, 5]);
    for (const other of [undefined, null, 'offscreen', {}, { to: 'bridge' }, { to: 'toString' }, { to: '__proto__' }])
      expect(hear(listeners, other, 5)).toBeUndefined();
  });

  test('one that nobody handles, or that nobody listens for, does not compile', () => {
    // @ts-expect-error: without a listener for messages to the bridge.
    const none: Listeners<'content', number> = {};
    // @ts-expect-error: there is no such recipient.
    const message: Message = { to: 'elsewhere' };
    expect([none, message]).toHaveLength(2);
  });
});

test('envelopes', () => {
  expect(decodeEnvelope({ ok: true, value: 1, more: 2 })).toEqual({ ok: true, value: 1 });
  expect(decodeEnvelope({ ok: false, error: { name: 'N', message: 'm', stack: 's' } })).toEqual({
    ok: false,
    error: { name: 'N', message: 'm' },
  });
  for (const bad of [undefined, null, {}, { ok: 'yes' }, { ok: false }, { ok: false, error: { name: 1, message: '' } }])
    expect(decodeEnvelope(bad)).toBeNull();
});

describe('the caller', () => {
  const sender = {
    id: 'us',
    origin: 'https://a.example',
    documentId: 'd',
    frameId: 3,
    tab: { id: 7 },
    url: 'https://other.example/',
  } as Sender;

  test('is who the browser says, not what the URL says', () => {
    expect(callerOf(sender, 'us', null)).toEqual({ origin: 'https://a.example', documentId: 'd', tabId: 7, frameId: 3, facts: null });
  });

  test.each([
    { ...sender, id: 'another extension' },
    { ...sender, tab: undefined },
    { ...sender, documentId: undefined },
    { ...sender, frameId: undefined },
    { ...sender, origin: undefined },
    { ...sender, origin: 'http://insecure.example' },
  ] as unknown as Sender[])('is nobody for %j', (bad) => {
    expect(callerOf(bad, 'us', null)).toBeNull();
  });

  test('of an own page is known by its origin', () => {
    expect(isOwnContext({ id: 'us', origin: 'chrome-extension://us' } as Sender, 'us', 'chrome-extension://us')).toBe(true);
    expect(isOwnContext(sender, 'us', 'chrome-extension://us')).toBe(false);
  });

  const own = { id: 'us', origin: 'chrome-extension://us', url: 'chrome-extension://us/panel.html', documentId: 'd' };

  test('of a page of ours that a person looks at: in a tab, or without one', () => {
    const inDeveloperTools = { ...own, documentId: undefined };
    for (const page of [own, inDeveloperTools, { ...own, tab: { id: 7 }, frameId: 0 }])
      expect(isExtensionPage(page as Sender, 'us', 'chrome-extension://us')).toBe(true);
  });

  test.each([
    { ...own, tab: { id: 7 }, frameId: 3 },
    { ...own, origin: 'https://a.example' },
    { ...own, url: 'https://a.example/chrome-extension://us/' },
    { ...own, id: 'another extension' },
  ] as unknown as Sender[])('is none of our pages for %j', (bad) => {
    expect(isExtensionPage(bad, 'us', 'chrome-extension://us')).toBe(false);
  });
});
