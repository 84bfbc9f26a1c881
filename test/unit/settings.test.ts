import { expect, test, vi } from 'vitest';

// The polyfill refuses to load outside an extension; only the decoder is tested here.
vi.mock('../../src/extension/browser', () => ({ browser: {} }));
const { decodeSettings, DEFAULT_SETTINGS } = await import('../../src/extension/settings');

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
