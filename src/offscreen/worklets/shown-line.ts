/** What worklets log, as the console of their page shows it. */

import type { LoggedLine, ShownLine } from '../../protocol/console-lines';

/** After the name of its operation, where the method has room for that. */
export function shownLine({ operation, method, args }: LoggedLine): ShownLine {
  // The name is the page's, and the first argument a format string where others follow.
  const prefix = `[shared storage worklet: ${operation.replaceAll('%', '%%')}]`;
  const [first, ...rest] = args;
  const labelled =
    typeof first === 'string' && first.includes('%') && rest.length > 0 ? [`${prefix} ${first}`, ...rest] : [prefix, ...args];
  switch (method) {
    case 'assert':
      return [method, false, ...labelled];
    // Of these the developer tools show what the first argument is, and nothing else.
    case 'dir':
    case 'table':
      return [method, ...args];
    case 'clear':
    case 'groupEnd':
      return [method];
    default:
      return [method, ...labelled];
  }
}
