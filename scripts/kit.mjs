// Builds lib/: the test kit as JavaScript modules with their types, and the extension as an archive. The extension has to be built already.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runChild } from './child.mjs';
import { dist, root } from './extension.mjs';
import { zipFolder } from './zip.mjs';

export const lib = path.join(root, 'lib');

/** What `package.json` exports, and the command. */
const ENTRIES = {
  index: 'src/kit/index.ts',
  cdp: 'src/kit/cdp.ts',
  matchers: 'src/kit/matchers.ts',
  playwright: 'src/kit/playwright.ts',
  puppeteer: 'src/kit/puppeteer.ts',
  vitest: 'src/kit/vitest.ts',
  webdriver: 'src/kit/webdriver.ts',
  cli: 'src/kit/cli/index.ts',
};

/** The name of a module beside the one that imports it. */
const IMPORTED = /(?<=(?:from |import\()['"])\.\/([\w-]+)(?=['"])/g;

export async function buildKit() {
  fs.rmSync(lib, { recursive: true, force: true });
  await bundle();
  await declareTypes();
  fs.writeFileSync(path.join(lib, 'extension.zip'), await zipFolder(dist));
}

/** Node's own modules and packages stay outside; what the entries share goes into files beside them, so that all find the extension at the same place. */
async function bundle() {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    build: {
      ssr: true,
      outDir: lib,
      emptyOutDir: false,
      minify: false,
      target: 'node20',
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, path.join(root, file)])),
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  const cli = path.join(lib, 'cli.js');
  fs.writeFileSync(cli, `#!/usr/bin/env node\n${fs.readFileSync(cli, 'utf8')}`, { mode: 0o755 });
}

/** The declarations of the kit's own files: users see nothing of what those import from elsewhere in the sources. */
async function declareTypes() {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve('typescript/package.json');
  const compiler = path.join(path.dirname(manifest), require(manifest).bin.tsc);
  await runChild('tsc', process.execPath, [compiler, '-p', path.join(root, 'tsconfig.kit.json')], { cwd: root, stdio: ['ignore', 2, 2] });
  const folder = path.join(lib, 'types/src/kit');
  const waiting = Object.keys(ENTRIES).filter((name) => name !== 'cli');
  const declared = new Set(waiting);
  for (let name = waiting.pop(); name; name = waiting.pop()) {
    const text = fs.readFileSync(path.join(folder, `${name}.d.ts`), 'utf8');
    for (const [, imported = ''] of text.matchAll(IMPORTED)) if (!declared.has(imported)) waiting.push(imported);
    for (const other of waiting) declared.add(other);
    // Node's resolution wants a file's whole name.
    fs.writeFileSync(
      path.join(lib, `${name}.d.ts`),
      text.replace(IMPORTED, (match) => `${match}.js`),
    );
  }
  fs.rmSync(path.join(lib, 'types'), { recursive: true });
}
