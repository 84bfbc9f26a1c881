/** What the documents name is there. */

import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const DOCUMENTS = ['README.md', ...fs.readdirSync(path.join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter((name) =>
  name.endsWith('.md'),
);

test.each(DOCUMENTS)('the files and folders that %s names exist', (document) => {
  const text = fs.readFileSync(path.join(ROOT, document), 'utf8');
  const named = [...text.matchAll(/`((?:src|test|scripts|docs|public)\/[\w./-]*)`/g)].map(([, name]) => String(name));
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, name]) => path.join(path.dirname(document), String(name)));
  expect([...named, ...linked].filter((name) => !fs.existsSync(path.join(ROOT, name)))).toEqual([]);
});

test.each(DOCUMENTS)('the commands that %s names are in package.json', (document) => {
  const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const text = fs.readFileSync(path.join(ROOT, document), 'utf8');
  const named = [...text.matchAll(/`npm run ([\w:-]+)/g)].map(([, name]) => String(name));
  expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});
