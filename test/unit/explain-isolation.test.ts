import { expect, test } from 'vitest';
import './texts';
import { explain } from '../../src/background/isolation/explain-isolation';
import { wordsOf } from '../../src/extension/words';
import { decodeSighting, type PageReport } from '../../src/protocol/isolation';
import { MAXIMUM_QUOTED } from '../../src/protocol/limits';
import { because } from '../../src/spec/reason';

const OWN = 'https://a.example.com';
const OTHER = 'https://b.example.com';
const document = { originKeyed: true, crossOriginIsolated: false };

const line = (report: PageReport) => explain({ report, ...document }, OWN).line;

test('what was stopped is named, with its place in the message', () => {
  const found = [
    { type: 'WebAssembly.Module', path: 'data.module' },
    { type: 'SharedArrayBuffer', path: 'data.view.buffer' },
  ] as const;
  expect(line({ kind: 'stopped', channel: 'window', from: OTHER, found })).toBe(
    `[origin isolation] A message from ${OTHER} to ${OWN} over window.postMessage() was stopped by Shared Storage Lab, and became a messageerror. It contained WebAssembly.Module (data.module), SharedArrayBuffer (data.view.buffer). ${OWN} is in an agent cluster of its own (originAgentCluster is true), and such objects do not leave theirs.`,
  );
});

test('what the browser dropped is what it can have been', () => {
  const report = { kind: 'dropped', channel: 'port', from: '' } as const;
  const dropped = (of: typeof document) => explain({ report, ...of }, OWN);
  expect(dropped(document)).toMatchObject({ from: null, channel: 'port', contains: because('couldContain') });
  expect(wordsOf(dropped({ ...document, crossOriginIsolated: true }).contains)).toMatch(/^a WebAssembly.Module, a SharedArrayBuffer, /);
  expect(line(report)).toMatch(/ A message from the holder of the other port to .+ dropped by the browser/);
});

test.each<[string, string, typeof document, RegExp]>([
  ['keyed by origin', OTHER, document, /agent cluster of its own/],
  ['keyed by site', OTHER, { ...document, originKeyed: false }, /keyed by site, but since Chrome 92 \(shared memory\) and 95 \(modules\)/],
  ['of the same origin', OWN, document, /same origin, but is in another agent cluster/],
])('the reason: %s', (_name, from, of, reason) => {
  expect(wordsOf(explain({ report: { kind: 'dropped', channel: 'BroadcastChannel', from }, ...of }, OWN).reason)).toMatch(reason);
});

test('a document.domain that was set in vain; what was no string is not shown', () => {
  expect(line({ kind: 'document.domain', value: 'example.com' })).toMatch(
    /^\[origin isolation\] document\.domain = "example\.com" was ignored in https:\/\/a\.example\.com\. /,
  );
  expect(line({ kind: 'document.domain', value: '' })).toMatch(/^\[origin isolation\] document\.domain was ignored in /);
});

const decode = (report: unknown, more: object = {}) =>
  decodeSighting({ to: 'isolation', params: { report, originKeyed: true, crossOriginIsolated: false, ...more } });

test.each<[PageReport]>([
  [{ kind: 'stopped', channel: 'window', from: OTHER, found: [{ type: 'SharedArrayBuffer', path: 'data.a' }] }],
  [{ kind: 'dropped', channel: 'port', from: '' }],
  [{ kind: 'document.domain', value: 'example.com' }],
])('what a document saw arrives as it was sent: %j', (report) => {
  expect(decode(report)).toEqual({ report, ...document });
});

test.each([
  [null],
  [{ kind: 'other', channel: 'window', from: OTHER }],
  [{ kind: 'dropped', channel: 'constructor', from: OTHER }],
  [{ kind: 'dropped', channel: 'window', from: null }],
  [{ kind: 'stopped', channel: 'window', from: OTHER }],
  [{ kind: 'stopped', channel: 'window', from: OTHER, found: [{ type: 'Object', path: 'data' }] }],
  [{ kind: 'stopped', channel: 'window', from: OTHER, found: [null] }],
  [{ kind: 'stopped', channel: 'window', from: OTHER, found: new Array(21).fill({ type: 'SharedArrayBuffer', path: 'data' }) }],
  [{ kind: 'document.domain', value: 'x'.repeat(MAXIMUM_QUOTED + 1) }],
])('anything else is nothing: %j', (report) => {
  expect(decode(report)).toBeNull();
});

test('the facts about the document are part of what was seen', () => {
  expect(decode({ kind: 'document.domain', value: '' }, { originKeyed: 'yes' })).toBeNull();
  expect(decode({ kind: 'document.domain', value: '' }, { crossOriginIsolated: undefined })).toBeNull();
  expect(decodeSighting({ to: 'isolation' })).toBeNull();
});
