/** docs/settings.md has every setting, with its default. */

import fs from 'node:fs';
import { expect, test } from 'vitest';
import { DEFAULT_SETTINGS, type SettingGroups } from '../../src/extension/settings';

const GROUPS: { readonly [Name in keyof SettingGroups]: true } = {
  budgets: true,
  selectUrl: true,
  privateAggregation: true,
  possibilities: true,
};

/** The rows of the first table: name and default. */
function rows(): Map<string, unknown> {
  const text = fs.readFileSync(new URL('../../docs/settings.md', import.meta.url), 'utf8');
  const found = text.matchAll(/^\| `([\w.]+)` \| `([^`]*)` \|/gm);
  return new Map(Array.from(found, ([, name = '', value = '']) => [name, JSON.parse(value) as unknown]));
}

test('each setting has a row with its default in docs/settings.md, and no other has', () => {
  const documented = new Map<string, unknown>();
  for (const [name, value] of rows()) {
    if (!Object.hasOwn(GROUPS, name)) documented.set(name, value);
    // A group may have one row for all of its fields.
    else for (const [field, one] of Object.entries(value as object)) documented.set(`${name}.${field}`, one);
  }
  const settings = Object.entries(DEFAULT_SETTINGS).flatMap(([name, value]): [string, unknown][] =>
    Object.hasOwn(GROUPS, name) ? Object.entries(value as object).map(([field, one]) => [`${name}.${field}`, one]) : [[name, value]],
  );
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(settings));
});
