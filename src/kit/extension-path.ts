import { fileURLToPath } from 'node:url';

/** The folder of the built extension, for `--load-extension` and `Extensions.loadUnpacked`. */
export const extensionPath: string = fileURLToPath(new URL('../dist', import.meta.url));

/** The same as a zip file, for drivers that send the extension to another machine. */
export const extensionArchive: string = fileURLToPath(new URL('../lib/extension.zip', import.meta.url));
