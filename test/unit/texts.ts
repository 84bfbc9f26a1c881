/** The texts of _locales in Node: whoever imports this has `chrome.i18n`, as far as the extension uses it. */

import { vi } from 'vitest';
import messages from '../../_locales/en/messages.json';

const texts: Readonly<Record<string, { readonly message: string }>> = messages;

const getMessage = (name: string, values: readonly string[]): string =>
  (texts[name]?.message ?? '').replaceAll(/\$(\d)/g, (_, place: string) => values[Number(place) - 1] ?? '');

vi.stubGlobal('chrome', { ...globalThis.chrome, i18n: { getMessage, getUILanguage: () => 'en' } });
