// What the stores for Chromium extensions refuse in an uploaded archive, as far as their documents say it; they have no checker that could be run here.

/** @typedef {Readonly<Record<string, Uint8Array>>} Files by their paths in the archive */

const LONGEST = { name: 75, short_name: 12, description: 132 };

/** What may not be in an upload: stores put in their own. */
const OF_STORES = ['key', 'update_url'];

/** Code from elsewhere: in markup, and as scripts are loaded by scripts. */
const REMOTE_CODE = /<script[^>]+src\s*=\s*["']?https?:|\b(?:import|importScripts)\s*\(\s*["'`]https?:|\bfrom\s*["']https?:/i;

const text = (/** @type {Uint8Array | undefined} */ bytes) => new TextDecoder().decode(bytes);

/** The width and height of a PNG. @param {Uint8Array | undefined} file */
export function sizeOfPNG(file) {
  if (!file || text(file.subarray(1, 4)) !== 'PNG') return null;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  return [view.getUint32(16), view.getUint32(20)];
}

/** Every string in it. @param {unknown} value @returns {string[]} */
const stringsIn = (value) =>
  typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];

/** The files that a manifest names. @param {Record<string, any>} manifest @returns {string[]} */
const filesNamedBy = (manifest) => [
  ...stringsIn([manifest.icons, manifest.action?.default_icon, manifest.action?.default_popup, manifest.options_ui?.page]),
  ...stringsIn([manifest.devtools_page, manifest.background?.service_worker, manifest.sandbox?.pages]),
  ...(manifest.content_scripts ?? []).flatMap((/** @type {any} */ script) => stringsIn([script.js, script.css])),
  ...(manifest.declarative_net_request?.rule_resources ?? []).map((/** @type {{ path: string }} */ { path }) => path),
];

/** @param {string} version */
function isVersion(version) {
  const numbers = version.split('.');
  return numbers.length <= 4 && numbers.every((number) => /^(0|[1-9]\d{0,4})$/.test(number) && Number(number) < 2 ** 16);
}

/** @param {Record<string, any>} manifest @param {Files} files @returns {string[]} */
function problemsOfTexts(manifest, files) {
  /** @type {Record<string, { message: string }>} */
  const messages = manifest.default_locale ? JSON.parse(text(files[`_locales/${manifest.default_locale}/messages.json`]) || '{}') : {};
  const messageOf = (/** @type {string} */ name) => messages[name]?.message;
  const names = stringsIn(manifest).flatMap((value) => /^__MSG_(\w+)__$/.exec(value)?.[1] ?? []);
  const missing = names.filter((name) => messageOf(name) === undefined).map((name) => `there is no text ${name}`);
  const long = Object.entries(LONGEST).flatMap(([field, longest]) => {
    const said = String(manifest[field] ?? '').replace(/__MSG_(\w+)__/, (_, name) => messageOf(name) ?? '');
    return said.length > longest ? [`${field} has ${said.length} characters, and may have ${longest}`] : [];
  });
  return [...missing, ...long];
}

/** @param {Files} files @returns {string[]} what is wrong with it, in words */
export function problemsOfPackage(files) {
  if (!files['manifest.json']) return ['there is no manifest.json at the top'];
  /** @type {Record<string, any>} */
  const manifest = JSON.parse(text(files['manifest.json']));
  const { manifest_version: kind, version = '', icons = {} } = manifest;
  const named = filesNamedBy(manifest).map((name) => name.replace(/^\//, ''));
  return [
    ...(kind === 3 ? [] : [`the manifest's version is ${kind}, not 3`]),
    ...(isVersion(version) ? [] : [`${version} is no version: one to four numbers below 65,536`]),
    ...OF_STORES.filter((field) => field in manifest).map((field) => `${field} may not be in an upload`),
    ...problemsOfTexts(manifest, files),
    ...named.filter((name) => !files[name]).map((name) => `${name} is named by the manifest, and not there`),
    ...(icons['128'] ? [] : ['there is no icon of 128 pixels']),
    ...Object.entries(icons).flatMap(([size, name]) =>
      sizeOfPNG(files[name])?.every((length) => length === Number(size)) ? [] : [`${name} is no PNG of ${size} pixels`],
    ),
    ...Object.keys(files)
      .filter((name) => /^_(?!locales\/)/.test(name))
      .map((name) => `${name}: such names are the browser's own`),
    ...Object.entries(files)
      .filter(([name, bytes]) => /\.(?:m?js|html?)$/.test(name) && REMOTE_CODE.test(text(bytes)))
      .map(([name]) => `${name} loads code from elsewhere`),
  ];
}
