// `npm run lint`: Biome's rules, then our own about the sources (scripts/lint).

import path from 'node:path';
import { runChild } from './child.mjs';
import { root } from './extension.mjs';
import { problemsOfTree } from './lint/tree.mjs';

const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
await runChild('Biome', process.execPath, [biome, 'check', '--error-on-warnings'], { cwd: root, stdio: 'inherit' }).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
const problems = problemsOfTree();
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
console.log(`Rules of our own (docs/contributing.md): ${problems.length} problem${problems.length === 1 ? '' : 's'}.`);
