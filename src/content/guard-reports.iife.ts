/**
 * The isolated world's half of the message guard: tells the service worker what was stopped in this document, and puts the line into the
 * console that the service worker answers with.
 */

import { GUARD_HANDSHAKE, type PageReport, REPORT } from '../protocol/isolation';
import { MAXIMUM_QUOTED } from '../protocol/limits';
import type { Message } from '../protocol/recipients';
import { isOrphan } from './orphan';

/** A document that is sent such messages without end fills neither the console nor the log. */
const MAXIMUM_EVENTS = 100;

/** With no more of the page's own texts than anybody reads. */
function shortened(report: PageReport): PageReport {
  if (report.kind === 'document.domain') return { ...report, value: report.value.slice(0, MAXIMUM_QUOTED) };
  if (report.kind === 'dropped') return report;
  return { ...report, found: report.found.map(({ type, path }) => ({ type, path: path.slice(0, MAXIMUM_QUOTED) })) };
}

async function tell(report: PageReport): Promise<void> {
  // An orphan of a reloaded extension has nobody to tell.
  if (isOrphan()) return;
  const { originAgentCluster, crossOriginIsolated } = self;
  const params = { report: shortened(report), originKeyed: originAgentCluster === true, crossOriginIsolated };
  const message: Message<'isolation'> = { to: 'isolation', params };
  const line: unknown = await chrome.runtime.sendMessage(message).catch(() => undefined);
  if (typeof line === 'string') console.warn(line);
}

addEventListener(
  GUARD_HANDSHAKE,
  (event) => {
    event.stopImmediatePropagation();
    const host = (event as SubmitEvent).submitter;
    const port = host instanceof HTMLElement && chrome.dom.openOrClosedShadowRoot(host);
    if (!port) return;
    let count = 0;
    port.addEventListener(REPORT, (report) => {
      if (++count <= MAXIMUM_EVENTS) void tell((report as CustomEvent).detail as PageReport);
    });
  },
  { capture: true, once: true },
);
