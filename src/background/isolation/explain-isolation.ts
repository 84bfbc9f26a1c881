/** What a person is told when something was stopped at the border of an agent cluster, in the event log and in the document's console. */

import { wordsOf } from '../../extension/words';
import type { Channel, Found, Sighting } from '../../protocol/isolation';
import { because, type Reason, said } from '../../spec/reason';

const CHANNELS: Readonly<Record<Channel, Reason>> = {
  window: because('overWindow'),
  port: because('overPort'),
  BroadcastChannel: because('overBroadcastChannel'),
};

export interface Explanation {
  readonly kind: Sighting['report']['kind'];
  readonly channel: Channel | null;
  /** Whose message it was: an origin, or null where the browser does not say. */
  readonly from: string | null;
  readonly contains: Reason;
  readonly reason: Reason;
  /** The whole in one line, for the console. */
  readonly line: string;
}

const list = (found: readonly Found[]): string => found.map(({ type, path }) => `${type} (${path})`).join(', ');

/** The browser does not hand out what it dropped; what it drops is known. */
const couldContain = (crossOriginIsolated: boolean): Reason => because(crossOriginIsolated ? 'couldContainInIsolation' : 'couldContain');

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
    const line = because('consoleDomainIgnored', contains && ` = ${contains}`, origin, reason);
    return { kind: report.kind, channel: null, from: null, contains: said(contains), reason, line: wordsOf(line) };
  }
  const { kind, channel, from } = report;
  const contains = kind === 'stopped' ? said(list(report.found)) : couldContain(crossOriginIsolated);
  const reason = reasonOf(from, origin, originKeyed);
  const sender = from ? said(from) : because('fromOtherPort');
  const line = because(
    kind === 'stopped' ? 'consoleMessageStopped' : 'consoleMessageDropped',
    sender,
    origin,
    CHANNELS[channel],
    contains,
    reason,
  );
  return { kind, channel, from: from || null, contains, reason, line: wordsOf(line) };
}
