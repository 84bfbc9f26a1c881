/**
 * Messages on the port between a worklet's realm and the offscreen document. All authority hangs on which port they come through.
 *
 * A realm runs code of a page's choosing, and is trusted less than anybody else. Nothing in it gets at its port but our own script, which sends
 * what the decoders here take and nothing else: whatever they do not take was sent by code that broke in, and ends the worklet. What worklet
 * code itself chooses, such as the data to encrypt or the values to log, is none of the message's form; who uses it looks at it.
 */

import { MAXIMUM_DIFFERENT_CONTRIBUTIONS } from '../spec/private-aggregation/contribution-cache';
import { INTERNAL_ERROR_EVENTS, MAXIMUM_DEBUG_KEY } from '../spec/private-aggregation/contributions';
import type { OperationResult } from '../spec/select-url';
import { MAXIMUM_SUBTLE_ARGUMENTS, SUBTLE_METHODS } from '../spec/subtle-crypto';
import { isBearable, MAXIMUM_METHODS } from './batch-weight';
import { loggedLines } from './console-lines';
import type { ErrorDescription } from './envelope';
import { MAXIMUM_READS, MAXIMUM_TOLD, MAXIMUM_TOLD_LENGTH } from './limits';
import { bigintUpTo, contribution } from './private-aggregation';
import {
  array,
  boolean,
  count,
  type Decoded,
  decode,
  INVALID,
  isCount,
  isFields,
  nothing,
  nullable,
  object,
  oneOf,
  string,
  stringUpTo,
  unknown,
  variant,
} from './schema';
import { key, lockName, update } from './updates';

/** What becomes of a requested lock: granted, not available now (`ifAvailable`), or taken away by another request (`steal`). */
export type LockState = 'granted' | 'unavailable' | 'stolen';

const lockRequest = object({
  /** The realm's own number for the request, and for the lock once it is granted. */
  lockId: count,
  name: lockName,
  mode: oneOf(['exclusive', 'shared']),
  ifAvailable: boolean,
  steal: boolean,
});

/** https://w3c.github.io/web-locks/#api-lock-manager-request, of which the offscreen document makes the request. */
export type LockRequest = Decoded<typeof lockRequest>;

/** A CryptoKey as the realm knows it: the key itself stays in the offscreen document. */
export interface KeyDescription {
  /** The worklet's own, from 1. */
  readonly number: number;
  readonly type: KeyType;
  readonly extractable: boolean;
  readonly algorithm: KeyAlgorithm;
  readonly usages: KeyUsage[];
}

const numberedKey = object({ key: count });
const keyMember = object({ name: oneOf(['public']), key: count });

/** An argument of a method of SubtleCrypto; keys are named by their numbers, also one that is a member of an algorithm. */
export type SubtleArgument = Decoded<typeof numberedKey> | { readonly value: unknown; readonly member?: Decoded<typeof keyMember> };

function subtleArgument(given: unknown): SubtleArgument | typeof INVALID {
  if (!isFields(given) || 'key' in given) return numberedKey(given);
  if (!('value' in given)) return INVALID;
  if (!('member' in given)) return { value: given.value };
  const member = keyMember(given.member);
  return member === INVALID || !isFields(given.value) ? INVALID : { value: given.value, member };
}

/** What a method of SubtleCrypto resolves to. */
export type SubtleResult =
  | { readonly value: unknown }
  | { readonly key: KeyDescription }
  | { readonly publicKey: KeyDescription; readonly privateKey: KeyDescription };

/** All entries of the data origin as they are for `freshFor` milliseconds, unless something happens before. */
export interface EntriesCopy {
  /** Keys and values in turns, in the order of iteration; null where they are those of the last copy. */
  readonly entries: readonly string[] | null;
  readonly freshFor: number;
}

/** A read that was answered from the copy, and how often; `key` is that of get(). */
const readOfCopy = object({ method: oneOf(['get', 'length', 'entries']), key: nullable(key), times: count });

export type ReadOfCopy = Decoded<typeof readOfCopy>;

/** What a window may ask for as well, as far as it can be borne. */
function bearableUpdate(given: unknown): (Decoded<typeof update> & { runId: number | null }) | typeof INVALID {
  if (!isFields(given) || !Array.isArray(given.methods) || given.methods.length > MAXIMUM_METHODS) return INVALID;
  const decoded = update(given);
  const runId = nullable(count)(given.runId);
  return decoded !== INVALID && runId !== INVALID && isBearable(decoded.methods) ? { ...decoded, runId } : INVALID;
}

/** What a worklet can ask of its data origin, and with which parameters. */
export const CALLS = {
  /** `runId`: of the operation whose code asks, where that is known; null otherwise. Asked for once handlers have run in the worklet. */
  update: bearableUpdate,
  get: object({ key }),
  /** The same, with a copy of all entries, so that the next reads need not be asked for. */
  getAndCopy: object({ key }),
  length: nothing,
  remainingBudget: nothing,
  entries: nothing,
  interestGroups: nothing,
  /** Answered at once; the lock itself comes as a message of its own, for it may take any time. */
  'locks.request': lockRequest,
  'locks.release': object({ lockId: count }),
  'crypto.subtle': object({ method: oneOf(SUBTLE_METHODS.map(([name]) => name)), args: array(subtleArgument, MAXIMUM_SUBTLE_ARGUMENTS) }),
  console: loggedLines,
};

interface Results {
  update: undefined;
  get: string | undefined;
  getAndCopy: { readonly value: string | undefined; readonly copy: EntriesCopy | null };
  /** A number of entries. */
  length: number;
  /** Of the data origin's site, in bits. */
  remainingBudget: number;
  /** Keys and values in turns, in the order of iteration: what has not come in parts before the answer. */
  entries: readonly string[];
  /** StorageInterestGroup dictionaries. */
  interestGroups: Record<string, unknown>[];
  'locks.request': undefined;
  'locks.release': undefined;
  'crypto.subtle': SubtleResult;
  console: undefined;
}

/** What a worklet may call. */
export type WorkletCall = keyof typeof CALLS;

/** Each call with its decoded parameters and its result. */
export type WorkletCalls = { [Name in WorkletCall]: { params: Decoded<(typeof CALLS)[Name]>; result: Results[Name] } };

/** How an operation ended; the index is an `unsigned long`. */
function operationResult(given: unknown): OperationResult | typeof INVALID {
  if (!isFields(given)) return INVALID;
  const { index, error } = given;
  if ('error' in given) return typeof error === 'string' ? { error } : INVALID;
  return isCount(index) && index < 2 ** 32 ? { index } : INVALID;
}

/** As protocol/private-aggregation.ts hands them on; what depends on how the operation ends is resolved before that. */
const realmContribution = object({ ...contribution, errorEvent: nullable(oneOf([...INTERNAL_ERROR_EVENTS, 'uncaught-error'])) });

export type RealmContribution = Decoded<typeof realmContribution>;

/** Realm to offscreen document. */
const fromRealm = variant({
  /** The module has been evaluated; `error` is what native puts into the OperationError's message, `operations` the names of those registered. */
  loaded: { error: nullable(string), operations: array(stringUpTo(MAXIMUM_TOLD_LENGTH), MAXIMUM_TOLD) },
  /**
   * The result is null for an operation that has none to tell: one of run() that went well. `isUncaught`: its error is one that it has thrown
   * itself.
   */
  finished: { runId: count, result: nullable(operationResult), isUncaught: boolean },
  /** What the operation has contributed since it last said so; `dropped`: what there was no room for. */
  contributions: { runId: count, contributions: array(realmContribution, MAXIMUM_DIFFERENT_CONTRIBUTIONS), dropped: count },
  /** The operation has enabled debug mode. */
  debugMode: { runId: count, key: nullable(bigintUpTo(MAXIMUM_DEBUG_KEY)) },
  /** What was read of the last copy, for the event log. */
  reads: { reads: array(readOfCopy, MAXIMUM_READS) },
  /** `id` is the realm's own number for the call. */
  call: { id: count, call: string, params: unknown },
});

/** What a realm says. */
export type FromRealm = Decoded<typeof fromRealm>;

/** One of the calls with its parameters. */
export type DecodedCall = { [Name in WorkletCall]: { call: Name; params: WorkletCalls[Name]['params'] } }[WorkletCall];

type DecodedFromRealm = Exclude<FromRealm, { type: 'call' }> | ({ type: 'call'; id: number } & DecodedCall);

/** Null on anything that our script in a realm does not send. */
export function decodeFromRealm(message: unknown): DecodedFromRealm | null {
  const decoded = decode(fromRealm, message);
  if (decoded?.type !== 'call') return decoded;
  const { call } = decoded;
  const params = Object.hasOwn(CALLS, call) ? CALLS[call as WorkletCall](decoded.params) : INVALID;
  return params === INVALID ? null : ({ ...decoded, params } as DecodedFromRealm);
}

/** Offscreen document to realm. */
export type ToRealm =
  | {
      readonly type: 'load';
      readonly url: string;
      readonly source: string;
      readonly context: string | undefined;
      /** Whether the permissions policy lets the worklet contribute. */
      readonly mayContribute: boolean;
    }
  | {
      readonly type: 'run';
      readonly runId: number;
      readonly name: string;
      /** What a selectURL() operation selects from; null where it is not one. */
      readonly urls: readonly string[] | null;
      readonly data: { readonly value: unknown } | null;
      /** What the filtering IDs of the operation's contributions have to be less than. */
      readonly filteringIds: bigint;
    }
  | { readonly type: 'lock'; readonly lockId: number; readonly state: LockState }
  /** A part of what the call asks for, before its answer. */
  | { readonly type: 'part'; readonly id: number; readonly value: readonly string[] }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown; readonly error: ErrorDescription | null };
