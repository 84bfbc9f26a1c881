/** What the tests of event handlers on keys have in common. */

import { type Lab, type Page, until } from './lab';

export const HANDLER_SCRIPTS = ['0 event-handlers', 'event-handlers'];

export const SWITCHED_ON = { possibilities: { eventHandlers: true } };

/** Sets the settings, and waits until documents that are loaded from now on have the methods, or have them no more. */
export async function configureHandlers(lab: Lab, settings: Record<string, unknown> = SWITCHED_ON): Promise<void> {
  await lab.configure({ possibilities: { eventHandlers: false }, ...settings });
  const isOn = (settings.possibilities as { eventHandlers?: boolean } | undefined)?.eventHandlers === true;
  const count = `chrome.scripting.getRegisteredContentScripts({ ids: ${JSON.stringify(HANDLER_SCRIPTS)} }).then(({ length }) => length)`;
  await until(async () => (await lab.inExtension(count)) === (isOn ? HANDLER_SCRIPTS.length : 0));
}

/** A page of the site with the worklet of on-change.js. */
export async function openPage(lab: Lab, site: string, path = '/blank.html'): Promise<Page> {
  const page = await lab.page(site, path);
  await page.evaluate(`sharedStorage.worklet.addModule('/on-change.js')`);
  return page;
}

/** What the page's worklets have logged: the arguments after the operation's name. */
export const linesOf = ({ console }: Page): string[] =>
  console.filter(({ args }) => String(args[0]).startsWith('[shared storage worklet')).map(({ args }) => args.slice(1).join(' '));

/** How a promise ends: `undefined`, or an exception. */
export const outcome = (page: Page, call: string) =>
  page.evaluate(`(async () => { try { return String(await ${call}); } catch (error) { return error.name + ': ' + error.message; } })()`);

/** Registers an operation for the key. */
export const listen = (page: Page, operation: string, options: object) =>
  page.evaluate(`sharedStorage.addEventListener('key', '${operation}', ${JSON.stringify(options)})`);

export const called = (key: string, action: string, value?: string): string =>
  `called: {"type":"key","key":"${key}","action":"${action}"} ${value === undefined ? '' : value}`.trimEnd();
