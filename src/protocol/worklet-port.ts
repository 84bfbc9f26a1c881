/** Messages on the port between a worklet's realm and the offscreen document. All authority hangs on which port they come through. */

import type { ModifierMethod } from '../spec/modifier-methods';
import type { OperationResult } from '../spec/select-url';
import type { LoggedLine } from './console-lines';
import type { ErrorDescription } from './envelope';

export interface LockRequest {
  /** The realm's own number for the request, and for the lock once it is granted. */
  readonly lockId: number;
  readonly name: string;
  readonly mode: LockMode;
  readonly ifAvailable: boolean;
  readonly steal: boolean;
}

export interface LocksSnapshot {
  readonly held: readonly { readonly name: string; readonly mode: LockMode; readonly clientId: string }[];
  readonly pending: readonly { readonly name: string; readonly mode: LockMode; readonly clientId: string }[];
}

/** What becomes of a requested lock: granted, not available now (`ifAvailable`), or taken away by another request (`steal`). */
export type LockState = 'granted' | 'unavailable' | 'stolen';

export interface KeyDescription {
  readonly number: number;
  readonly type: KeyType;
  readonly extractable: boolean;
  readonly algorithm: KeyAlgorithm;
  readonly usages: KeyUsage[];
}

/** An argument of a method of SubtleCrypto; keys are named by their numbers, also one that is a member of an algorithm. */
export type SubtleArgument =
  | { readonly key: number }
  | { readonly value: unknown; readonly member?: { readonly name: 'public'; readonly key: number } };

export type SubtleResult =
  | { readonly value: unknown }
  | { readonly key: KeyDescription }
  | { readonly publicKey: KeyDescription; readonly privateKey: KeyDescription };

/** What a worklet can ask of its data origin. */
export interface WorkletCalls {
  update: { params: { methods: readonly ModifierMethod[]; withLock: string | null }; result: undefined };
  get: { params: { key: string }; result: string | undefined };
  length: { params: null; result: number };
  remainingBudget: { params: null; result: number };
  entries: { params: null; result: [key: string, value: string][] };
  /** Answered at once; the lock itself comes as a message of its own, for it may take any time. */
  'locks.request': { params: LockRequest; result: undefined };
  'locks.release': { params: { lockId: number }; result: undefined };
  'locks.query': { params: null; result: LocksSnapshot };
  'crypto.subtle': { params: { method: string; args: SubtleArgument[] }; result: SubtleResult };
  console: { params: { lines: readonly LoggedLine[] }; result: undefined };
}

export type WorkletCall = keyof WorkletCalls;

/** Realm to offscreen document. */
export type FromRealm =
  | { readonly type: 'ready' }
  | { readonly type: 'loaded'; readonly error: string | null }
  | { readonly type: 'finished'; readonly runId: number; readonly result: OperationResult | null }
  | { readonly type: 'call'; readonly id: number; readonly call: WorkletCall; readonly params: unknown };

/** Offscreen document to realm. */
export type ToRealm =
  | { readonly type: 'load'; readonly url: string; readonly source: string; readonly context: string | undefined }
  | {
      readonly type: 'run';
      readonly runId: number;
      readonly name: string;
      /** What a selectURL() operation selects from; null where it is not one. */
      readonly urls: readonly string[] | null;
      readonly data: { readonly value: unknown } | null;
    }
  | { readonly type: 'lock'; readonly lockId: number; readonly state: LockState }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown; readonly error: ErrorDescription | null };

/** Offscreen document to sandboxed frame, on the control port; a worker that is to start gets the port that comes with the message. */
export type FrameMessage =
  | { readonly type: 'start'; readonly id: number }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'ping' };

/** Sandboxed frame to offscreen document. */
export type FromFrame = { readonly type: 'alive' } | { readonly type: 'failed'; readonly id: number };
