/** Which calls of windows the event log can give back. */

import type { RecordedCall } from '../../protocol/extension-pages/replay';
import type { ReadEvent } from '../../protocol/logged-event';

const METHODS: ReadonlySet<string> = new Set([
  'set',
  'append',
  'delete',
  'clear',
  'batchUpdate',
  'addModule',
  'run',
  'selectURL',
  'addEventListener',
  'removeEventListener',
]);

/** What the log has shortened ends so. */
const SHORTENED = /… \(\d+ code units\)$/;

const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function isWhole(value: unknown): boolean {
  if (typeof value === 'string') return !SHORTENED.test(value);
  if (Array.isArray(value)) return value.every(isWhole);
  return !isFields(value) || Object.values(value).every(isWhole);
}

/** Whether all of its parameters are in the log. */
function isComplete({ method, parameters }: ReadEvent): boolean {
  if (!isFields(parameters) || !isWhole(parameters) || parameters.isDataOmitted === true) return false;
  if (method === 'batchUpdate') return Array.isArray(parameters.methods) && parameters.methods.length === parameters.count;
  return method !== 'selectURL' || Array.isArray(parameters.urls);
}

export interface Recording {
  /** In the order in which they were made. */
  readonly events: readonly ReadEvent[];
  readonly calls: readonly RecordedCall[];
  /** How many calls the log does not have whole: these are not made again. */
  readonly incomplete: number;
}

export const isCall = ({ scope, method }: ReadEvent): boolean => scope === 'window' && METHODS.has(method);

/** The calls for the origin's data from one time to another, both included. */
export function recordingOf(events: readonly ReadEvent[], origin: string, from: number, to: number): Recording {
  const own = events.filter((event) => isCall(event) && event.dataOrigin === origin && event.time >= from && event.time <= to);
  const inOrder = own.toSorted((a, b) => a.time - b.time || a.id - b.id);
  const complete = inOrder.filter(isComplete);
  const calls = complete.map(({ method, parameters }) => ({ method, parameters: parameters as Record<string, unknown> }));
  return { events: complete, calls, incomplete: inOrder.length - complete.length };
}
