/** Whoever changes a setting through the service worker finds it in force: there, and in the copy that the offscreen document goes by. */

import 'fake-indexeddb/auto';
import { beforeEach, expect, test, vi } from 'vitest';
import './texts';

import type { OptionalScripts } from '../../src/background/browser/optional-scripts';

vi.mock('../../src/extension/browser', () => ({ browser: {} }));
const { browser } = await import('../../src/extension/browser');
const { LiveSettings } = await import('../../src/extension/live-settings');
const { DEFAULT_SETTINGS } = await import('../../src/extension/settings');
const { connectToEntries } = await import('../../src/store/entries/schema');
const { SettingsCopy } = await import('../../src/store/settings-copy');
const { isolationHandlers } = await import('../../src/background/handlers/extension-pages/isolation');
const { selectURLPageHandlers } = await import('../../src/background/handlers/extension-pages/select-url');
const { settingsHandlers } = await import('../../src/background/handlers/extension-pages/settings');

type IsolationServices = Parameters<typeof isolationHandlers>[0];
type SelectURLServices = Parameters<typeof selectURLPageHandlers>[0];

let stored: Record<string, unknown> = {};
beforeEach(() => {
  stored = {};
  // Nobody is told of a change by the browser.
  const local = { get: async () => stored, set: async (items: object) => Object.assign(stored, items) };
  Object.assign(browser, { storage: { local } });
  vi.stubGlobal('navigator', { locks: { query: async () => ({}), request: (_name: string, callback: () => unknown) => callback() } });
});

function createServices(apply: OptionalScripts['apply'] = async () => undefined) {
  const settings = new LiveSettings();
  settings.set(DEFAULT_SETTINGS);
  return {
    settings,
    settingsCopy: new SettingsCopy(connectToEntries()),
    optionalScripts: { apply },
  };
}

const ORIGIN = 'https://a.example';

test.each([
  [
    'select-url.force',
    { selectUrl: { forceIndex: { [ORIGIN]: { select: 2 } } } },
    (services: ReturnType<typeof createServices>) =>
      selectURLPageHandlers(services as SelectURLServices)['select-url.force']({ dataOrigin: ORIGIN, operation: 'select', index: 2 }),
  ],
  [
    'isolation.choose',
    { isolation: { [ORIGIN]: 'origin-keyed' } },
    (services: ReturnType<typeof createServices>) =>
      isolationHandlers(services as IsolationServices)['isolation.choose']({ origin: ORIGIN, keying: 'origin-keyed' }),
  ],
  [
    'settings.write',
    { quotaBytes: 5 },
    (services: ReturnType<typeof createServices>) =>
      settingsHandlers(services)['settings.write']({ settings: { quotaBytes: 5 }, isWhole: false }),
  ],
])('%s', async (_method, expected, ask) => {
  const services = createServices();
  await ask(services);
  expect(stored.settings).toEqual(expected);
  expect(await services.settings.get()).toMatchObject(expected);
  const copies: unknown[] = [];
  new SettingsCopy(connectToEntries()).watch(
    (copy) => copies.push(copy),
    () => undefined,
    () => undefined,
  );
  await vi.waitFor(async () => expect(copies).toEqual([await services.settings.get()]), { timeout: 30_000 });
});

test('settings that are unknown or invalid are refused, and not said to be ignored; none of the others is changed', async () => {
  const write = settingsHandlers(createServices())['settings.write'];
  const settings = { quotaBytes: 5, colour: 'red', budgets: { pageBits: -1 } };
  const before = stored.settings;
  await expect(async () => write({ settings, isWhole: false })).rejects.toThrow(
    /^settings\.colour is unknown; settings\.budgets\.pageBits is invalid: -1$/,
  );
  expect(stored.settings).toBe(before);
});

test('whoever asks after a change was heard of waits for what it has come to, and so does who was waiting', async () => {
  const settings = new LiveSettings();
  const early = settings.get();
  settings.renew();
  const late = settings.get();
  const changed = { ...DEFAULT_SETTINGS, enabled: false };
  settings.set(changed);
  expect(await Promise.all([early, late, settings.get()])).toEqual([changed, changed, changed]);
  settings.renew();
  let isAnswered = false;
  const answered = settings.get().then(() => {
    isAnswered = true;
  });
  await new Promise((resolve) => setTimeout(resolve));
  expect(isAnswered).toBe(false);
  settings.set(DEFAULT_SETTINGS);
  await answered;
});

test('who asks for the settings, or changes them, waits for the scripts of pages that they are about', async () => {
  let finish = () => {};
  const applied = new Promise<void>((resolve) => (finish = resolve));
  const apply = vi.fn<OptionalScripts['apply']>(() => applied);
  const services = createServices(apply);
  const handlers = settingsHandlers(services);
  const answers: string[] = [];
  const read = handlers['settings.read']({}).then(() => answers.push('read'));
  const written = handlers['settings.write']({ settings: { interestGroups: true }, isWhole: false }).then(() => answers.push('written'));
  await vi.waitFor(() => expect(apply).toHaveBeenLastCalledWith({ ...DEFAULT_SETTINGS, interestGroups: true }));
  expect(answers).toEqual([]);
  expect(await services.settings.get()).toMatchObject({ interestGroups: true });
  finish();
  await Promise.all([read, written]);
});
