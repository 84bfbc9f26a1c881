/** What addEventListener() and removeEventListener() are given, converted as Web IDL does (docs/possibilities.md has the dictionary). */

import { isValidKey } from '../../spec/modifier-methods';
import { KEY_ACTIONS, type KeyAction } from '../../spec/possibilities/key-handlers';
import { memberContext, toDictionarySource, toDOMString, toSequence } from '../../webidl/conversions';
import { dataError, typeError } from '../../webidl/exceptions';
import { append } from '../../webidl/primordials';

const DICTIONARY = 'SharedStorageKeyHandlerOptions';

export interface GivenHandler {
  readonly name: string;
  readonly key: string;
  /** Each once, in the order of KEY_ACTIONS. */
  readonly actions: KeyAction[];
  /** Whatever was given as the worklet; undefined for that of the SharedStorage. */
  readonly worklet: unknown;
}

function toEnum(value: unknown, values: readonly string[], type: string, context: string): string {
  const text = toDOMString(value, context);
  for (let index = 0; index < values.length; index++) if (values[index] === text) return text;
  throw typeError(`The provided value '${text}' is not a valid enum value of type ${type}.`, context);
}

function convertActions(value: unknown, operation: string): KeyAction[] {
  const context = memberContext(operation, 'actions', DICTIONARY);
  const given =
    value === undefined ? KEY_ACTIONS : toSequence(value, context, (one) => toEnum(one, KEY_ACTIONS, 'SharedStorageKeyAction', context));
  const actions: KeyAction[] = [];
  for (let index = 0; index < KEY_ACTIONS.length; index++) {
    const action = KEY_ACTIONS[index] as KeyAction;
    for (let at = 0; at < given.length; at++)
      if (given[at] === action) {
        append(actions, action);
        break;
      }
  }
  // A handler that nothing can call is a mistake.
  if (actions.length === 0) throw typeError('At least one action is required.', context);
  return actions;
}

/** `length` arguments have been given at least. */
export function convertHandler(args: ArrayLike<unknown>, operation: string): GivenHandler {
  toEnum(args[0], ['key'], 'SharedStorageEventType', operation);
  const name = toDOMString(args[1], operation);
  // A dictionary with a required member is not made of nothing.
  const source = toDictionarySource(args[2] ?? '', DICTIONARY, operation) as Record<string, unknown>;
  const actions = convertActions(source.actions, operation);
  const { key: given } = source;
  const context = memberContext(operation, 'key', DICTIONARY);
  if (given === undefined) throw typeError('Required member is undefined.', context);
  const key = toDOMString(given, context);
  const { worklet } = source;
  if (!isValidKey(key)) throw dataError(`${operation}: Length of the "key" parameter is not valid`);
  return { name, key, actions, worklet };
}

export const workletProblem = (operation: string): TypeError =>
  typeError(`Failed to convert value to 'SharedStorageWorklet'.`, memberContext(operation, 'worklet', DICTIONARY));
