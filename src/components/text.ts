/**
 * The texts that a person reads, all of them in _locales: no string is in the code. `npm run lint` sees to it that each name that is used is
 * there, that each that is there is used, and that a text gets as many values as it has places for.
 */

import type messages from '../../_locales/en/messages.json';

export type TextName = keyof typeof messages;

/** The text with the values in the place of its $1, $2 and so on. */
export const text = (name: TextName, ...values: readonly (string | number)[]): string => chrome.i18n.getMessage(name, values.map(String));

/** What there is in two forms: `frames` where there are `framesOne` and `framesOther`. */
type CountedName = TextName extends infer Name ? (Name extends `${infer Stem}One` ? Stem : never) : never;

const rules = new Intl.PluralRules(chrome.i18n.getUILanguage());
const numbers = new Intl.NumberFormat(chrome.i18n.getUILanguage());

/** A number of things: the form that goes with it, with the number, as a person writes it, in the place of $1. */
export function counted(name: CountedName, count: number, ...values: readonly (string | number)[]): string {
  const form = rules.select(count) === 'one' ? 'One' : 'Other';
  return text(`${name}${form}` as TextName, numbers.format(count), ...values);
}
