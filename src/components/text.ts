/**
 * The texts that a person reads, all of them in _locales: no string is in the code. `npm run lint` sees to it that each name that is used is
 * there, that each that is there is used, and that a text gets as many values as it has places for.
 */

import type messages from '../../_locales/en/messages.json';
import { countedMessage, message } from '../extension/words';

export type TextName = keyof typeof messages;

/** The text with the values in the place of its $1, $2 and so on. */
export const text = (name: TextName, ...values: readonly (string | number)[]): string => message(name, values);

/** What there is in two forms: `frames` where there are `framesOne` and `framesOther`. */
type CountedName = TextName extends infer Name ? (Name extends `${infer Stem}One` ? Stem : never) : never;

/** A number of things: the form that goes with it, with the number, as a person writes it, in the place of $1. */
export const counted = (name: CountedName, count: number, ...values: readonly (string | number)[]): string =>
  countedMessage(name, count, values);
