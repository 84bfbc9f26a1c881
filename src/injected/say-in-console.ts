/** Shows a line in the console of a document, as an error. It is called by the browser, so that no function of ours is in the line's stack trace. */
export function sayInConsole(text: string): void {
  queueMicrotask(console.error.bind(console, text));
}
