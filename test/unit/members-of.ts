/** What an interface of the sources has, for tests of whatever it names. */

import fs from 'node:fs';
import path from 'node:path';

export const SOURCES = path.resolve(import.meta.dirname, '../../src');

/** The members of an interface, by its text. */
export function membersOf(file: string, name: string): string[] {
  const text = fs.readFileSync(path.join(SOURCES, file), 'utf8');
  const body = text.slice(text.indexOf(`interface ${name} {`)).split('\n}\n', 1)[0] ?? '';
  return [...body.matchAll(/^ {2}'?([\w.]+)'?: \{/gm)].map(([, member]) => member as string);
}
