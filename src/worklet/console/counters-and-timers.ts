/** console.count() and console.time(), with their relatives. https://console.spec.whatwg.org/#counting https://console.spec.whatwg.org/#timing */

import { append, Map, mapDelete, mapGet, mapHas, mapSet } from '../../webidl/primordials';
import { now } from '../primordials';
import type { Lines } from './lines';

const labelOf = (label: unknown): string => (label === undefined ? 'default' : `${label as string}`);

export class CountersAndTimers {
  readonly #lines: Lines;
  readonly #counts = new Map<string, number>();
  readonly #timers = new Map<string, number>();

  constructor(lines: Lines) {
    this.#lines = lines;
  }

  count(given: unknown): void {
    const label = labelOf(given);
    const next = (mapGet(this.#counts, label) ?? 0) + 1;
    mapSet(this.#counts, label, next);
    this.#lines.mirror('log', [`${label}: ${next}`]);
  }

  countReset(given: unknown): void {
    const label = labelOf(given);
    if (!mapDelete(this.#counts, label)) this.#lines.mirror('warn', [`Count for '${label}' does not exist`]);
  }

  time(given: unknown): void {
    const label = labelOf(given);
    if (mapHas(this.#timers, label)) this.#lines.mirror('warn', [`Timer '${label}' already exists`]);
    else mapSet(this.#timers, label, now());
  }

  #elapsed(label: string): string | null {
    const begun = mapGet(this.#timers, label);
    if (begun !== undefined) return `${label}: ${now() - begun} ms`;
    this.#lines.mirror('warn', [`Timer '${label}' does not exist`]);
    return null;
  }

  timeLog(given: unknown, data: readonly unknown[]): void {
    const text = this.#elapsed(labelOf(given));
    if (text === null) return;
    const args: unknown[] = [text];
    for (let index = 0; index < data.length; index++) append(args, data[index]);
    this.#lines.mirror('log', args);
  }

  timeEnd(given: unknown): void {
    const label = labelOf(given);
    const text = this.#elapsed(label);
    if (text !== null) this.#lines.mirror('log', [text]);
    mapDelete(this.#timers, label);
  }
}
