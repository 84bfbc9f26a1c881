/**
 * Decoders of messages, given anything at all and messages that are almost right: none throws, and none lets something through that its messages do
 * not have. `npm run fuzz` gives each of them more inputs than are tried here.
 */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeConsoleRequest,
  decodeGivenModule,
  decodeHostRequest,
  decodeMessage,
  decodePassage,
  decodeURNRequest,
} from '../../src/protocol/decoders';
import { decodeFacts, decodeFactsWithFrames } from '../../src/protocol/document-facts';
import { decodeEnvelope } from '../../src/protocol/envelope';
import { decodeSighting } from '../../src/protocol/isolation';
import { decodeContributions } from '../../src/protocol/private-aggregation';
import { decodeFromFrame } from '../../src/protocol/sandbox-port';
import { CALLS, decodeFromRealm } from '../../src/protocol/worklet-port';
import * as examples from './fuzz/examples';
import { findExample } from './fuzz/find-example';
import { input } from './fuzz/mutate';
import { INPUTS, SEED } from './fuzz/options';
import { findStranger, shapeOf } from './fuzz/shape';
import { membersOf } from './members-of';

interface Fuzzed {
  readonly name: string;
  readonly decode: (given: unknown) => unknown;
  readonly given: readonly unknown[];
  /** What is decoded of the examples, where that is not the same. */
  readonly expected?: readonly unknown[];
}

const requestOf = (method: string) => (params: unknown) =>
  decodeMessage({ facts: null, requests: [{ method, sequence: 1, after: 0, repeated: false, params }] })?.requests[0]?.params ?? null;
const hostRequestOf = (method: string) => (params: unknown) => decodeHostRequest({ method, params })?.params ?? null;
const callOf = (call: string) => (params: unknown) => {
  const decoded = decodeFromRealm({ type: 'call', id: 1, call, params });
  return decoded?.type === 'call' ? { params: decoded.params } : null;
};

const tableOf = (
  names: readonly string[],
  written: Readonly<Record<string, readonly unknown[] | undefined>>,
  decoderOf: (name: string) => (params: unknown) => unknown,
) => names.map((name): Fuzzed => ({ name, decode: decoderOf(name), given: written[name] ?? [findExample(decoderOf(name))] }));

const methods = tableOf(membersOf('protocol/messages.ts', 'Requests'), examples.REQUESTS, requestOf);
const hostMethods = tableOf(membersOf('protocol/messages.ts', 'HostRequests'), examples.HOST_REQUESTS, hostRequestOf);
const calls = tableOf(Object.keys(CALLS), examples.CALLS, callOf).map(
  ({ name, decode, given }): Fuzzed => ({ name: `call ${name}`, decode, given, expected: given.map((params) => ({ params })) }),
);

const paramsOf = (given: readonly { readonly params: unknown }[]) => given.map(({ params }) => params);

const FUZZED: readonly Fuzzed[] = [
  ...methods,
  ...hostMethods,
  ...calls,
  { name: 'realm', decode: decodeFromRealm, given: examples.REALM_MESSAGES },
  {
    name: 'contributions',
    decode: decodeContributions,
    given: examples.CONTRIBUTIONS,
    expected: examples.CONTRIBUTIONS.map(({ contributions }) => contributions),
  },
  { name: 'facts', decode: decodeFacts, given: examples.FACTS },
  { name: 'facts with frames', decode: decodeFactsWithFrames, given: examples.FACTS_WITH_FRAMES },
  { name: 'sighting', decode: decodeSighting, given: examples.SIGHTINGS, expected: paramsOf(examples.SIGHTINGS) },
  { name: 'envelope', decode: decodeEnvelope, given: examples.ENVELOPES },
  { name: 'console', decode: decodeConsoleRequest, given: examples.CONSOLE_REQUESTS, expected: paramsOf(examples.CONSOLE_REQUESTS) },
  { name: 'frame', decode: decodeFromFrame, given: examples.FRAME_MESSAGES },
  { name: 'URN', decode: decodeURNRequest, given: examples.URN_REQUESTS, expected: paramsOf(examples.URN_REQUESTS) },
  { name: 'module', decode: decodeGivenModule, given: examples.GIVEN_MODULES, expected: examples.GIVEN_MODULES },
  { name: 'passage', decode: decodePassage, given: examples.PASSAGES, expected: paramsOf(examples.PASSAGES) },
];

test.each(FUZZED)(
  `$name is decoded without an exception, and lets nothing else through (seed ${SEED})`,
  ({ decode, given, expected = given }) => {
    const shape = shapeOf(expected);
    let accepted = 0;
    const isSound = (value: unknown): void => {
      const decoded = decode(value);
      if (decoded === null) return;
      accepted++;
      const stranger = findStranger(shape, decoded);
      if (stranger) throw new Error(stranger);
    };
    fc.assert(fc.property(input(given), isSound), { numRuns: INPUTS, seed: SEED });
    // Otherwise nothing would have been tried but refusals.
    expect(accepted).toBeGreaterThan(INPUTS / 50);
  },
);
