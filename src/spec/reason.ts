/** Why something was refused, or came to nothing: what is kept of that is data. The words are in _locales, and `wordsOf()` of src/extension puts them in. */

declare const SAID: unique symbol;

/** The words of somebody else: what a page is told, or what an error says. In what earlier versions of the extension have kept, all reasons are such. */
export type Said = string & { readonly [SAID]: true };

/** A reason of ours: the name of its text in _locales, and what stands in the places of that. */
export interface OwnReason {
  readonly text: string;
  readonly values: readonly ReasonValue[];
  /** Of a text in two forms: how many there are of what it counts. That stands in its first place. */
  readonly count?: number;
}

export type Reason = Said | OwnReason;

/** What may stand in a place of a text. */
export type ReasonValue = string | number | Reason;

/** What is given has words already: `npm run lint` sees to it that none of them stand at the call. */
export const said = (words: string): Said => words as Said;

/** `npm run lint` sees to it that _locales has a text of that name with so many places. */
export const because = (text: string, ...values: readonly ReasonValue[]): OwnReason => ({ text, values });

/** The same with a text in two forms, `NAMEOne` and `NAMEOther`. */
export const becauseOf = (text: string, count: number, ...values: readonly ReasonValue[]): OwnReason => ({ text, count, values });

/** The text that a time stands in, in milliseconds since the Unix epoch. */
export const MOMENT = 'reasonMoment';

/** An error that says why by itself. */
export class ReasonedError extends Error {
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(typeof reason === 'string' ? reason : reason.text);
    this.reason = reason;
  }
}

/** Why something failed: a reason of ours, or what the error says. */
export function reasonOf(error: unknown): Reason {
  if (error instanceof ReasonedError) return error.reason;
  return said(error instanceof Error ? error.message : String(error));
}
