import { describe, expect, test } from 'vitest';
import { readOriginPolicyHeader } from '../../src/background/isolation/origin-policy-header';
import { isAllowed, isKillSwitch, needsFetch, type OriginPolicyHeader, parseManifest } from '../../src/spec/origin-policy';

describe('the manifest', () => {
  test.each([
    ['{"id": "my-policy", "isolation": true}', { ids: ['my-policy'], isolation: [] }],
    ['{"id": "my-policy", "isolation": {}}', { ids: ['my-policy'], isolation: [] }],
    ['{"id": "my-policy", "isolation": false}', { ids: ['my-policy'], isolation: null }],
    ['{"id": "my-policy"}', { ids: ['my-policy'], isolation: null }],
    ['{"id": "my-policy", "isolation": "yes"}', { ids: ['my-policy'], isolation: null }],
    [
      '{"id": "my-policy", "isolation": {"prefer_isolated_event_loop": true, "prefer_isolated_memory": true}}',
      { ids: ['my-policy'], isolation: ['prefer_isolated_event_loop', 'prefer_isolated_memory'] },
    ],
    [
      '{"id": "a", "isolation": {"for_memory_measurement": true, "for_side_channel_protection": true, "prefer_isolated_memory": false, "x": true}}',
      { ids: ['a'], isolation: ['for_side_channel_protection', 'for_memory_measurement'] },
    ],
    ['{"ids": ["a", "b"], "isolation": true}', { ids: ['a', 'b'], isolation: [] }],
    ['{"isolation": true}', null],
    ['{"id": "", "isolation": true}', null],
    ['{"id": 1, "isolation": true}', null],
    ['{"id": "ü", "isolation": true}', null],
    ['[]', null],
    ['null', null],
    ['{', null],
  ])('%s', (text, policy) => {
    expect(parseManifest(text)).toEqual(policy);
  });
});

const header = (ids: string[], none: boolean, latest: boolean, preferred: OriginPolicyHeader['preferred'] = null): OriginPolicyHeader => ({
  allowed: { ids, none, latest },
  preferred,
});

describe('the header', () => {
  test.each<[string, OriginPolicyHeader | null]>([
    ['allowed=("my-policy" null)', header(['my-policy'], true, false)],
    ['allowed=("a" "b" "a" null latest)', header(['a', 'b'], true, true)],
    ['allowed=(latest "1" null "2"), preferred="1"', header(['1', '2'], true, true, { id: '1' })],
    ['preferred=latest-from-network, allowed=(latest null)', header([], true, true, 'latest')],
    ['allowed=("a" latest-from-network)', header(['a'], false, false)],
    ['preferred="a"', header([], false, false, { id: 'a' })],
    ['allowed=("a"), preferred=somewhere', header(['a'], false, false)],
    ['allowed=("a";x=1), other=?1', header(['a'], false, false)],
    ['allowed="a"', null],
    ['allowed=latest', null],
    ['allowed=("")', null],
    ['allowed=("a" 42)', null],
    ['allowed=("a" ?0)', null],
    ['allowed=()', null],
    ['allowed=(unknown)', null],
    ['allowed=("a"), preferred=("b")', null],
    ['allowed=("a"), preferred=""', null],
    ['allowed=("a"', null],
    ['', null],
  ])('%s', (text, parsed) => {
    expect(readOriginPolicyHeader(text)).toEqual(parsed);
  });
});

describe('which policy applies', () => {
  const policy = { ids: ['a', 'b'], isolation: [] };

  test('one whose id is allowed, or any by "latest"', () => {
    expect(isAllowed(header(['b'], false, false), policy)).toBe(true);
    expect(isAllowed(header([], false, true), policy)).toBe(true);
    expect(isAllowed(header(['c'], true, false), policy)).toBe(false);
  });

  test('allowed=(null) alone is the kill switch', () => {
    expect(isKillSwitch(header([], true, false))).toBe(true);
    expect(isKillSwitch(header(['a'], true, false))).toBe(false);
    expect(isKillSwitch(header([], true, false, 'latest'))).toBe(false);
  });

  test('the manifest is fetched once per id, and again for another', () => {
    expect(needsFetch(header(['a'], true, false), null)).toBe('now');
    expect(needsFetch(header(['a'], true, false), policy)).toBeNull();
    expect(needsFetch(header(['a'], false, true), policy)).toBeNull();
    expect(needsFetch(header(['c'], true, false), policy)).toBe('now');
    expect(needsFetch(header(['a'], true, false, { id: 'c' }), policy)).toBe('now');
    expect(needsFetch(header(['c'], true, false, { id: 'a' }), policy)).toBeNull();
    expect(needsFetch(header(['a'], true, false, 'latest'), policy)).toBe('now');
    expect(needsFetch(header([], true, false), null)).toBeNull();
  });

  test('"latest" names no id: the one at hand is the latest until it expires', () => {
    expect(needsFetch(header([], false, true), null)).toBe('now');
    expect(needsFetch(header([], false, true), policy)).toBe('when-stale');
    expect(needsFetch(header(['c'], false, true), policy)).toBe('when-stale');
  });
});
