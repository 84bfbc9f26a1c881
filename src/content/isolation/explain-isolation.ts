/** What a person is told when something was stopped at the border of an agent cluster. */

import type { Found, GuardEvent, PageReport } from '../../protocol/isolation';

const CHANNELS = { window: 'window.postMessage()', port: 'a MessagePort', BroadcastChannel: 'a BroadcastChannel' } as const;

const list = (found: readonly Found[]): string => found.map(({ type, path }) => `a ${type} (${path.slice(0, 200)})`).join(', ');

/** The browser does not hand out what it dropped; what it drops is known. */
function couldContain(crossOriginIsolated: boolean): string {
  return crossOriginIsolated
    ? 'a WebAssembly.Module, a SharedArrayBuffer, a WebAssembly.Memory or a file handle (the browser does not say which)'
    : 'a WebAssembly.Module or a file handle, or shared memory from a cross-origin isolated sender (the browser does not say which)';
}

export interface Receiver {
  readonly origin: string;
  readonly originKeyed: boolean;
  readonly crossOriginIsolated: boolean;
}

function reasonOf(from: string, { origin, originKeyed }: Receiver): string {
  if (from === origin)
    return 'The sender has the same origin, but is in another agent cluster: another browsing context group, or another kind of worker.';
  if (originKeyed) return `${origin} is in an agent cluster of its own (originAgentCluster is true), and such objects do not leave theirs.`;
  return 'This agent cluster is keyed by site, but since Chrome 92 (shared memory) and 95 (modules) the browser passes such objects only between documents of one origin.';
}

/** The event that a report of the page's realm stands for. */
export function explain(report: PageReport, receiver: Receiver): GuardEvent {
  if (report.kind === 'document.domain') {
    const contains = report.value && JSON.stringify(report.value.slice(0, 200));
    const reason = `${receiver.origin} is in an agent cluster of its own (originAgentCluster is true): setting document.domain does nothing, and no other origin gets synchronous access.`;
    return { kind: report.kind, channel: null, from: null, contains, reason };
  }
  const { kind, channel, from } = report;
  const contains = kind === 'stopped' ? list(report.found) : couldContain(receiver.crossOriginIsolated);
  return { kind, channel, from: from || null, contains, reason: reasonOf(from, receiver) };
}

/** One line for the console. */
export function lineOf({ kind, channel, from, contains, reason }: GuardEvent, { origin }: Receiver): string {
  if (kind === 'document.domain') return `document.domain${contains && ` = ${contains}`} was ignored in ${origin}. ${reason}`;
  const sender = from ?? 'the holder of the other port';
  const by = kind === 'stopped' ? 'stopped by Shared Storage Lab' : 'dropped by the browser';
  return `A message from ${sender} to ${origin} over ${channel ? CHANNELS[channel] : ''} was ${by}, and became a messageerror. It contained ${contains}. ${reason}`;
}
