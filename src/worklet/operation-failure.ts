/** Why an operation or a module failed, in the words that Chromium has for its developer. */

import { isObject } from '../webidl/conversions';
import { withoutOwnFrames } from './console/describe-error';

/** The stack where what was thrown has one, whatever it is, and its text otherwise; errors of its own code on the way are reported by `report`. */
export function describeFailure(thrown: unknown, report: (exception: unknown) => void): string {
  try {
    if (isObject(thrown) && 'stack' in thrown) return withoutOwnFrames(`${stackOf(thrown, report) as string}`);
    return `${thrown as string}`;
  } catch (exception) {
    report(exception);
    return 'Unknown Failure';
  }
}

function stackOf(thrown: { readonly stack?: unknown }, report: (exception: unknown) => void): unknown {
  try {
    return thrown.stack;
  } catch (exception) {
    report(exception);
    return thrown;
  }
}
