import { expect, test } from 'vitest';
import { explain, lineOf, type Receiver } from '../../src/content/isolation/explain-isolation';
import type { PageReport } from '../../src/protocol/isolation';

const OWN = 'https://a.example.com';
const OTHER = 'https://b.example.com';
const receiver: Receiver = { origin: OWN, originKeyed: true, crossOriginIsolated: false };

const line = (report: PageReport, to: Receiver = receiver) => lineOf(explain(report, to), to);

test('what was stopped is named, with its place in the message', () => {
  const found = [
    { type: 'WebAssembly.Module', path: 'data.module' },
    { type: 'SharedArrayBuffer', path: 'data.view.buffer' },
  ] as const;
  expect(line({ kind: 'stopped', channel: 'window', from: OTHER, found })).toBe(
    `A message from ${OTHER} to ${OWN} over window.postMessage() was stopped by Shared Storage Lab, and became a messageerror. It contained a WebAssembly.Module (data.module), a SharedArrayBuffer (data.view.buffer). ${OWN} is in an agent cluster of its own (originAgentCluster is true), and such objects do not leave theirs.`,
  );
});

test('what the browser dropped is what it can have been', () => {
  const dropped = (to: Receiver) => explain({ kind: 'dropped', channel: 'port', from: '' }, to);
  expect(dropped(receiver)).toMatchObject({ from: null, channel: 'port', contains: expect.stringMatching(/^a WebAssembly.Module or /) });
  expect(dropped({ ...receiver, crossOriginIsolated: true }).contains).toMatch(/^a WebAssembly.Module, a SharedArrayBuffer, /);
  expect(line({ kind: 'dropped', channel: 'port', from: '' })).toMatch(
    /^A message from the holder of the other port to .+ dropped by the browser/,
  );
});

test.each<[string, string, Receiver, RegExp]>([
  ['keyed by origin', OTHER, receiver, /agent cluster of its own/],
  ['keyed by site', OTHER, { ...receiver, originKeyed: false }, /keyed by site, but since Chrome 92 \(shared memory\) and 95 \(modules\)/],
  ['of the same origin', OWN, receiver, /same origin, but is in another agent cluster/],
])('the reason: %s', (_name, from, to, reason) => {
  expect(explain({ kind: 'dropped', channel: 'BroadcastChannel', from }, to).reason).toMatch(reason);
});

test('a document.domain that was set in vain; what was no string is not shown', () => {
  expect(line({ kind: 'document.domain', value: 'example.com' })).toMatch(
    /^document\.domain = "example\.com" was ignored in https:\/\/a\.example\.com\. /,
  );
  expect(line({ kind: 'document.domain', value: '' })).toMatch(/^document\.domain was ignored in /);
});
