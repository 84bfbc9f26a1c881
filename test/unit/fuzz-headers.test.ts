/** Decoders of headers, attributes and files, given texts of their own grammar and others: none throws, and what each says is sound. `npm run fuzz` tries more. */

import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { readStorageWriteHeader } from '../../src/background/header-writes/storage-write-response';
import { readOriginPolicyHeader } from '../../src/background/isolation/origin-policy-header';
import { declaredByHeaders } from '../../src/background/permissions-policy/permissions-policy-header';
import { isWorkletAllowed } from '../../src/background/worklets/worklet-allowed-header';
import { doPoliciesAllow, FENCED_FRAME_SRC } from '../../src/spec/content-security-policy';
import { parseManifest } from '../../src/spec/origin-policy';
import { FEATURES, isOpaque, type PolicyDirective } from '../../src/spec/permissions-policy/allowlist';
import { processPermissionsPolicyAttributes } from '../../src/spec/permissions-policy/parse-allow-attribute';
import { almost, input } from './fuzz/mutate';
import { INPUTS, SEED } from './fuzz/options';
import { readAgain } from './storage-write-model';

// The polyfill refuses to load outside an extension; decoders do without it.
vi.mock('../../src/extension/browser', () => ({ browser: {} }));
const { decodePublicKeys } = await import('../../src/background/private-aggregation/public-keys');
const { DEFAULT_SETTINGS } = await import('../../src/extension/settings');
const { decodeSettings } = await import('../../src/extension/decode-settings');

const ORIGIN = 'https://a.example';

/** Texts of these pieces, with anything between them. */
function textOf(pieces: readonly string[]): fc.Arbitrary<string> {
  const piece = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string() },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  );
  return fc.array(piece, { maxLength: 24 }).map((all) => all.join(''));
}

const STRUCTURED = [
  '"a"',
  'token',
  '*',
  '?1',
  '?0',
  '5',
  '-1.5',
  ':YQ==:',
  '(',
  ')',
  '(self "https://b.example")',
  ';',
  '=',
  ',',
  ' ',
  '\t',
  ';key=k',
  ';value="v"',
  'null',
];
const STORAGE_WRITES = [
  'set',
  'append',
  'delete',
  'clear',
  'options',
  ';key=',
  ';value=',
  ';with_lock=',
  ';ignore_if_present',
  'SET',
  '"set"',
  ...STRUCTURED,
];
const FEATURE_TEXTS = [
  ...FEATURES,
  '=',
  '=()',
  '=(self)',
  '=*',
  "'self'",
  "'src'",
  "'none'",
  'https://b.example',
  'https://*.c.example',
  ' ',
  ';',
  ',',
  ...STRUCTURED,
];
const POLICY_TEXTS = [
  "'none'",
  "'self'",
  '*',
  'https:',
  'https://*.b.example:*',
  'b.example/path/',
  'data:',
  'default-src',
  'frame-src',
  'fenced-frame-src',
  ' ',
  ';',
  '\n',
];

const check = <Given>(arbitrary: fc.Arbitrary<Given>, isSound: (given: Given) => void) =>
  fc.assert(fc.property(arbitrary, isSound), { numRuns: INPUTS, seed: SEED });

function expectOrigins(policy: PolicyDirective): void {
  for (const [feature, { origins }] of policy) {
    if (!FEATURES.includes(feature)) throw new Error(`${feature} is no feature`);
    for (const origin of origins) if (!isOpaque(origin) && URL.parse(origin)?.origin !== origin) throw new Error(`${origin} is no origin`);
  }
}

test(`Shared-Storage-Write writes what a second reading of it does (seed ${SEED})`, () => {
  check(fc.array(textOf(STORAGE_WRITES), { maxLength: 3 }), (lines) => {
    const { methods, withLock } = readStorageWriteHeader(lines);
    expect({ methods, withLock }).toEqual(readAgain(lines));
  });
});

test(`policies allow features of ours to origins (seed ${SEED})`, () => {
  check(fc.tuple(textOf(FEATURE_TEXTS), textOf(FEATURE_TEXTS)), ([permissionsPolicy, featurePolicy]) => {
    expectOrigins(declaredByHeaders({ permissionsPolicy, featurePolicy }, ORIGIN));
  });
  check(fc.tuple(textOf(FEATURE_TEXTS), fc.webUrl(), fc.boolean(), fc.boolean()), ([allow, src, hasSrcdoc, isSandboxed]) => {
    expectOrigins(processPermissionsPolicyAttributes({ allow, src, hasSrcdoc, isSandboxed }, ORIGIN));
  });
});

test(`one more policy never lets a frame show more (seed ${SEED})`, () => {
  check(fc.tuple(textOf(POLICY_TEXTS), textOf(POLICY_TEXTS), fc.webUrl()), ([first, second, target]) => {
    const doAllow = (...policies: string[]) => doPoliciesAllow({ policies, self: `${ORIGIN}/` }, FENCED_FRAME_SRC, target);
    expect(doAllow(first, second)).toBe(doAllow(first) && doAllow(second));
  });
});

test(`an origin policy has ids that a header can name (seed ${SEED})`, () => {
  const isNameable = (ids: readonly string[]) => ids.every((id) => /^[\x20-\x7e]+$/.test(id));
  const manifests = almost([
    { ids: ['a'], isolation: { prefer_isolated_event_loop: true } },
    { id: 'a', isolation: true },
  ]);
  check(
    fc.oneof(
      fc.json(),
      fc.string(),
      manifests.map((value) => safeJSON(value)),
    ),
    (text) => {
      const policy = parseManifest(text);
      if (policy) expect(policy.ids.length > 0 && isNameable(policy.ids)).toBe(true);
    },
  );
  check(textOf(['allowed=', '("a" null latest)', 'preferred=', '"a"', 'latest-from-network', ...STRUCTURED]), (header) => {
    const read = readOriginPolicyHeader(header);
    if (read) expect(isNameable(read.allowed.ids)).toBe(true);
  });
});

test(`a worklet of another origin is allowed by the boolean true alone (seed ${SEED})`, () => {
  check(fc.array(textOf(STRUCTURED), { maxLength: 2 }), (lines) => {
    if (isWorkletAllowed(lines)) expect(lines.join(', ')).toMatch(/^ *\?1(?! *[^; ])/);
  });
});

test(`settings are valid, whatever is stored (seed ${SEED})`, () => {
  const examples = [
    { ...DEFAULT_SETTINGS, enrollment: ['https://a.example'], blockedSites: ['b.example'], isolation: { [ORIGIN]: 'origin-keyed' } },
    {
      selectUrl: { reveal: false, forceIndex: { [ORIGIN]: { operation: 1 } } },
      privateAggregation: { delay: 'native', keys: { [ORIGIN]: 'local' } },
    },
  ];
  // The browser's storage holds JSON.
  const stored = input(examples).map((value) => JSON.parse(safeJSON(value) || 'null') as unknown);
  check(stored, (given) => {
    const { settings } = decodeSettings(given);
    expect(Object.keys(settings).sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort());
    expect(decodeSettings(settings)).toEqual({ settings, warnings: [] });
  });
});

test(`a coordinator's public keys have 32 bytes each, or there is an error that says what is wrong (seed ${SEED})`, () => {
  const key = Buffer.alloc(32, 7).toString('base64');
  const answers = almost([{ keys: [{ id: 'a', key }] }]);
  check(
    fc.oneof(
      answers.map((value) => safeJSON(value)),
      fc.json(),
      fc.string(),
    ),
    (text) => {
      try {
        for (const { publicKey } of decodePublicKeys(text)) expect(publicKey).toHaveLength(32);
      } catch (error) {
        expect((error as Error).message).not.toBe('');
      }
    },
  );
});

/** JSON of what has any; big integers have none. */
function safeJSON(value: unknown): string {
  return JSON.stringify(value, (_name, member) => (typeof member === 'bigint' ? String(member) : member)) ?? '';
}
