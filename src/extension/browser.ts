/** The one door to the extension API outside content scripts; `chrome` stays in use where the polyfill's types know less than Chromium. */

export { default as browser } from 'webextension-polyfill';
