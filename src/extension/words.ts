/** Texts of _locales by their names, and reasons in their words. */

import { MOMENT, type Reason, type ReasonValue } from '../spec/reason';

const language = (): string => chrome.i18n.getUILanguage();

/** The text with the values in the place of its $1, $2 and so on; empty where there is none of that name. */
export const message = (name: string, values: readonly (string | number)[]): string => chrome.i18n.getMessage(name, values.map(String));

/** A text in two forms: the one that goes with the count, with that, as a person writes it, in the place of $1. */
export function countedMessage(name: string, count: number, values: readonly (string | number)[]): string {
  const form = new Intl.PluralRules(language()).select(count) === 'one' ? 'One' : 'Other';
  return message(`${name}${form}`, [new Intl.NumberFormat(language()).format(count), ...values]);
}

/** How a date with its time is written, in `language()`. */
export const MOMENTS = { dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' } as const;

function formatMoment(time: number): string {
  // A file that was imported may have any number.
  if (Number.isNaN(new Date(time).getTime())) return String(time);
  return new Intl.DateTimeFormat(language(), MOMENTS).format(time);
}

const inPlace = (value: ReasonValue): string | number => (typeof value === 'object' ? wordsOf(value) : value);

/** What a person reads. */
export function wordsOf(reason: Reason): string {
  if (typeof reason === 'string') return reason;
  const { text, count } = reason;
  const [time] = reason.values;
  if (text === MOMENT && typeof time === 'number') return formatMoment(time);
  const values = reason.values.map(inPlace);
  const words = count === undefined ? message(text, values) : countedMessage(text, count, values);
  // It may have been imported, and come from a version that has more of them.
  return words || [text, ...(count === undefined ? [] : [count]), ...values].join(' ');
}
