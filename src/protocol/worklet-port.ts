/** Messages on the port between a worklet's realm and the offscreen document. All authority hangs on which port they come through. */

import type { ModifierMethod } from '../spec/modifier-methods';
import type { ErrorDescription } from './envelope';
import type { ConsoleLevel } from './messages';

/** What a worklet can ask of its data origin. */
export interface WorkletCalls {
  update: { params: { methods: readonly ModifierMethod[] }; result: undefined };
  get: { params: { key: string }; result: string | undefined };
  length: { params: null; result: number };
  entries: { params: null; result: [key: string, value: string][] };
  console: { params: { operation: string; level: ConsoleLevel; args: unknown[] }; result: undefined };
}

export type WorkletCall = keyof WorkletCalls;

/** How many calls of one worklet may wait for an answer; the realm queues what is more. */
export const MAXIMUM_CALLS_IN_FLIGHT = 64;

/** Realm to offscreen document. */
export type FromRealm =
  | { readonly type: 'ready' }
  | { readonly type: 'loaded'; readonly error: string | null }
  | { readonly type: 'finished'; readonly runId: number }
  | { readonly type: 'call'; readonly id: number; readonly call: WorkletCall; readonly params: unknown };

/** Offscreen document to realm. */
export type ToRealm =
  | { readonly type: 'load'; readonly url: string; readonly source: string }
  | { readonly type: 'run'; readonly runId: number; readonly name: string; readonly data: { readonly value: unknown } | null }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown; readonly error: ErrorDescription | null };

/** Offscreen document to sandboxed frame: the realm's script, with the control port and the realm's port. */
export interface StartFrame {
  readonly realm: string;
}
