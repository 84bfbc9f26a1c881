/** The methods of Navigator by which a browser joins and leaves interest groups. https://wicg.github.io/turtledove/#joining-interest-groups */

import { requireArguments, toSequence, toUSVString } from '../../webidl/conversions';
import { failureOf, typeError } from '../../webidl/exceptions';
import { nativeFunction } from '../../webidl/native-function';
import { toDouble } from '../../webidl/numbers';
import { aPromiseRejectedWith, bag, defineProperty, globalObject, Promise, uncurryGetterOf } from '../../webidl/primordials';
import { connect, request } from '../bridge/bridge-channel';
import { baseURI, isSecureContext } from '../bridge/document-state';
import { convertInterestGroup, convertKey } from './convert-interest-group';

const navigatorOf = uncurryGetterOf(globalObject, 'navigator');
const { prototype } = Navigator;

type Steps = (args: ArrayLike<unknown>, operation: string) => Promise<unknown>;

const SECONDS = 1000;

const join: Steps = (args, operation) => {
  requireArguments(args.length, 1, operation);
  const group = convertInterestGroup(args[0]);
  const lifetimeMs = args[1] === undefined ? undefined : toDouble(args[1], operation) * SECONDS;
  return request('interest.join', { group: bag({ lifetimeMs, ...group }) as never, base: baseURI() }, operation);
};

const leave: Steps = (args, operation) => {
  // Without an argument it is for the frame of an ad, of which there are none: nothing is left.
  if (args[0] === undefined) return new Promise((resolve) => resolve(undefined));
  return request('interest.leave', convertKey(args[0], operation) as never, operation);
};

const clear: Steps = (args, operation) => {
  requireArguments(args.length, 1, operation);
  const owner = toUSVString(args[0], operation);
  const keep = args[1] === undefined ? [] : toSequence(args[1], operation, (name) => toUSVString(name, operation));
  return request('interest.clear', { owner, keep }, operation);
};

const METHODS: readonly (readonly [name: string, length: number, steps: Steps])[] = [
  ['clearOriginJoinedAdInterestGroups', 1, clear],
  ['joinAdInterestGroup', 1, join],
  ['leaveAdInterestGroup', 0, leave],
];

/** DEVIATION: what the browser of today has of them answers that all went well, and does nothing. It is replaced. */
export function installInterestGroups(): void {
  // [SecureContext]
  if (!isSecureContext) return;
  connect('interest');
  for (const [name, length, steps] of METHODS) {
    const operation = failureOf(name, 'Navigator');
    const run = (self: unknown, args: ArrayLike<unknown>) => {
      if (self !== navigatorOf(globalObject)) throw typeError('Illegal invocation', operation);
      return steps(args, operation);
    };
    const value = nativeFunction(name, length, run, aPromiseRejectedWith);
    defineProperty(prototype, name, bag({ value, writable: true, enumerable: true, configurable: true }));
  }
}
