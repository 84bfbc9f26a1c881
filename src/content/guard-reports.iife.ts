/** The isolated world's half of the message guard: says in the console and in the event log what was stopped, and why. */

import { GUARD_HANDSHAKE, type PageReport, REPORT } from '../protocol/isolation';
import type { Message } from '../protocol/recipients';
import { explain, lineOf } from './isolation/explain-isolation';

/** A document that is sent such messages without end fills neither the console nor the log. */
const MAXIMUM_EVENTS = 100;

let count = 0;

function tell(report: PageReport): void {
  if (++count > MAXIMUM_EVENTS) return;
  const { origin, originAgentCluster, crossOriginIsolated } = self;
  const receiver = { origin, originKeyed: originAgentCluster === true, crossOriginIsolated };
  const params = explain(report, receiver);
  console.warn(`[origin isolation] ${lineOf(params, receiver)}`);
  // Nobody answers; an orphan of a reloaded extension has nobody to tell.
  if (chrome.runtime?.id) chrome.runtime.sendMessage({ to: 'isolation', params } satisfies Message).catch(() => undefined);
}

addEventListener(
  GUARD_HANDSHAKE,
  (event) => {
    event.stopImmediatePropagation();
    const host = (event as MouseEvent).relatedTarget;
    const port = host instanceof HTMLElement && chrome.dom.openOrClosedShadowRoot(host);
    if (port) port.addEventListener(REPORT, (report) => tell((report as CustomEvent).detail as PageReport));
  },
  { capture: true, once: true },
);
