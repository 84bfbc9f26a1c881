/** Reports of events, to the URLs that went with the selected one. https://wicg.github.io/fenced-frame/#report-an-event */

import { keepAutomaticBeacon, takeAutomaticBeacon } from '../../injected/fenced-frames/automatic-beacons';
import { sendBeacon, waitForAnswer } from '../../injected/fenced-frames/beacon';
import { writeToConsole } from '../../injected/fenced-frames/console';
import { isFirstTime } from '../../injected/fenced-frames/first-time';
import { Refusal } from '../../protocol/envelope';
import type { AutomaticBeacon, Destination, EventReport } from '../../protocol/fence-requests';
import { indexOf, markedURL, REPORT } from '../../protocol/url-marks';
import { keepServiceWorkerAlive } from '../browser/keep-alive';
import type { MarkedRequests } from '../browser/request-marks';
import { runIn } from '../browser/run-in';
import type { Caller } from '../requests/caller';
import { type Enclosing, enclosingContents, type FrameContent, isWithoutNetwork } from '../select-url/frame-records';

/** How long a server may take, in milliseconds. */
const LONGEST_REPORT = 30_000;

/** As native's messages have them. There is no auction whose seller a direct one could be. */
const NAMES: Readonly<Record<Destination, string>> = {
  buyer: 'Buyer',
  seller: 'Seller',
  'component-seller': 'ComponentSeller',
  'direct-seller': 'ComponentSeller',
  'shared-storage-select-url': 'SharedStorageSelectUrl',
};

interface Line {
  readonly level: 'error' | 'warn';
  readonly text: string;
}

const warning = (text: string): Line => ({ level: 'warn', text });
const error = (text: string): Line => ({ level: 'error', text });

const WITHOUT_METADATA = warning(
  "This frame was loaded with a FencedFrameConfig that did not have any reporting metadata associated with it (via selectURL()'s reportingMetadata or Protected Audience's registerAdBeacon()).",
);
const WITHOUT_NETWORK = error('Cannot send fenced frame event-level reports after calling window.fence.disableUntrustedNetwork().');

const withoutMetadataFor = (destination: Destination): Line =>
  warning(`This frame did not register reporting metadata for destination '${NAMES[destination]}'.`);

const withoutURLFor = (type: string): Line =>
  warning(`This frame did not register reporting url for destination '${NAMES['shared-storage-select-url']}' and event_type '${type}'.`);

const isCrossOrigin = (why: string): Line =>
  error(`This document is cross-origin to the document that contains reporting metadata, but ${why}`);

/** The automatic beacons that go out when a navigation of the top starts, and when its document is there. */
export type Stage = 'start' | 'commit';
const AUTOMATIC: readonly (readonly [type: string, stage: Stage])[] = [
  ['reserved.top_navigation_start', 'start'],
  ['reserved.top_navigation_commit', 'commit'],
  ['reserved.top_navigation', 'commit'],
];

export interface PendingBeacon {
  readonly type: string;
  readonly data: string;
  readonly stage: Stage;
}

/** What is reported: natively an event of one destination. */
type ReportedEvent = Pick<EventReport, 'type' | 'data'>;

/** Resolves when the promise is settled, or when a server has taken too long. */
async function withLimit(promise: Promise<unknown>): Promise<void> {
  const { promise: limit, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, LONGEST_REPORT);
  await Promise.race([promise.catch(() => undefined), limit]);
  clearTimeout(timer);
}

/** The caller's document. */
export const documentOf = ({ tabId, documentId }: Caller) => ({ tabId, documentIds: [documentId] });

/** The nearest frame around the caller's document that has an opaque URL, or its own. */
export async function enclosing(caller: Caller): Promise<Enclosing> {
  const [nearest] = await enclosingContents(caller.tabId, caller.frameId);
  if (!nearest) throw new Refusal('NotAllowedError', 'This frame does not show an opaque URL.');
  return nearest;
}

/** Whether the caller's request is carried out for the first time. `sequence`: its number, by which it is known when it is delivered again. */
export const isNew = (caller: Caller, sequence: number): Promise<boolean> =>
  // A document that has gone delivers nothing again.
  runIn(documentOf(caller), isFirstTime, String(sequence)).then(
    (isFirst) => isFirst !== false,
    () => true,
  );

function write(caller: Caller, { level, text }: Line): void {
  runIn(documentOf(caller), writeToConsole, level, text).catch(() => undefined);
}

/** The ids of the caller's document and of those around it, up to that of the frame. */
async function documentsUpTo({ tabId, frameId, documentId }: Caller, root: number): Promise<string[]> {
  const documents = [documentId];
  for (let id = frameId; id !== root; ) {
    const frame = await chrome.webNavigation.getFrame({ tabId, frameId: id });
    if (!frame?.parentDocumentId) break;
    documents.push(frame.parentDocumentId);
    id = frame.parentFrameId;
  }
  return documents;
}

export class Reports {
  readonly #marks: MarkedRequests;

  constructor(marks: MarkedRequests) {
    this.#marks = marks;
  }

  async report(caller: Caller, { destinations, type, data, crossOriginExposed }: EventReport, sequence: number): Promise<void> {
    const { content } = await enclosing(caller);
    const { reporter } = content;
    if (reporter === null) return write(caller, WITHOUT_METADATA);
    if (caller.origin !== content.origin) {
      if (!content.allowsReports)
        return write(
          caller,
          isCrossOrigin("the fenced frame's document was not served with the 'Allow-Cross-Origin-Event-Reporting' header."),
        );
      if (!crossOriginExposed) return write(caller, isCrossOrigin('reportEvent() was not called with crossOriginExposed=true.'));
    }
    const isCut = await isWithoutNetwork(caller.tabId, caller.frameId);
    // A URL of the caller's own is one of the buyer's.
    for (const [index, destination] of (destinations ?? (['buyer'] as const)).entries()) {
      if (isCut) write(caller, WITHOUT_NETWORK);
      else if (destination === 'shared-storage-select-url') await this.#send(caller, content, { type, data }, `${sequence} ${index}`);
      else write(caller, withoutMetadataFor(destination));
    }
  }

  /** https://wicg.github.io/fenced-frame/#dom-fence-setreporteventdataforautomaticbeacons */
  async setAutomatic(caller: Caller, beacon: AutomaticBeacon): Promise<void> {
    const { content } = await enclosing(caller);
    if (content.reporter === null) return write(caller, WITHOUT_METADATA);
    if (caller.origin !== content.origin && !beacon.crossOriginExposed)
      return write(caller, isCrossOrigin('setReportEventDataForAutomaticBeacons() was not called with crossOriginExposed=true.'));
    await runIn(documentOf(caller), keepAutomaticBeacon, beacon);
  }

  /**
   * The automatic beacons of a navigation of the top by the caller's document, with that document's data or that of the nearest document around
   * it that has any. `areAllowed`: by the document's header; then those go out as well for which there is no data.
   * https://wicg.github.io/fenced-frame/#attempt-to-send-an-automatic-beacon
   */
  async pendingBeacons(caller: Caller, { frameId, content }: Enclosing, areAllowed: boolean): Promise<PendingBeacon[]> {
    const hasOrigin = caller.origin === content.origin;
    if (content.reporter === null || !(hasOrigin || areAllowed)) return [];
    const documents = await documentsUpTo(caller, frameId);
    const find = async (type: string) => {
      for (const documentId of documents) {
        const target = { tabId: caller.tabId, documentIds: [documentId] };
        const beacon = await runIn(target, takeAutomaticBeacon, type, hasOrigin).catch(() => null);
        if (beacon) return beacon;
      }
      return null;
    };
    const found = await Promise.all(AUTOMATIC.map(async ([type, stage]) => ({ type, stage, beacon: await find(type) })));
    return found.flatMap(({ type, stage, beacon }) => (beacon || areAllowed ? [{ type, stage, data: beacon?.data ?? '' }] : []));
  }

  /** The same for a document that has gone by now, of its own data alone. */
  pendingOf(caller: Caller, content: FrameContent, areAllowed: boolean, own: readonly AutomaticBeacon[]): PendingBeacon[] {
    const hasOrigin = caller.origin === content.origin;
    if (content.reporter === null || !(hasOrigin || areAllowed)) return [];
    return AUTOMATIC.flatMap(([type, stage]) => {
      const beacon = own.find((one) => one.type === type && (hasOrigin || one.crossOriginExposed));
      return beacon || areAllowed ? [{ type, stage, data: beacon?.data ?? '' }] : [];
    });
  }

  /** `sequence`: the number of the request that they are sent for. Resolves once they are on their way. */
  async sendPending(
    caller: Caller,
    content: FrameContent,
    beacons: readonly PendingBeacon[],
    stage: Stage,
    sequence: number,
  ): Promise<void> {
    const due = beacons.filter((beacon) => beacon.stage === stage);
    await Promise.all(due.map((beacon) => this.#send(caller, content, beacon, `${sequence} ${beacon.type}`)));
  }

  /** Resolves once the report is on its way. `name`: among the reports of the caller's document, of which each goes out once. */
  async #send(caller: Caller, { reportingMetadata, reporter }: FrameContent, event: ReportedEvent, name: string): Promise<void> {
    const { type, data } = event;
    const url = Object.hasOwn(reportingMetadata, type) ? reportingMetadata[type] : undefined;
    if (url === undefined || reporter === null) {
      write(caller, withoutURLFor(type));
      return;
    }
    const mark = `${REPORT}${crypto.randomUUID()}`;
    // The URL is not the caller's choice, but that of whoever registered it.
    const headers = { Origin: reporter, ...(caller.origin === 'null' ? {} : { Referer: `${caller.origin}/` }) };
    const unmark = await this.#marks.mark(mark, headers);
    const marked = markedURL(url, mark, indexOf);
    // DEVIATION: natively, automatic beacons have cookies as far as those of third parties are allowed; a credentialless frame's have none.
    const [sent, answered] = await runIn(documentOf(caller), sendBeacon, marked, data, name).then(
      () => [name, (of: string) => runIn(documentOf(caller), waitForAnswer, of)] as const,
      () => {
        // Where the document has gone already, the report still goes out.
        const own = `${caller.documentId} ${name}`;
        sendBeacon(marked, data, own);
        return [own, waitForAnswer] as const;
      },
    );
    keepServiceWorkerAlive(withLimit(answered(sent)).finally(unmark));
  }
}
