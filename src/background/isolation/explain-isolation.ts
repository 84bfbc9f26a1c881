/** What a person is told when something was stopped at the border of an agent cluster, in the event log and in the document's console. */

import { wordsOf } from '../../extension/words';
import type { Channel, Found, Sighting } from '../../protocol/isolation';
import { because, type Reason } from '../../spec/reason';

const CHANNELS = { window: 'window.postMessage()', port: 'a MessagePort', BroadcastChannel: 'a BroadcastChannel' } as const;

export interface Explanation {
  readonly kind: Sighting['report']['kind'];
  readonly channel: Channel | null;
  /** Whose message it was: an origin, or null where the browser does not say. */
  readonly from: string | null;
  readonly contains: string;
  readonly reason: Reason;
  /** The whole in one line, for the console. */
  readonly line: string;
}

const list = (found: readonly Found[]): string => found.map(({ type, path }) => `a ${type} (${path})`).join(', ');

/** The browser does not hand out what it dropped; what it drops is known. */
function couldContain(crossOriginIsolated: boolean): string {
  return crossOriginIsolated
    ? 'a WebAssembly.Module, a SharedArrayBuffer, a WebAssembly.Memory or a file handle (the browser does not say which)'
    : 'a WebAssembly.Module or a file handle, or shared memory from a cross-origin isolated sender (the browser does not say which)';
}

function reasonOf(from: string, origin: string, originKeyed: boolean): Reason {
  if (from === origin) return because('reasonOtherClusterOfOrigin');
  if (originKeyed) return because('reasonOwnCluster', origin);
  return because('reasonOneOriginOnly');
}

/** What was seen in a document of the origin. */
export function explain({ report, originKeyed, crossOriginIsolated }: Sighting, origin: string): Explanation {
  if (report.kind === 'document.domain') {
    const contains = report.value && JSON.stringify(report.value);
    const reason = because('reasonDomainIgnored', origin);
    const line = `[origin isolation] document.domain${contains && ` = ${contains}`} was ignored in ${origin}. ${wordsOf(reason)}`;
    return { kind: report.kind, channel: null, from: null, contains, reason, line };
  }
  const { kind, channel, from } = report;
  const contains = kind === 'stopped' ? list(report.found) : couldContain(crossOriginIsolated);
  const reason = reasonOf(from, origin, originKeyed);
  const by = kind === 'stopped' ? 'stopped by Shared Storage Lab' : 'dropped by the browser';
  const message = `A message from ${from || 'the holder of the other port'} to ${origin} over ${CHANNELS[channel]}`;
  const line = `[origin isolation] ${message} was ${by}, and became a messageerror. It contained ${contains}. ${wordsOf(reason)}`;
  return { kind, channel, from: from || null, contains, reason, line };
}
