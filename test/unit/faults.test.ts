/** What `npm run faults` makes of seeds, and what it finds wrong with what it has observed. */

import { describe, expect, test } from 'vitest';
import { createEpisode, type Episode, FAULTS, faultsOf, type WriterKind, writersOf } from '../../scripts/faults/episode.mjs';
import { type FaultKind, judge, LAST_MOMENTS, type Observation } from '../../scripts/faults/model.mjs';

describe('episodes', () => {
  test('of a seed are always the same, and those of different seeds are not', () => {
    expect(createEpisode(5)).toEqual(createEpisode(5));
    expect(createEpisode(5)).not.toEqual(createEpisode(6));
  });

  test('have everything in them, sooner or later', () => {
    const episodes = Array.from({ length: 600 }, (_, seed) => createEpisode(seed));
    expect(new Set(episodes.flatMap(faultsOf).map(({ kind }) => kind))).toEqual(new Set(FAULTS));
    const kinds: WriterKind[] = ['append', 'register', 'batch', 'header', 'operation', 'shared', 'contribution', 'selection'];
    expect(new Set(episodes.flatMap(writersOf).map(({ kind }) => kind))).toEqual(new Set(kinds));
    expect(new Set(episodes.map(({ durability }) => durability))).toEqual(new Set(['relaxed', 'strict']));
    for (const { parts } of episodes) expect(new Set(parts.map(({ part }) => part))).toEqual(new Set(['writer', 'fault']));
  });
});

const NOW = 1_000_000;

const episodeOf = (kind: WriterKind, durability: Episode['durability'] = 'relaxed'): Episode => ({
  durability,
  parts: [{ part: 'writer', name: 'w0', kind, document: 0, steps: [0, 0, 0, 0], lock: null }],
});

/** All steps of `w0` were acknowledged, the last of them just now. */
const observed = (changes: Partial<Observation>): Observation => ({
  notes: [0, 1, 2].map((step) => ({ writer: 'w0', step, outcome: null, time: NOW - 1000 * (2 - step) })),
  kept: [],
  happened: [],
  ended: new Map(),
  entries: { w0: '0;1;2;' },
  logged: [],
  received: [],
  reports: [],
  selected: [],
  locks: [],
  budget: 12,
  errors: [],
  unsettled: [],
  ...changes,
});

const verdictOn = (kind: WriterKind, changes: Partial<Observation>, durability?: Episode['durability']) => {
  const { wrong, missing, excused } = judge(episodeOf(kind, durability), observed(changes));
  return { wrong: wrong.length, missing: missing.length, excused: excused.length };
};

const FINE = { wrong: 0, missing: 0, excused: 0 };
const happened = (kind: FaultKind, from = NOW + 1) => [{ kind, document: 0, from, to: from + 1 }];

describe('what was appended', () => {
  test('is there once and in order', () => {
    expect(verdictOn('append', {})).toEqual(FINE);
    // What was asked for and not acknowledged may be there.
    expect(verdictOn('append', { entries: { w0: '0;1;2;3;' } })).toEqual(FINE);
    expect(verdictOn('append', { entries: { w0: '0;2;' } })).toMatchObject({ wrong: 0, missing: 1 });
    expect(verdictOn('append', { entries: { w0: '0;2;1;' } })).toMatchObject({ wrong: 1 });
    expect(verdictOn('append', { entries: { w0: '0;1;1;2;' } })).toMatchObject({ wrong: 2 });
    expect(verdictOn('append', { entries: { w0: '0;1;2' } })).toMatchObject({ missing: 1 });
    expect(verdictOn('append', { entries: {} })).toMatchObject({ missing: 3 });
  });

  test('may be lost where it was acknowledged in the last moments before a kill', () => {
    const lost = { entries: { w0: '0;1;' } };
    for (const kind of ['kill browser', 'reload extension', 'crash extension', 'crash page'] as const) {
      expect(verdictOn('append', { ...lost, happened: happened(kind) })).toEqual({ ...FINE, excused: 1 });
      expect(verdictOn('append', { ...lost, happened: happened(kind, NOW + LAST_MOMENTS + 1) })).toMatchObject({ missing: 1 });
      expect(verdictOn('append', { ...lost, happened: happened(kind) }, 'strict')).toMatchObject({ missing: 1 });
      expect(verdictOn('header', { ...lost, happened: happened(kind) })).toMatchObject({ missing: 1 });
    }
  });

  test('is not lost with a service worker that is stopped, unless its document goes as well', () => {
    const lost = { entries: { w0: '0;1;' }, happened: happened('stop worker') };
    expect(verdictOn('append', lost)).toMatchObject({ missing: 1 });
    expect(verdictOn('append', { ...lost, ended: new Map([[0, NOW]]) })).toEqual({ ...FINE, excused: 1 });
    expect(verdictOn('append', { ...lost, ended: new Map([[1, NOW]]) })).toMatchObject({ missing: 1 });
  });
});

test('of what is set and deleted, the last promised state is there, or a later one', () => {
  expect(verdictOn('register', { entries: { w0: '2' } })).toEqual(FINE);
  expect(verdictOn('register', { entries: { w0: '3' } })).toEqual(FINE);
  expect(verdictOn('register', { entries: { w0: '1' } })).toMatchObject({ missing: 1 });
  expect(verdictOn('register', { entries: {} })).toMatchObject({ missing: 1 });
  expect(verdictOn('register', { entries: { w0: '1' }, happened: happened('kill browser') })).toEqual(FINE);
});

test('of a batch there is all or nothing', () => {
  const batch = (a: string, b: string, c: string) => ({ entries: { 'w0-a': a, 'w0-b': b, 'w0-c': c } });
  expect(verdictOn('batch', batch('0;1;2;', '0;1;2;', '2'))).toEqual(FINE);
  expect(verdictOn('batch', batch('0;1;2;', '0;1;', '2'))).toMatchObject({ wrong: 1 });
  expect(verdictOn('batch', batch('0;1;2;', '0;1;2;', '1'))).toMatchObject({ wrong: 1 });
});

test('what an operation says that it has kept is there, and what was asked of worklets that have ended need not be', () => {
  const kept = [{ writer: 'w0', step: 1 }];
  expect(verdictOn('operation', { entries: { w0: '0;1;' } })).toMatchObject({ missing: 1 });
  expect(verdictOn('operation', { entries: { w0: '0;1;' }, happened: happened('crash sandbox') })).toEqual(FINE);
  expect(verdictOn('operation', { entries: { w0: '0;2;' }, happened: happened('crash sandbox'), kept })).toMatchObject({ missing: 1 });
  // Of a renderer that crashes, the last calls may not have been sent; those before them were, and their worklet lives on.
  expect(verdictOn('operation', { entries: { w0: '0;1;' }, happened: happened('crash page') })).toEqual({ ...FINE, excused: 1 });
  expect(verdictOn('operation', { entries: { w0: '0;2;' }, happened: happened('crash page') })).toMatchObject({ missing: 1 });
});

test('of two that write to one key under one lock, each is there once', () => {
  expect(verdictOn('shared', { entries: { shared: 'w0:0;w1:0;w0:2;w0:1;' } })).toEqual(FINE);
  expect(verdictOn('shared', { entries: { shared: 'w0:0;w1:1;w0:2;' } })).toMatchObject({ missing: 1 });
  expect(verdictOn('shared', { entries: { shared: 'w0:0;w0:1;w0:1;w0:2;' } })).toMatchObject({ wrong: 1 });
});

test('there is one report of each operation, and one that is said to be sent has arrived', () => {
  const received = [0, 1, 2].map((step) => ({ contextId: `w0:${step}`, reportId: `${step}` }));
  const reports = received.map(({ contextId }) => ({ contextId, state: 'sent' }));
  expect(verdictOn('contribution', { received, reports })).toEqual(FINE);
  expect(verdictOn('contribution', { received: received.slice(1), reports: reports.slice(1) })).toMatchObject({ missing: 1 });
  expect(verdictOn('contribution', { received: received.slice(1), reports })).toMatchObject({ wrong: 1 });
  expect(verdictOn('contribution', { received: [...received, ...received.slice(2)], reports })).toMatchObject({ wrong: 1 });
  expect(verdictOn('contribution', { received: [], reports: reports.map((report) => ({ ...report, state: 'failed' })) })).toEqual(FINE);
});

test('what the event log says was applied is there, and was applied once', () => {
  expect(verdictOn('append', { logged: [{ writer: 'w0', step: 2, times: 1 }] })).toEqual(FINE);
  expect(verdictOn('append', { logged: [{ writer: 'w0', step: 2, times: 2 }] })).toMatchObject({ wrong: 1 });
  expect(verdictOn('append', { logged: [{ writer: 'w0', step: 3, times: 1 }] })).toMatchObject({ wrong: 1 });
});

test('a page is refused nothing, unless its extension has gone', () => {
  const refused = (outcome: string) => ({ notes: [{ writer: 'w0', step: 0, outcome, time: NOW }], entries: {} });
  const orphaned = refused('InvalidStateError: Shared Storage Lab was reloaded or removed. Reload this page to use it.');
  expect(verdictOn('append', orphaned)).toMatchObject({ wrong: 1 });
  expect(verdictOn('append', { ...orphaned, happened: happened('reload extension') })).toEqual(FINE);
  const cutOff = refused('TypeError: Failed to fetch');
  expect(verdictOn('header', cutOff)).toMatchObject({ wrong: 1 });
  expect(verdictOn('header', { ...cutOff, happened: happened('stop worker') })).toMatchObject({ wrong: 1 });
  expect(verdictOn('header', { ...cutOff, happened: happened('reload extension') })).toEqual(FINE);
});

test('no lock stays taken, no promise pending, and no budget falls below zero', () => {
  expect(verdictOn('append', { locks: ['lock'] })).toMatchObject({ missing: 1 });
  expect(verdictOn('append', { unsettled: ['w0'] })).toMatchObject({ wrong: 1 });
  // The browser does not end every request that was under way.
  expect(verdictOn('header', { unsettled: ['w0'], happened: happened('network') })).toMatchObject({ wrong: 0 });
  expect(verdictOn('append', { unsettled: ['w0'], happened: happened('network') })).toMatchObject({ wrong: 1 });
  expect(verdictOn('append', { budget: -1 })).toMatchObject({ wrong: 1 });
  expect(verdictOn('append', { budget: Number.NaN })).toMatchObject({ wrong: 1 });
});
