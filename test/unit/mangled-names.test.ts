/** Injected scripts call some members by shorter names: nobody but these scripts may know those members. */

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { MANGLED_NAMES } from '../../scripts/mangled-names.mjs';

const root = path.resolve(import.meta.dirname, '../..');

const filesIn = (folder: string): string[] =>
  fs.readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => path.join(folder, file));

const textsOf = (files: readonly string[]) =>
  files.filter((file) => file.endsWith('.ts')).map((file) => ({ file: path.relative(root, file), text: fs.readFileSync(file, 'utf8') }));

const protocol = textsOf(filesIn(path.join(root, 'src/protocol')));
const ours = textsOf(filesIn(path.join(root, 'src')));
/** TypeScript keeps what it says of the platform in a package for each kind of machine. */
const packages = ['@types/chrome', ...fs.readdirSync(path.join(root, 'node_modules/@typescript')).map((name) => `@typescript/${name}`)];
const platform = packages.flatMap((name) => textsOf(filesIn(path.join(root, 'node_modules', name))));

test('what messages and the platform know is looked at', () => {
  expect(protocol.some(({ text }) => /\bisModuleLoaded\b/.test(text))).toBe(true);
  expect(platform.some(({ text }) => /^\s*addEventListener\(/m.test(text))).toBe(true);
});

test.each(MANGLED_NAMES)('%s is in no message, in no string, and is no member of the platform', (name) => {
  const word = new RegExp(`\\b${name}\\b`);
  const text = new RegExp(`['"]${name}['"]`);
  const member = new RegExp(`^\\s*(?:readonly )?${name}[?(:]`, 'm');
  expect(protocol.filter((one) => word.test(one.text)).map(({ file }) => file)).toEqual([]);
  expect(ours.filter((one) => text.test(one.text)).map(({ file }) => file)).toEqual([]);
  expect(platform.filter((one) => member.test(one.text)).map(({ file }) => file)).toEqual([]);
});
