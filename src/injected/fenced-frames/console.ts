/** Writes to the page's console, where no script of the page sees it. */
export function writeToConsole(level: 'error' | 'warn', text: string): void {
  console[level](text);
}
