/**
 * Runs the worklet's script. Chromium ran it as a classic script: sloppy mode, and top-level declarations of functions become
 * globals. A script that does not parse as one, because it uses `import.meta` or a top-level `await`, runs as the module that
 * the specification makes of it.
 */

import { toDOMString } from '../webidl/conversions';
import { construct, globalObject, isInstance, react, stringIndexOf, stringSlice } from '../webidl/primordials';
import { callAlone } from './call-alone';
import type { Lines } from './console/lines';
import { describeFailure } from './operation-failure';
import { createScriptURL, importScripts, inALaterTask, NativeFunction, NativeSyntaxError, revokeScriptURL } from './primordials';

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

const PREFIX = "Failed to execute 'importScripts' on 'WorkerGlobalScope': ";

/** What was thrown may be a proxy whose traps throw. */
function isSyntaxError(error: unknown): error is SyntaxError {
  try {
    return isInstance(NativeSyntaxError.prototype, error);
  } catch {
    return false;
  }
}

/** What the parser says of the script; null where the script threw the error itself. */
function parserMessageOf(error: unknown): string | null {
  const message = isSyntaxError(error) ? toDOMString(error.message) : '';
  return stringIndexOf(message, PREFIX) === 0 ? stringSlice(message, PREFIX.length) : null;
}

/** `lines`: where it is told why it failed. */
export function runModule(url: string, source: string, lines: Lines, done: Done): void {
  // Developer tools then show the script, its breakpoints and its stack traces, under the script's own URL.
  const scriptURL = createScriptURL(`${source}\n//# sourceURL=${url}`);
  const finish = (error: string | null) => {
    revokeScriptURL(scriptURL);
    // Whatever the script has left in the queue of microtasks still belongs to it.
    inALaterTask(() => done(error));
  };
  const fail = (error: unknown) => {
    const message = parserMessageOf(error);
    if (message === null) finish(failureOf(error, lines));
    else if (parsesAsClassicScript(source)) finish(syntaxFailure(message, lines));
    else runAsModule(scriptURL, message, lines, finish);
  };
  callAlone(importScripts, globalObject, [scriptURL], () => finish(null), fail);
}

function runAsModule(scriptURL: string, classicMessage: string, lines: Lines, finish: Done): void {
  const fail = (error: unknown) => {
    // What parses neither way is told of as the classic script that it looks like.
    finish(isSyntaxError(error) ? syntaxFailure(classicMessage, lines) : failureOf(error, lines));
  };
  react(import(/* @vite-ignore */ scriptURL), () => finish(null), fail);
}

function syntaxFailure(message: string, lines: Lines): string {
  const text = `SyntaxError: ${message}`;
  lines.mirrorUncaught(text);
  return text;
}

function failureOf(error: unknown, lines: Lines): string {
  const report = (exception: unknown) => lines.mirrorUncaught(exception);
  report(error);
  return describeFailure(error, report);
}
