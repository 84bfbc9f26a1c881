/** Runs functions of src/injected in the isolated worlds of documents. Whatever is injected goes through here, where a unit test finds it. */

type Target = chrome.scripting.InjectionTarget;

/** Resolves to what `func` returned in each document of the target; `func` is copied there, and must refer to nothing outside itself. */
export function runInAll<Args extends unknown[], Result>(
  target: Target,
  func: (...args: Args) => Result,
  ...args: Args
): Promise<chrome.scripting.InjectionResult<Awaited<Result>>[]> {
  return chrome.scripting.executeScript({ target, injectImmediately: true, func, args });
}

/** The same for a target that is one document; undefined where it has gone meanwhile. */
export async function runIn<Args extends unknown[], Result>(
  target: Target,
  func: (...args: Args) => Result,
  ...args: Args
): Promise<Awaited<Result> | undefined> {
  const [answer] = await runInAll(target, func, ...args);
  return answer?.result;
}

/** The same in the page's own realm, where page code may have replaced anything: of what it answers only the document is sure. */
export async function runInPage<Args extends unknown[], Result>(
  target: Target,
  func: (...args: Args) => Result,
  ...args: Args
): Promise<Awaited<Result> | undefined> {
  const [answer] = await chrome.scripting.executeScript({ target, world: 'MAIN', injectImmediately: true, func, args });
  return answer?.result;
}

/** Runs scripts of the build in one of a document's worlds. */
export async function runFiles(target: Target, world: `${chrome.scripting.ExecutionWorld}`, ...files: string[]): Promise<void> {
  await chrome.scripting.executeScript({ target, injectImmediately: true, world, files });
}
