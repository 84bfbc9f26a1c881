/** What becomes of the script and the rules of a setting, here `preferPolyfill`, where the browser refuses a change. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OptionalScript } from '../../src/background/browser/optional-script';

vi.mock('../../src/extension/browser', () => ({
  get browser() {
    return globalThis.chrome;
  },
}));

type RulesetChange = { enableRulesetIds?: string[]; disableRulesetIds?: string[] };

let scripts: { id: string }[];
let rulesets: Set<string>;
/** How many of the next calls that change something fail. */
let failures: number;

const change = () => {
  if (failures-- > 0) throw new Error('refused by the browser');
};

beforeEach(() => {
  scripts = [];
  rulesets = new Set();
  failures = 0;
  vi.stubGlobal('chrome', {
    scripting: {
      getRegisteredContentScripts: async () => scripts,
      registerContentScripts: async (added: { id: string }[]) => {
        change();
        scripts = [...scripts, ...added];
      },
      unregisterContentScripts: async ({ ids }: { ids: string[] }) => {
        change();
        scripts = scripts.filter(({ id }) => !ids.includes(id));
      },
    },
    declarativeNetRequest: {
      getEnabledRulesets: async () => [...rulesets],
      updateEnabledRulesets: async ({ enableRulesetIds = [], disableRulesetIds = [] }: RulesetChange) => {
        change();
        for (const id of enableRulesetIds) rulesets.add(id);
        for (const id of disableRulesetIds) rulesets.delete(id);
      },
    },
  });
});
afterEach(() => vi.unstubAllGlobals());

const state = () => [scripts.map(({ id }) => id), [...rulesets]];
const ON = [['install-over-native'], ['over-native']];
const OFF = [[], []];

test('a change that failed does not make the next ones deaf', async () => {
  const prefer = new OptionalScript('install-over-native', { ruleset: 'over-native' });
  failures = 1;
  await expect(prefer.apply(true)).rejects.toThrow('refused by the browser');
  await prefer.apply(true);
  expect(state()).toEqual(ON);
  failures = 1;
  await expect(prefer.apply(false)).rejects.toThrow('refused by the browser');
  await prefer.apply(false);
  expect(state()).toEqual(OFF);
});

test('one that failed half-way is completed, or taken back', async () => {
  const prefer = new OptionalScript('install-over-native', { ruleset: 'over-native' });
  await prefer.apply(true);
  const { unregisterContentScripts } = chrome.scripting;
  chrome.scripting.unregisterContentScripts = () => Promise.reject(new Error('refused by the browser'));
  await expect(prefer.apply(false)).rejects.toThrow('refused by the browser');
  expect(state()).toEqual([['install-over-native'], []]);
  chrome.scripting.unregisterContentScripts = unregisterContentScripts;
  await prefer.apply(true);
  expect(state()).toEqual(ON);
});

test('quick changes end as the last one says', async () => {
  const prefer = new OptionalScript('install-over-native', { ruleset: 'over-native' });
  await Promise.all([true, false, true].map((wanted) => prefer.apply(wanted)));
  expect(state()).toEqual(ON);
  await Promise.all([false, true, false].map((wanted) => prefer.apply(wanted)));
  expect(state()).toEqual(OFF);
});
