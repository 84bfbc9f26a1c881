import { expect, test, vi } from 'vitest';
import './texts';

// The polyfill refuses to load outside an extension; only the decoder is tested here.
vi.mock('../../src/extension/browser', () => ({ browser: {} }));
const { browser } = await import('../../src/extension/browser');
const { DEFAULT_SETTINGS } = await import('../../src/extension/settings');
const { decodeSettings: decode } = await import('../../src/extension/decode-settings');
const { watchSettings } = await import('../../src/extension/watch-settings');
const { wordsOf } = await import('../../src/extension/words');

/** With the warnings as a person reads them. */
const decodeSettings = (stored: unknown) => {
  const { settings, warnings } = decode(stored);
  return { settings, warnings: warnings.map(wordsOf) };
};

test('absent settings are the defaults', () => {
  expect(decodeSettings(undefined)).toEqual({ settings: DEFAULT_SETTINGS, warnings: [] });
});

test('a valid field counts; unknown and invalid ones are ignored, each with a warning', () => {
  const { settings, warnings } = decodeSettings({ preferPolyfill: true, colour: 'red' });
  expect(settings.preferPolyfill).toBe(true);
  expect(warnings).toEqual(['settings.colour is unknown and ignored']);
  expect(decodeSettings({ preferPolyfill: 'yes' })).toEqual({
    settings: DEFAULT_SETTINGS,
    warnings: ['settings.preferPolyfill is invalid and ignored: "yes"'],
  });
  expect(decodeSettings('all').warnings).toHaveLength(1);
});

test.each([
  ['enabled', false, 'no'],
  ['enrollment', ['https://a.example', 'b.example'], 'none'],
  ['blockedSites', ['a.example'], 'a.example'],
  ['quotaBytes', 0, -1],
  ['retentionDays', 0.5, 0],
  ['clockOffsetMs', -1000, Number.POSITIVE_INFINITY],
  ['eventLogSize', 0, 1.5],
  ['isolation', { 'https://a.example': 'origin-keyed', 'https://b.example': 'site-keyed', 'http://c.localhost:8080': 'respect' }, []],
  ['isolation', {}, { 'https://a.example/': 'origin-keyed' }],
  ['isolation', {}, { 'https://a.example': 'both' }],
  ['isolation', {}, { 'file://': 'origin-keyed' }],
])('settings.%s takes %j and not %j', (name, valid, invalid) => {
  expect(decodeSettings({ [name]: valid })).toEqual({ settings: { ...DEFAULT_SETTINGS, [name]: valid }, warnings: [] });
  expect(decodeSettings({ [name]: invalid })).toMatchObject({ settings: DEFAULT_SETTINGS, warnings: [expect.stringContaining(name)] });
});

test.each([
  ['budgets', 'pageBits', 6, -1],
  ['budgets', 'sitePageBits', 0.5, '3'],
  ['budgets', 'siteDailyBits', 0, Number.NaN],
  ['selectUrl', 'reveal', false, 0],
  ['selectUrl', 'forceIndex', { 'https://a.example': { operation: 7 } }, { 'https://a.example': { operation: 8 } }],
  ['privateAggregation', 'delay', 'manual', 'later'],
  ['privateAggregation', 'keys', { 'https://a.example': 'local', 'http://b.localhost:8080': 'http://b.localhost:8080/keys' }, []],
  ['privateAggregation', 'keys', {}, { 'https://a.example/': 'local' }],
  ['privateAggregation', 'keys', {}, { 'https://a.example': 'file:///keys' }],
  ['privateAggregation', 'tenMinuteBudget', 0, 2 ** 32],
  ['privateAggregation', 'dailyBudget', 2 ** 32 - 1, -1],
  ['possibilities', 'eventHandlers', true, 1],
] as const)('settings.%s.%s takes %j and not %j, and the others stay as they are', (group, name, valid, invalid) => {
  const defaults = DEFAULT_SETTINGS[group];
  expect(decodeSettings({ [group]: { [name]: valid } })).toEqual({
    settings: { ...DEFAULT_SETTINGS, [group]: { ...defaults, [name]: valid } },
    warnings: [],
  });
  expect(decodeSettings({ [group]: { [name]: invalid } })).toEqual({
    settings: DEFAULT_SETTINGS,
    warnings: [expect.stringContaining(`settings.${group}.${name} is invalid`)],
  });
});

test('a group of settings is an object with fields that exist', () => {
  for (const budgets of [null, 5, [6, 3]])
    expect(decodeSettings({ budgets })).toEqual({
      settings: DEFAULT_SETTINGS,
      warnings: [expect.stringContaining('settings.budgets is invalid')],
    });
  expect(decodeSettings({ budgets: { perDay: 1, constructor: 1 } })).toEqual({
    settings: DEFAULT_SETTINGS,
    warnings: ['settings.budgets.perDay is unknown and ignored', 'settings.budgets.constructor is unknown and ignored'],
  });
  expect(decodeSettings({ selectUrl: { forceIndex: { 'https://a.example': 1 } } }).settings).toEqual(DEFAULT_SETTINGS);
});

test('of simulations each field of each origin counts by itself', () => {
  const simulations = {
    'https://a.example': { notEnrolled: true, slowWorkletMs: 60_000, userDisabled: 'yes', later: true },
    'https://b.example/': { storageFull: true },
    'https://c.example': true,
    'https://d.example': { slowWorkletMs: 60_001, reportEndpointDown: false },
  };
  const { settings, warnings } = decodeSettings({ simulations, enabled: false });
  expect(settings).toEqual({
    ...DEFAULT_SETTINGS,
    enabled: false,
    simulations: { 'https://a.example': { notEnrolled: true, slowWorkletMs: 60_000 }, 'https://d.example': { reportEndpointDown: false } },
  });
  expect(warnings).toEqual([
    'settings.simulations.https://a.example.userDisabled is invalid and ignored: "yes"',
    'settings.simulations.https://a.example.later is unknown and ignored',
    'settings.simulations.https://b.example/ is invalid and ignored: {"storageFull":true}',
    'settings.simulations.https://c.example is invalid and ignored: true',
    'settings.simulations.https://d.example.slowWorkletMs is invalid and ignored: 60001',
  ]);
  expect(decodeSettings({ simulations: [] }).warnings).toEqual(['settings.simulations is invalid and ignored: []']);
});

test('what was read before a change does not undo it', async () => {
  let answer: (stored: object) => void = () => undefined;
  let change: (changes: object) => void = () => undefined;
  const local = {
    get: () => new Promise((resolve) => (answer = resolve)),
    onChanged: { addListener: (listener: typeof change) => (change = listener) },
  };
  Object.assign(browser, { storage: { local }, runtime: { onInstalled: { addListener: () => undefined } } });
  const heard: [now: boolean, before: boolean | undefined][] = [];
  watchSettings(({ settings }, before) => heard.push([settings.enabled, before?.enabled]));
  change({ settings: { newValue: { enabled: false } } });
  answer({});
  await new Promise((resolve) => setTimeout(resolve));
  change({ settings: { oldValue: { enabled: false } } });
  expect(heard).toEqual([
    [false, true],
    [true, false],
  ]);
});

test('a change that nobody was told of while the extension was being installed is read as soon as changes are heard', async () => {
  let stored: Record<string, unknown> = {};
  let installed: () => Promise<void> = async () => undefined;
  const listeners = new Set<(changes: object) => void>();
  let writes = 0;
  const local = {
    get: async () => stored,
    set: async (changes: object) => {
      // The first write is told to nobody.
      if (++writes > 1) for (const listener of listeners) listener(changes);
    },
    remove: async () => undefined,
    onChanged: {
      addListener: (listener: (changes: object) => void) => listeners.add(listener),
      removeListener: (listener: (changes: object) => void) => listeners.delete(listener),
    },
  };
  const onInstalled = { addListener: (listener: typeof installed) => (installed = listener) };
  Object.assign(browser, { storage: { local }, runtime: { onInstalled } });
  const heard: boolean[] = [];
  watchSettings(({ settings }) => heard.push(settings.enabled));
  await new Promise((resolve) => setTimeout(resolve));
  stored = { settings: { enabled: false } };
  await installed();
  expect([heard, writes, listeners.size]).toEqual([[true, false], 2, 1]);
});
