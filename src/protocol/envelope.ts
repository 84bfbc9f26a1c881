/** The answer to every message: a value, or an error whose class and message survive each hop. */

import { type Reason, said } from '../spec/reason';

/** An error, as it goes over the wire. */
export interface ErrorDescription {
  /** The name of a DOMException or of an ECMAScript error class. */
  readonly name: string;
  readonly message: string;
}

/** What is answered. */
export type Envelope<Value = unknown> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ErrorDescription };

/** It went well: with this value, which must be cloneable. */
export const succeed = <Value>(value: Value): Envelope<Value> => ({ ok: true, value });

/** It did not: whoever asked gets an error of this name (a DOMException or an ECMAScript error class) with this message. */
export const fail = (name: string, message: string): Envelope<never> => ({ ok: false, error: { name, message } });

/** Tells an answer of our own from one that got lost. */
export const isEnvelope = (answer: unknown): answer is Envelope => typeof (answer as Envelope | null | undefined)?.ok === 'boolean';

/** Null on anything that is not an envelope. */
export function decodeEnvelope(message: unknown): Envelope | null {
  const { ok, value, error } = Object(message) as Record<string, unknown>;
  if (ok === true) return { ok, value };
  const { name, message: text } = Object(error) as Record<string, unknown>;
  return ok === false && typeof name === 'string' && typeof text === 'string' ? fail(name, text) : null;
}

/** What a refusal says: thrown by handlers, sent as the envelope's error. */
export class Refusal extends Error {
  override readonly name: string;
  /** Why, for the event log: it may say more than the caller is told. */
  readonly reason: Reason;

  constructor(name: string, message: string, reason: Reason = said(message)) {
    super(message);
    this.name = name;
    this.reason = reason;
  }
}
