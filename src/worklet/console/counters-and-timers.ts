/** console.count() and console.time(), with their relatives. https://console.spec.whatwg.org/#counting https://console.spec.whatwg.org/#timing */

import { append, Map, mapDelete, mapGet, mapHas, mapSet } from '../../webidl/primordials';
import { now } from '../primordials';
import { mirror } from './lines';

const counts = new Map<string, number>();
const timers = new Map<string, number>();

const labelOf = (label: unknown): string => (label === undefined ? 'default' : `${label as string}`);

export function count(given: unknown): void {
  const label = labelOf(given);
  const next = (mapGet(counts, label) ?? 0) + 1;
  mapSet(counts, label, next);
  mirror('log', [`${label}: ${next}`]);
}

export function countReset(given: unknown): void {
  const label = labelOf(given);
  if (!mapDelete(counts, label)) mirror('warn', [`Count for '${label}' does not exist`]);
}

export function time(given: unknown): void {
  const label = labelOf(given);
  if (mapHas(timers, label)) mirror('warn', [`Timer '${label}' already exists`]);
  else mapSet(timers, label, now());
}

function elapsed(label: string): string | null {
  const begun = mapGet(timers, label);
  if (begun !== undefined) return `${label}: ${now() - begun} ms`;
  mirror('warn', [`Timer '${label}' does not exist`]);
  return null;
}

export function timeLog(given: unknown, data: readonly unknown[]): void {
  const text = elapsed(labelOf(given));
  if (text === null) return;
  const args: unknown[] = [text];
  for (let index = 0; index < data.length; index++) append(args, data[index]);
  mirror('log', args);
}

export function timeEnd(given: unknown): void {
  const label = labelOf(given);
  const text = elapsed(label);
  if (text !== null) mirror('log', [text]);
  mapDelete(timers, label);
}
