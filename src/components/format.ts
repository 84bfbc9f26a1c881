/** Numbers, times and sizes as a person reads them, in the browser's language. */

import { MOMENTS } from '../extension/words';
import { text } from './text';

const language = chrome.i18n.getUILanguage();
const numbers = new Intl.NumberFormat(language);
const decimals = new Intl.NumberFormat(language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const times = new Intl.DateTimeFormat(language, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});
const moments = new Intl.DateTimeFormat(language, MOMENTS);

export const formatNumber = (value: number): string => numbers.format(value);

/** Without what is behind `:~:`, which a page does not see either: marks of ours are there. */
export const formatURL = (url: string): string => url.replace(/#?:~:.*$/s, '');

/** With thousandths of a second. */
export const formatTime = (time: number): string => times.format(time);

export const formatMoment = (time: number): string => moments.format(time);

export function formatBytes(bytes: number): string {
  if (bytes < 1024) return text('bytes', formatNumber(bytes));
  return bytes < 1024 * 1024 ? text('kilobytes', decimals.format(bytes / 1024)) : text('megabytes', decimals.format(bytes / 1024 / 1024));
}

export function formatDuration(milliseconds: number): string {
  return milliseconds < 1000 ? text('milliseconds', decimals.format(milliseconds)) : text('seconds', decimals.format(milliseconds / 1000));
}

/** What turns the text around that follows, or stands for nothing that can be seen: a page's key could make its event say something else. */
const DIRECTIONS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16)}`;

/** As it is written in a program, cut off after `longest` UTF-16 code units. */
export function formatValue(value: unknown, longest = 200): string {
  const written = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const shown = written.length <= longest ? written : `${written.slice(0, longest)}…`;
  return shown.replace(DIRECTIONS, escaped);
}
