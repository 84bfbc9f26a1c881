/** What stores and registries ask for: the archive, the texts and pictures beside it, and what package.json says. */

import fs from 'node:fs';
import { describe, expect, test } from 'vitest';
import { problemsOfPackage, sizeOfPNG } from '../../scripts/store-checks.mjs';

const readJSON = (file: string) => JSON.parse(fs.readFileSync(file, 'utf8'));
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

const ICON = new Uint8Array(fs.readFileSync('public/icons/icon-128.png'));

const MANIFEST = {
  manifest_version: 3,
  name: 'A lab',
  version: '1.2.3',
  description: '__MSG_about__',
  default_locale: 'en',
  icons: { 128: 'icon.png' },
  background: { service_worker: 'worker.js' },
};

/** An archive in which there is nothing to find, but for what is given. */
const archive = (manifest: object = {}, files: Record<string, unknown> = {}) => ({
  'manifest.json': bytes({ ...MANIFEST, ...manifest }),
  '_locales/en/messages.json': bytes({ about: { message: 'About it' } }),
  'icon.png': ICON,
  'worker.js': bytes('import "./other.js"; fetch("https://server.example/"); // from the page'),
  ...Object.fromEntries(Object.entries(files).map(([name, value]) => [name, bytes(value)])),
});

describe('an archive', () => {
  test('that is right has no problems', () => {
    expect(problemsOfPackage(archive())).toEqual([]);
  });

  test.each<[problem: RegExp, manifest: object, files?: Record<string, unknown>]>([
    [/version is 2, not 3/, { manifest_version: 2 }],
    [/1\.2\.3-beta is no version/, { version: '1.2.3-beta' }],
    [/70000 is no version/, { version: '70000' }],
    [/key may not be/, { key: 'k' }],
    [/update_url may not be/, { update_url: 'https://a.example' }],
    [/no text missing/, { name: '__MSG_missing__' }],
    [/description has 133 characters/, {}, { '_locales/en/messages.json': { about: { message: 'x'.repeat(133) } } }],
    [/gone\.html is named/, { options_ui: { page: 'gone.html' } }],
    [/gone\.js is named/, { content_scripts: [{ js: ['worker.js', 'gone.js'] }] }],
    [/no icon of 128/, { icons: {} }],
    [/icon\.png is no PNG of 48/, { icons: { 48: 'icon.png', 128: 'icon.png' } }],
    [/_metadata\/x: such names/, {}, { '_metadata/x': '' }],
    [/page\.html loads code/, {}, { 'page.html': '<script async src="https://cdn.example/a.js"></script>' }],
    [/other\.js loads code/, {}, { 'other.js': `import('https://cdn.example/a.js')` }],
  ])('is told of %s', (problem, manifest, files) => {
    expect(problemsOfPackage(archive(manifest, files))).toEqual([expect.stringMatching(problem)]);
  });
});

describe('for the store', () => {
  test('each permission has its reason', () => {
    const { permissions } = readJSON('manifest.json') as { permissions: string[] };
    const reasons = fs.readFileSync('store/permissions.md', 'utf8');
    expect(Array.from(reasons.matchAll(/^- \*\*([a-zA-Z]+)\.\*\*/gm), ([, name]) => name)).toEqual(permissions);
  });

  test('the pictures have the size that it takes, and are one to five', () => {
    const pictures = fs.readdirSync('store/screenshots');
    expect(pictures.length).toBeGreaterThan(0);
    expect(pictures.length).toBeLessThanOrEqual(5);
    for (const name of pictures) expect(sizeOfPNG(new Uint8Array(fs.readFileSync(`store/screenshots/${name}`)))).toEqual([1280, 800]);
  });

  test('the summary of the listing is what the extension says of itself', () => {
    const { extensionDescription } = readJSON('_locales/en/messages.json');
    expect(fs.readFileSync('store/listing.md', 'utf8')).toContain(extensionDescription.message);
  });
});

test('nobody who uses the kit gets a dependency of ours that only we need, or has to have all of the libraries', () => {
  const { dependencies, peerDependencies, peerDependenciesMeta, exports, files, publishConfig } = readJSON('package.json');
  expect(Object.keys(dependencies)).toEqual(['ws']);
  expect(Object.keys(peerDependenciesMeta)).toEqual(Object.keys(peerDependencies));
  expect(Object.values(peerDependenciesMeta)).toEqual(Object.keys(peerDependencies).map(() => ({ optional: true })));
  expect(Object.keys(exports)).toEqual([
    '.',
    './playwright',
    './puppeteer',
    './webdriver',
    './vitest',
    './cdp',
    './matchers',
    './package.json',
  ]);
  expect(files).toContain('lib');
  expect(publishConfig).toEqual({ access: 'public', provenance: true });
});

test('the version is in one place', () => {
  expect(readJSON('manifest.json')).not.toHaveProperty('version');
  const { version } = readJSON('package.json');
  expect(readJSON('package-lock.json').version).toBe(version);
  expect(fs.readFileSync('CHANGELOG.md', 'utf8')).toContain(`## ${version}`);
});
