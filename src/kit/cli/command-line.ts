/** The command line of `npx shared-storage-lab`, as a person types it. */

import { parseArgs } from 'node:util';

export const USAGE = `shared-storage-lab open URL [option…]   opens a browser with the extension, and the URL in it
shared-storage-lab path                 prints the folder of the extension

Options of open:
  --settings FILE.json       the extension's settings, in place of those that the profile has
  --fixture FILE.json        a state file, as the options page exports it: its entries are loaded before the URL is opened
  --profile NAME             a profile that is kept under this name; otherwise a fresh one, gone with the browser
  --browser PATH             the browser; otherwise the one that CHROME_PATH names, or one in the usual places
  --headless                 without a window; ends with Ctrl-C
  --insecure-certificates    accept certificates that nobody has signed
  --host-rules RULES         where hosts are, as "MAP shop.example 127.0.0.1:8080"`;

export interface OpenCommand {
  readonly name: 'open';
  readonly url: string;
  readonly settings: string | undefined;
  readonly fixture: string | undefined;
  readonly profile: string | undefined;
  readonly browser: string | undefined;
  readonly headless: boolean;
  /** Switches for the browser. */
  readonly switches: readonly string[];
}

export type Command = OpenCommand | { readonly name: 'path' } | { readonly name: 'help' };

const OPTIONS = {
  settings: { type: 'string' },
  fixture: { type: 'string' },
  profile: { type: 'string' },
  browser: { type: 'string' },
  headless: { type: 'boolean', default: false },
  'insecure-certificates': { type: 'boolean', default: false },
  'host-rules': { type: 'string' },
  help: { type: 'boolean', default: false, short: 'h' },
} as const;

/** What a browser opens. A host with a port, `localhost:3000`, would be a URL as well, of the scheme `localhost:`. */
const OPENED: ReadonlySet<string> = new Set([
  'http:',
  'https:',
  'file:',
  'data:',
  'about:',
  'chrome:',
  'chrome-extension:',
  'view-source:',
]);

/** Names that are a folder's own on every system. */
const PROFILE_NAME = /^[\w-][\w.-]{0,63}$/;

/** Throws an Error that says what is wrong with the command line. */
export function parseCommandLine(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [name, ...rest] = positionals;
  if (values.help || name === undefined || name === 'help') return { name: 'help' };
  if (name === 'path') {
    if (rest.length > 0) throw new Error(`path takes no ${rest[0]}`);
    return { name };
  }
  if (name !== 'open') throw new Error(`There is no command ${name}: open and path are there`);
  const [url, ...others] = rest;
  if (!url || others.length > 0) throw new Error('open takes one URL');
  if (!URL.canParse(url) || !OPENED.has(new URL(url).protocol))
    throw new Error(`${url} is no URL: it needs its scheme, as https://localhost:3000`);
  const { settings, fixture, profile, browser, headless } = values;
  if (profile !== undefined && !PROFILE_NAME.test(profile))
    throw new Error(`A profile's name has letters, digits, ".", "_" and "-" only, at most 64: not ${profile}`);
  const switches = [
    ...(values['insecure-certificates'] ? ['--ignore-certificate-errors'] : []),
    ...(values['host-rules'] ? [`--host-resolver-rules=${values['host-rules']}`] : []),
  ];
  return { name, url, settings, fixture, profile, browser, headless, switches };
}
