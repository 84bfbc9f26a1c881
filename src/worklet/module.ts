/**
 * Runs the worklet's script. Chromium ran it as a classic script: sloppy mode, and top-level declarations of functions become
 * globals. A script that does not parse as one, because it uses `import.meta` or a top-level `await`, runs as the module that
 * the specification makes of it.
 */

import { construct, Error, react, stringIndexOf, stringSlice } from '../webidl/primordials';
import { describeError } from './console/describe-error';
import {
  createScriptURL,
  importScripts,
  NativeFunction,
  NativeSyntaxError,
  revokeScriptURL,
  stringIncludes,
  stringSplit,
} from './primordials';

/** Gets null, or what native puts into the OperationError's message. */
type Done = (error: string | null) => void;

function parsesAsClassicScript(source: string): boolean {
  try {
    construct(NativeFunction, [source]);
    return true;
  } catch {
    return false;
  }
}

/** What was thrown may be a proxy whose traps throw. */
function isSyntaxError(error: unknown): error is SyntaxError {
  try {
    return error instanceof NativeSyntaxError;
  } catch {
    return false;
  }
}

export function runModule(url: string, source: string, done: Done): void {
  // Developer tools then show the script, its breakpoints and its stack traces, under the script's own URL.
  const scriptURL = createScriptURL(`${source}\n//# sourceURL=${url}`);
  try {
    importScripts(scriptURL);
  } catch (error) {
    if (isSyntaxError(error) && !parsesAsClassicScript(source)) {
      runAsModule(scriptURL, url, error, done);
      return;
    }
    revokeScriptURL(scriptURL);
    done(describe(error, url));
    return;
  }
  // Not among what is tried: what failed in here would call back a second time.
  revokeScriptURL(scriptURL);
  done(null);
}

function runAsModule(scriptURL: string, url: string, classicError: unknown, done: Done): void {
  const finish = (error: string | null) => {
    revokeScriptURL(scriptURL);
    done(error);
  };
  const fail = (error: unknown) => finish(describe(isSyntaxError(error) ? classicError : error, url));
  react(import(/* @vite-ignore */ scriptURL), () => finish(null), fail);
}

const PREFIX = "Failed to execute 'importScripts' on 'WorkerGlobalScope': ";

function withoutPrefix(message: string): string {
  return stringIndexOf(message, PREFIX) === 0 ? stringSlice(message, PREFIX.length) : message;
}

/** The error, with those lines of its stack that are the script's own. */
function describe(error: unknown, url: string): string {
  try {
    return describeWithStack(error, url);
  } catch {
    return 'an error that cannot be described';
  }
}

function describeWithStack(error: unknown, url: string): string {
  if (isSyntaxError(error)) return `SyntaxError: ${withoutPrefix(error.message)}`;
  if (!(error instanceof Error)) return describeError(error);
  const lines = stringSplit(describeError(error), '\n');
  let text = '';
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string;
    if (index === 0) text = line;
    else if (stringIncludes(line, url)) text += `\n${line}`;
  }
  return text;
}
