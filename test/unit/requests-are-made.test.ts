/** Every request and every call that somebody answers is made by somebody: one that was forgotten on the asking side is found by its name. */

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { CALLS } from '../../src/protocol/worklet-port';
import { membersOf, SOURCES } from './members-of';

/** The text of all scripts in the folder. */
function textOf(folder: string): string {
  const entries = fs.readdirSync(path.join(SOURCES, folder), { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  return files.map((file) => fs.readFileSync(path.join(file.parentPath, file.name), 'utf8')).join('\n');
}

describe('a request to the service worker is made by a page or its bridge', () => {
  const askers = textOf('page') + textOf('content');
  test.each(membersOf('protocol/messages.ts', 'Requests'))('%s', (method) => {
    expect(askers).toMatch(new RegExp(`(?:request|send)\\('${method.replace('.', '\\.')}'`));
  });
});

describe('a call of the worklet host is made by the realm', () => {
  const realm = textOf('worklet');
  test.each(Object.keys(CALLS))('%s', (name) => {
    expect(realm).toMatch(new RegExp(`ask\\('${name.replace('.', '\\.')}'`));
  });
});
