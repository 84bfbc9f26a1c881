import { describe, expect, test } from 'vitest';
import {
  declaredByHeaders,
  declaredByMarks,
  readPermissionsPolicyHeader,
} from '../../src/background/permissions-policy/permissions-policy-header';
import { RULESETS } from '../../src/rules';
import { FEATURES, type Feature, matches, opaqueOrigin } from '../../src/spec/permissions-policy/allowlist';
import { findDenial, type ResolvedLevel } from '../../src/spec/permissions-policy/find-denial';
import {
  type ContainerAttributes,
  declaredOrigin,
  processPermissionsPolicyAttributes,
} from '../../src/spec/permissions-policy/parse-allow-attribute';
import { constructPolicy } from '../../src/spec/permissions-policy/parse-header';
import {
  createAPermissionsPolicyForANavigableFromResponse as create,
  isFeatureEnabledInDocumentForOrigin,
  type PermissionsPolicy,
} from '../../src/spec/permissions-policy/resolve';
import { below, oneOf, SEED } from './random';

const SELF = 'https://self.example';
const OTHER = 'https://other.example';
const SUB = 'https://a.b.other.example';
const OPAQUE = opaqueOrigin('1');
const ORIGINS = { SELF, OTHER, SUB, OPAQUE };

/** Which of the four origins a header's declaration of `shared-storage` matches; null where it declares nothing. */
function matchedByHeader(header: string): string[] | null {
  const allowlist = readPermissionsPolicyHeader(header, SELF).get('shared-storage');
  return allowlist ? Object.entries(ORIGINS).flatMap(([name, origin]) => (matches(allowlist, origin) ? [name] : [])) : null;
}

describe('a header', () => {
  test.each([
    ['shared-storage=()', []],
    ['shared-storage=self', ['SELF']],
    ['shared-storage=(self)', ['SELF']],
    ['shared-storage=*', ['SELF', 'OTHER', 'SUB', 'OPAQUE']],
    ['shared-storage=(self *)', ['SELF', 'OTHER', 'SUB', 'OPAQUE']],
    ['shared-storage=("*")', ['SELF', 'OTHER', 'SUB', 'OPAQUE']],
    ['shared-storage="https://other.example"', ['OTHER']],
    ['shared-storage=(self "https://other.example/path?query")', ['SELF', 'OTHER']],
    ['shared-storage=("https://other.example:444")', []],
    ['shared-storage=("http://other.example")', []],
    ['shared-storage=("https://*.other.example")', ['SUB']],
    ['shared-storage=("http://*.other.example")', []],
    ['shared-storage=("https://*.other.example:444")', []],
    ['shared-storage=("https://*.ther.example")', []],
    ['shared-storage=("data:,x" "no URL" "self" 5 token)', []],
    ['shared-storage=none', []],
    ['shared-storage', []],
    ['shared-storage=?0', []],
    ['shared-storage=(self);report-to=x', ['SELF']],
    ['shared-storage=*, shared-storage=()', []],
    ['camera=(), shared-storage=(self), fullscreen=*', ['SELF']],
    ['shared-storage-select-url=()', null],
    ['', null],
    // What does not parse declares nothing at all.
    ['shared-storage=(), Shared-Storage=()', null],
    ["shared-storage 'none'", null],
    ['shared-storage=((self))', null],
    ['shared-storage=(), camera=(', null],
  ])('%s', (header, expected) => {
    expect(matchedByHeader(header)).toEqual(expected);
  });

  test('self of an opaque origin is that origin and no other', () => {
    const policy = constructPolicy(new Map([['shared-storage', [{ type: 'token', value: 'self' }]]]), OPAQUE);
    const allowlist = policy.get('shared-storage');
    expect(allowlist && [OPAQUE, opaqueOrigin('2'), SELF].map((origin) => matches(allowlist, origin))).toEqual([true, false, false]);
  });

  test('features that nobody computes here are skipped', () => {
    expect([...readPermissionsPolicyHeader('camera=(), private-aggregation=(), shared-storage-select-url=*', SELF).keys()]).toEqual([
      'private-aggregation',
      'shared-storage-select-url',
    ]);
  });
});

describe('a header of the old name', () => {
  const matched = (featurePolicy: string, permissionsPolicy = '') => {
    const allowlist = declaredByHeaders({ featurePolicy, permissionsPolicy }, SELF).get('shared-storage');
    return allowlist ? Object.entries(ORIGINS).flatMap(([name, origin]) => (matches(allowlist, origin) ? [name] : [])) : null;
  };

  test.each([
    ["shared-storage 'none'", []],
    ["shared-storage 'SELF'", ['SELF']],
    ['shared-storage', ['SELF']],
    ["shared-storage 'src'", []],
    ['shared-storage *', ['SELF', 'OTHER', 'SUB', 'OPAQUE']],
    ["shared-storage 'none' https://other.example/path", ['OTHER']],
    ["shared-storage 'none', shared-storage *", []],
    [";;camera *;shared-storage\t'none';", []],
    ["SHARED-STORAGE 'none'", null],
    ["shared-storage-select-url 'none'", null],
  ])('%s', (header, expected) => {
    expect(matched(header)).toEqual(expected);
  });

  test('says nothing about what the other header names, if that parses', () => {
    expect(matched("shared-storage 'none'", 'shared-storage=(self)')).toEqual(['SELF']);
    expect(matched("shared-storage 'none'", 'shared-storage=((')).toEqual([]);
  });
});

describe('marks', () => {
  const marks = (form: string, feature = 'shared-storage') => [`${feature} mentioned`, `${feature} ${form}`];

  test.each([
    ['none', '()'],
    ['self', '(self)'],
    ['all', '*'],
  ])('%s says as much as %s', (form, value) => {
    for (const feature of FEATURES)
      expect(declaredByMarks(marks(form, feature), SELF)).toEqual(readPermissionsPolicyHeader(`${feature}=${value}`, SELF));
  });

  test.each([
    [marks('other')],
    [['shared-storage mentioned']],
    [[...marks('none'), ...marks('all')]],
    [[...marks('self'), ...marks('other')]],
    [['shared-storage feature-policy', 'shared-storage feature-policy none']],
  ])('%j do not tell', (list) => {
    expect(declaredByMarks(list, SELF)).toBeNull();
  });

  test('no marks, or unknown ones, declare nothing', () => {
    expect(declaredByMarks([], SELF)).toEqual(new Map());
    expect(declaredByMarks(['camera none', ''], SELF)).toEqual(new Map());
  });

  const ofInterestGroups: readonly string[] = ['join-ad-interest-group'];
  test.each([
    ['permissions-policy', FEATURES.filter((feature) => !ofInterestGroups.includes(feature))],
    ['interest-groups', ofInterestGroups],
  ])('in %s there is a rule for each feature and form, and none of them can match a feature with a longer name', (ruleset, features) => {
    const rules = RULESETS[ruleset] ?? [];
    const found = rules.map(({ action }) => /^shared-storage-lab;desc="(.+)"$/.exec(action.responseHeaders?.[0]?.value ?? '')?.[1]);
    const forms = ['mentioned', 'none', 'self', 'all', 'other'];
    const ofFeaturePolicy = ['', ' none', ' self', ' all'].map((form) => `feature-policy${form}`);
    const expected = [forms, ofFeaturePolicy].flatMap((all) => features.flatMap((feature) => all.map((form) => `${feature} ${form}`)));
    expect(found).toEqual(expected);
    for (const [index, { condition }] of rules.entries()) {
      if (condition.responseHeaders?.[0]?.header === 'feature-policy') continue;
      const feature = found[index]?.split(' ')[0] ?? '';
      for (const value of condition.responseHeaders?.[0]?.values ?? [])
        expect([feature, `${feature}=`, `${feature};`]).toContain(value.slice(0, feature.length + 1));
    }
  });
});

const element = (allow: string, attributes: Partial<ContainerAttributes> = {}): ContainerAttributes => ({
  allow,
  src: `${OTHER}/page`,
  hasSrcdoc: false,
  isSandboxed: false,
  ...attributes,
});

describe('an allow attribute', () => {
  const matched = (allow: string, attributes: Partial<ContainerAttributes> = {}, documentOrigin = SELF) => {
    const allowlist = processPermissionsPolicyAttributes(element(allow, attributes), documentOrigin).get('shared-storage');
    return allowlist ? Object.entries(ORIGINS).flatMap(([name, origin]) => (matches(allowlist, origin) ? [name] : [])) : null;
  };

  test.each([
    ['', null],
    ['camera *; shared-storage-select-url', null],
    ['Shared-Storage', null],
    ['shared-storage', ['OTHER']],
    [" \t shared-storage\n'src' ;", ['OTHER']],
    ["shared-storage 'SRC' 'Self'", ['SELF', 'OTHER']],
    ["shared-storage 'none'", []],
    ["shared-storage 'none' *", ['SELF', 'OTHER', 'SUB', 'OPAQUE']],
    ['shared-storage self src none', []],
    ['shared-storage https://other.example/path https://x.example', ['OTHER']],
    ['shared-storage https://*.other.example', []],
    ["shared-storage 'none'; shared-storage *", []],
    ["shared-storage *; shared-storage 'none'", ['SELF', 'OTHER', 'SUB', 'OPAQUE']],
  ])('%j', (allow, expected) => {
    expect(matched(allow)).toEqual(expected);
  });

  test('the declared origin goes by sandbox, srcdoc and src', () => {
    expect(declaredOrigin(element(''), SELF)).toBe(OTHER);
    expect(declaredOrigin(element('', { isSandboxed: true }), SELF)).toBeNull();
    expect(declaredOrigin(element(''), OPAQUE)).toBeNull();
    expect(declaredOrigin(element('', { hasSrcdoc: true }), SELF)).toBe(SELF);
    for (const src of ['', 'about:blank', 'https://']) expect(declaredOrigin(element('', { src }), SELF)).toBe(SELF);
    expect(declaredOrigin(element('', { src: 'data:text/html,x' }), SELF)).toBeNull();
    expect(declaredOrigin(element('', { src: `blob:${SELF}/1234` }), SELF)).toBe(SELF);
  });

  test("'src' of a frame with an opaque origin is that opaque origin, 'self' never is", () => {
    expect(matched('shared-storage', { isSandboxed: true })).toEqual(['OPAQUE']);
    expect(matched("shared-storage 'self'", { isSandboxed: true })).toEqual(['SELF']);
    expect(matched("shared-storage 'self'", {}, OPAQUE)).toEqual([]);
  });
});

describe('a document', () => {
  const declared = (header: string, origin: string) => readPermissionsPolicyHeader(header, origin);
  const top = (header = '') => create(null, SELF, declared(header, SELF));
  const inside = (nodeDocument: PermissionsPolicy, allow: string | null, origin: string, header = '') =>
    create({ nodeDocument, element: allow === null ? null : element(allow) }, origin, declared(header, origin));
  const isEnabled = (policy: PermissionsPolicy, origin = policy.origin, feature: Feature = 'shared-storage') =>
    isFeatureEnabledInDocumentForOrigin(feature, policy, origin);

  test('at the top may everything that its header does not deny, for whom it does not deny it', () => {
    expect(isEnabled(top(), OTHER)).toBe(true);
    expect(isEnabled(top('shared-storage=()'))).toBe(false);
    expect(isEnabled(top('shared-storage=(self)'))).toBe(true);
    expect(isEnabled(top('shared-storage=(self)'), OTHER)).toBe(false);
    expect(isEnabled(top('shared-storage=()'), SELF, 'private-aggregation')).toBe(true);
  });

  test('in a frame may what its parent may, and lets it', () => {
    expect(isEnabled(inside(top(), '', OTHER))).toBe(true);
    expect(isEnabled(inside(top(), null, OTHER))).toBe(true);
    expect(isEnabled(inside(top('shared-storage=(self)'), '', OTHER))).toBe(false);
    expect(isEnabled(inside(top('shared-storage=(self)'), 'shared-storage *', OTHER))).toBe(false);
    expect(isEnabled(inside(top('shared-storage=(self)'), '', SELF))).toBe(true);
    expect(isEnabled(inside(top(`shared-storage=("${OTHER}")`), '', OTHER))).toBe(false);
    expect(isEnabled(inside(top(), "shared-storage 'self'", OTHER))).toBe(false);
    expect(isEnabled(inside(top(), 'shared-storage', OTHER))).toBe(true);
    expect(isEnabled(inside(top(), '', OTHER, 'shared-storage=()'))).toBe(false);
  });

  test('never gets back what an ancestor was denied', () => {
    const denied = inside(top(), "shared-storage 'none'", OTHER);
    expect(isEnabled(inside(denied, 'shared-storage *', SELF, 'shared-storage=*'))).toBe(false);
    expect(isEnabled(inside(inside(denied, '', OTHER), 'shared-storage *', OTHER))).toBe(false);
    expect(isEnabled(denied, OTHER, 'shared-storage-select-url')).toBe(true);
  });

  test('with an opaque origin is matched by * alone', () => {
    expect(isEnabled(inside(top('shared-storage=(self)'), '', OPAQUE))).toBe(false);
    expect(isEnabled(inside(top('shared-storage=*'), '', OPAQUE), OTHER)).toBe(true);
    expect(isEnabled(inside(top(), `shared-storage ${OTHER}`, OPAQUE))).toBe(false);
    expect(isEnabled(inside(inside(top(), '', OPAQUE, 'shared-storage=(self)'), '', opaqueOrigin('2')))).toBe(false);
  });

  /** From the innermost outwards: its origin, its header, and the `allow` of the element that it is in. */
  type Given = readonly (readonly [origin: string, header: string, allow?: string])[];

  function chainOf(given: Given): ResolvedLevel[] {
    const chain: ResolvedLevel[] = [];
    for (const [origin, header, allow] of given.toReversed()) {
      const containers = allow === undefined ? [] : [element(allow)];
      const outer = chain[0]?.policy;
      const container = outer ? { nodeDocument: outer, element: containers[0] ?? null } : null;
      chain.unshift({ policy: create(container, origin, declared(header, origin)), containers });
    }
    return chain;
  }

  const denialOf = (given: Given, origin = given[0]?.[0] ?? '') => findDenial('shared-storage', chainOf(given), origin);

  test.each<[string, Given, ReturnType<typeof findDenial>]>([
    [
      'nobody',
      [
        [OTHER, '', ''],
        [SELF, ''],
      ],
      null,
    ],
    ['its own header', [[SELF, 'shared-storage=()']], { by: 'header', level: 0, origin: SELF }],
    [
      'the header around it',
      [
        [OTHER, '', ''],
        [SELF, 'shared-storage=(self)'],
      ],
      { by: 'header', level: 1, origin: OTHER },
    ],
    [
      'the header around it, for itself',
      [
        [OTHER, '', ''],
        [SELF, 'shared-storage=()'],
      ],
      { by: 'header', level: 1, origin: SELF },
    ],
    [
      'the element',
      [
        [OTHER, '', "shared-storage 'none'"],
        [SELF, ''],
      ],
      { by: 'element', level: 0, origin: OTHER },
    ],
    [
      'the element further out',
      [
        [SELF, '', 'shared-storage *'],
        [OTHER, '', "shared-storage 'none'"],
        [SELF, ''],
      ],
      { by: 'element', level: 1, origin: OTHER },
    ],
    [
      'the header furthest out',
      [
        [SELF, '', ''],
        [SUB, '', ''],
        [OTHER, '', ''],
        [SELF, 'shared-storage=(self)'],
      ],
      { by: 'header', level: 3, origin: OTHER },
    ],
  ])('says who denied: %s', (_who, given, denial) => expect(denialOf(given)).toEqual(denial));

  test('says that nobody can tell, where the way to the top broke off', () => {
    const [level] = chainOf([
      [OTHER, '', "shared-storage 'none'"],
      [SELF, ''],
    ]);
    expect(level && findDenial('shared-storage', [level], OTHER)).toEqual({ by: 'unknown', level: 0, origin: OTHER });
  });

  test(`says so exactly where the feature is denied (seed ${SEED})`, () => {
    const headers = ['', '', 'shared-storage=()', 'shared-storage=(self)', `shared-storage=("${OTHER}")`, 'shared-storage=*'];
    const allows = ['', '', 'shared-storage', 'shared-storage *', "shared-storage 'none'", `shared-storage ${OTHER}`];
    let denied = 0;
    for (let round = 0; round < 2000; round++) {
      const given = Array.from({ length: 1 + below(4) }, () => [oneOf(Object.values(ORIGINS)), oneOf(headers), oneOf(allows)] as const);
      const chain = chainOf(given);
      const origin = oneOf([given[0]?.[0] ?? '', OTHER]);
      const isDenied = findDenial('shared-storage', chain, origin) !== null;
      expect(isDenied, JSON.stringify(given)).toBe(!isEnabled(chain[0]?.policy as PermissionsPolicy, origin));
      denied += Number(isDenied);
    }
    expect(denied).toBeGreaterThan(300);
  });
});
