/** What worklets log, on its way to the console of their page. */

import { MAXIMUM_LINES } from './limits';
import { array, type Decoded, matching, object, oneOf, string, unknown } from './schema';

/** The methods of `console` that show something in it. */
const METHODS = [
  'assert',
  'clear',
  'debug',
  'dir',
  'dirxml',
  'error',
  'group',
  'groupCollapsed',
  'groupEnd',
  'info',
  'log',
  'table',
  'trace',
  'warn',
] as const;

/** One of them. */
export type ConsoleMethod = (typeof METHODS)[number];

const loggedLine = object({ operation: string, method: oneOf(METHODS), args: array(unknown) });

/** A line as a worklet logs it. */
export type LoggedLine = Decoded<typeof loggedLine>;

/** Lines in the order in which the worklet logged them, MAXIMUM_LINES at most. */
export const loggedLines = object({ lines: array(loggedLine, MAXIMUM_LINES) });

/** A line as the page's console shows it: the method of that console, and what it is called with. */
export type ShownLine = [method: ConsoleMethod, ...args: unknown[]];

const isMethod = (value: unknown): value is ConsoleMethod => (METHODS as readonly unknown[]).includes(value);

/** The same as the page is to show them. */
export const shownLines = array(
  matching((line): line is ShownLine => Array.isArray(line) && isMethod(line[0])),
  MAXIMUM_LINES,
);
