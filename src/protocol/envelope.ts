/** The answer to every message: a value, or an error whose class and message survive each hop. */

export interface ErrorDescription {
  /** The name of a DOMException or of an ECMAScript error class. */
  readonly name: string;
  readonly message: string;
}

export type Envelope<Value = unknown> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ErrorDescription };

export const succeed = <Value>(value: Value): Envelope<Value> => ({ ok: true, value });

export const fail = (name: string, message: string): Envelope<never> => ({ ok: false, error: { name, message } });

/** Null on anything that is not an envelope. */
export function decodeEnvelope(message: unknown): Envelope | null {
  if (typeof message !== 'object' || message === null) return null;
  const { ok, value, error } = message as { ok?: unknown; value?: unknown; error?: { name?: unknown; message?: unknown } };
  if (ok === true) return { ok, value };
  if (ok !== false || typeof error !== 'object' || error === null) return null;
  if (typeof error.name !== 'string' || typeof error.message !== 'string') return null;
  return { ok, error: { name: error.name, message: error.message } };
}

/** What a refusal says: thrown by handlers, sent as the envelope's error. */
export class Refusal extends Error {
  override readonly name: string;

  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}
