/** A folder imports only what is below it in the table of scripts/lint/floors.mjs. */

import { describe, expect, test } from 'vitest';
import { problemsOfEmptyFloors, problemsOfFloors, WORLDS } from '../../scripts/lint/floors.mjs';
import { parseSource } from '../../scripts/lint/source.mjs';

const messagesOf = (file: string, text: string) => problemsOfFloors([parseSource(file, text)]).map(({ message }) => message);

describe('an import', () => {
  test.each([
    ['of the same folder', 'background/requests/gate.ts', "import { a } from './access';"],
    ['of a floor below', 'background/index.ts', "import { a } from './requests/gate';"],
    ['of a floor further below', 'background/fenced-frames/fence.ts', "import type { A } from '../browser/pages';"],
    ['of a world below', 'background/select-url/navigate.ts', "import { a } from '../../spec/locks';"],
    ['of a folder of a world below', 'protocol/messages.ts', "import { a } from '../spec/permissions-policy/allowlist';"],
    ['of a file below the folders beside it', 'worklet/console/console.ts', "import { a } from '../port';"],
    ['of a library', 'store/database-connection.ts', "import { openDB } from 'idb';"],
    ['that is computed', 'worklet/module.ts', 'const add = (url: string) => import(url);'],
  ])('%s is allowed', (_which, file, text) => {
    expect(messagesOf(file, text)).toEqual([]);
  });

  test.each([
    ['of a floor above', 'background/browser/badge.ts', "import { a } from '../requests/gate';"],
    ['of a type from a floor above', 'background/browser/badge.ts', "import type { Caller } from '../requests/caller';"],
    ['of a type within another type', 'background/browser/badge.ts', "type A = import('../requests/caller').Caller;"],
    ['that runs later', 'background/browser/badge.ts', "const a = () => import('../requests/caller');"],
    ['by way of an export', 'background/browser/badge.ts', "export { a } from '../requests/caller';"],
    ['of everything', 'background/browser/badge.ts', "export * from '../requests/caller';"],
    ['of a neighbour in the same row', 'background/select-url/navigate.ts', "import { a } from '../header-writes/header-writes';"],
    ['of what is on top of its world', 'background/handlers/table.ts', "import { a } from '../index';"],
    ['of a file above the folders beside it', 'worklet/console/console.ts', "import { a } from '../operations';"],
    ['of a world above', 'spec/database.ts', "import type { A } from '../protocol/messages';"],
    ['of a world beside', 'page/bridge/page-url.ts', "import { a } from '../../content/bridge.iife';"],
    ['of a world that does not exist', 'spec/database.ts', "import { a } from '../helpers/a';"],
    ['of something outside src', 'background/index.ts', "import manifest from '../../manifest.json';"],
    ['of a library where all is injected', 'page/bridge/page-url.ts', "import { a } from 'idb';"],
    ['of a library that another world has', 'store/database-connection.ts', "import { a } from 'webextension-polyfill';"],
  ])('%s is an error', (_which, file, text) => {
    expect(messagesOf(file, text)).toEqual([expect.stringContaining('must not import')]);
  });
});

test('a floor has something on it', () => {
  const files = WORLDS.flatMap(({ name, floors = ['.'] }) =>
    floors.flat().map((floor) => (floor === '.' ? `${name}/a.ts` : floor.endsWith('.ts') ? `${name}/${floor}` : `${name}/${floor}/a.ts`)),
  );
  const sources = files.map((file) => parseSource(file, ''));
  expect(problemsOfEmptyFloors(sources)).toEqual([]);
  expect(problemsOfEmptyFloors(sources.filter(({ file }) => file !== 'background/updates/a.ts'))).toMatchObject([
    { file: 'background/updates' },
  ]);
});

test.each(['helpers/a.ts', 'background/helpers/a.ts'])('%s has no floor', (file) => {
  expect(messagesOf(file, '')).toEqual([expect.stringContaining('on no floor')]);
});

test('the error says what may be imported', () => {
  expect(messagesOf('background/updates/window-updates.ts', "import { a } from '../requests/gate';")).toEqual([
    'src/background/updates must not import src/background/requests. Below it: src/background/browser, src/store, src/extension, src/injected, src/protocol, src/spec, webextension-polyfill, structured-headers, cborg, @hpke/common, @hpke/core, @hpke/chacha20poly1305 (scripts/lint/floors.mjs)',
  ]);
});
