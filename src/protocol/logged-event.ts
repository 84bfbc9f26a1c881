/** An event of the event log, as it is written, and as it is read by the pages that show it. */

import type { Reason } from '../spec/reason';

/** Something that was asked for, or that the extension did by itself. */
export interface LoggedEvent {
  /** When it began, in milliseconds since the Unix epoch. */
  readonly time: number;
  readonly scope: 'window' | 'worklet' | 'header' | 'background';
  readonly method: string;
  readonly documentId: string | null;
  readonly tabId: number | null;
  /** The data origin that it was about. */
  readonly dataOrigin: string | null;
  /** Shortened by `shorten`. */
  readonly parameters: unknown;
  readonly result: unknown;
  /** Why it was refused or came to nothing, whatever the page was told; null where it was not. */
  readonly refusal: Reason | null;
  /** In milliseconds. */
  readonly duration: number;
  /** How long it waited before its turn, in milliseconds, by the name of what it waited for. */
  readonly waits?: Readonly<Record<string, number>>;
  /** How often it was asked for within a few milliseconds, with the same result, where that was more than once. */
  readonly times?: number;
}

/** An event with its number. */
export interface NumberedEvent extends LoggedEvent {
  /** Ascending; events of one moment may be numbered in another order than they happened. */
  readonly id: number;
  /** The site of the data origin. */
  readonly site: string | null;
}

/** The same with the refusal in words. */
export interface ReadEvent extends Omit<NumberedEvent, 'refusal'> {
  readonly refusal: string | null;
}

/** The method of the events that tell of calls of handlers (docs/possibilities.md). */
export const HANDLER_CALL = 'event handler';
