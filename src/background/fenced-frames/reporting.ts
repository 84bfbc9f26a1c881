/** Reports of frames that show what selectURL() chose. https://wicg.github.io/fenced-frame/#fenced-frame-reporting */

import { sendBeacon } from '../../injected/fenced-frames/beacon';
import { type OptIns, readOptIns } from '../../injected/fenced-frames/opt-ins';
import { warn } from '../../injected/fenced-frames/show';
import { sayInConsole } from '../../injected/say-in-console';
import type { Requests } from '../../protocol/messages';
import { BEACON, filterOf, indexOf, markedURL } from '../../protocol/url-marks';
import type { Records } from '../../store/document-records';
import type { Documents } from '../browser/documents';
import type { KeepAlive } from '../browser/keep-alive';
import type { MarkedRequests } from '../browser/request-marks';
import { runIn } from '../browser/run-in';
import { A_DOCUMENT, withinTime } from '../browser/within-time';
import type { Caller } from '../requests/caller';
import type { Enclosing, FrameContent, FrameRecords } from '../select-url/frame-records';

/** https://wicg.github.io/fenced-frame/#automatic-beacon-event-type */
const AUTOMATIC = ['reserved.top_navigation', 'reserved.top_navigation_start', 'reserved.top_navigation_commit'];

/** What a document has said that automatic beacons of a type carry. */
interface AutomaticData {
  readonly data: string;
  readonly once: boolean;
  /** Whether documents of other origins within it may send it. */
  readonly crossOriginExposed: boolean;
  readonly origin: string;
}

/** How long a server may take to answer a beacon, in milliseconds. */
const LONGEST_WAIT = 20_000;

/** How long a document may take to say what it allows others, in milliseconds. */
const LONGEST_ANSWER = 10_000;

type Event = Requests['fence.report']['params'];

/** The destination of what selectURL() chose. */
const SELECT_URL = 'shared-storage-select-url';

// Native Chromium's words.
const RESERVED = 'Reserved events cannot be triggered manually.';
const OTHER_ORIGIN = 'This document is cross-origin to the document that contains reporting metadata, but';
const NO_METADATA =
  "This frame was loaded with a FencedFrameConfig that did not have any reporting metadata associated with it (via selectURL()'s reportingMetadata or Protected Audience's registerAdBeacon()).";

/** False where a document of another origin may report. */
function refusalOfOtherOrigin(isExposed: boolean, optIns: OptIns | undefined): string | false {
  if (!optIns?.reporting)
    return `${OTHER_ORIGIN} the fenced frame's document was not served with the 'Allow-Cross-Origin-Event-Reporting' header.`;
  return !isExposed && `${OTHER_ORIGIN} reportEvent() was not called with crossOriginExposed=true.`;
}

function whatIsMissing(metadata: FrameContent['reportingMetadata'], destination: string, type: string): string {
  if (Object.keys(metadata).length === 0) return NO_METADATA;
  const called = `destination '${destination.replaceAll(/(?:^|-)(\w)/g, (_match, letter: string) => letter.toUpperCase())}'`;
  return `This frame did not register reporting ${destination === SELECT_URL ? `url for ${called} and event_type '${type}'` : `metadata for ${called}`}.`;
}

const keyOf = (documentId: string, type: string): string => `${documentId} ${type}`;

const documentOf = ({ tabId, documentId }: Caller) => ({ tabId, documentIds: [documentId] });

/** Undefined for a document that has gone, or stands still. */
function optInsOf(target: chrome.scripting.InjectionTarget): Promise<OptIns | undefined> {
  return withinTime(runIn(target, readOptIns), LONGEST_ANSWER, A_DOCUMENT).catch(() => undefined);
}

/** The documents from the caller's up to that of the frame, by their ids. */
async function documentsUpTo({ tabId, frameId }: Caller, topmost: number): Promise<string[]> {
  const found: string[] = [];
  for (let id = frameId; ; ) {
    const frame = await chrome.webNavigation.getFrame({ tabId, frameId: id });
    if (frame) found.push(frame.documentId);
    if (!frame || id === topmost || id <= 0) return found;
    id = frame.parentFrameId;
  }
}

/** Who reports: for servers, the page that called selectURL() sends automatic beacons, of the frame that is their referrer. */
interface Sender {
  readonly tabId: number;
  readonly embedderOrigin: string;
  readonly origin: string;
}

interface ReportingServices {
  readonly documents: Documents;
  readonly frameRecords: FrameRecords;
  readonly keepAlive: KeepAlive;
  readonly marks: MarkedRequests;
}

export class Reporting {
  readonly #automaticData: Records<AutomaticData>;
  readonly #frameRecords: FrameRecords;
  readonly #keepAlive: KeepAlive;
  readonly #marks: MarkedRequests;
  /** What is being stored: a navigation of the same task comes after it. */
  #stored: Promise<unknown> = Promise.resolve();

  constructor({ documents, frameRecords, keepAlive, marks }: ReportingServices) {
    this.#automaticData = documents.records.of<AutomaticData>('automatic beacon');
    this.#frameRecords = frameRecords;
    this.#keepAlive = keepAlive;
    this.#marks = marks;
  }

  remember(caller: Caller, { type, ...data }: Requests['fence.automatic']['params']): Promise<unknown> {
    const { documentId, tabId, origin } = caller;
    const store = () => this.#automaticData.set(keyOf(documentId, type), { ...data, origin }, { documentId, tabId });
    this.#stored = this.#stored.then(store, store);
    return this.#stored;
  }

  /**
   * The origin of what selectURL() chose may report on it, and documents of other origins within the frame where both agree. `sequence`: the number
   * of the request, which is delivered again where the answer to it got lost.
   */
  async report(caller: Caller, { type, data, crossOriginExposed, destinations }: Event, sequence: number): Promise<void> {
    const nearest = await this.#nearestContent(caller);
    if (!nearest || (await this.#frameRecords.isWithoutNetwork(caller.tabId, caller.frameId))) return;
    const { reportingMetadata, origin } = nearest.content;
    const target = documentOf(caller);
    const optIns = () => optInsOf({ tabId: caller.tabId, frameIds: [nearest.frameId] });
    const refusal = type.startsWith('reserved.')
      ? RESERVED
      : origin !== caller.origin && refusalOfOtherOrigin(crossOriginExposed, await optIns());
    if (refusal) {
      await runIn(target, sayInConsole, refusal);
      return;
    }
    for (const destination of new Set(destinations)) {
      const isKnown = destination === SELECT_URL && Object.hasOwn(reportingMetadata, type);
      const url = isKnown ? reportingMetadata[type] : undefined;
      const name = `${caller.documentId} ${sequence} ${type}`;
      if (url === undefined) await runIn(target, warn, whatIsMissing(reportingMetadata, destination, type));
      // Where the frame has gone already, the report still goes out, though not from its origin any more.
      else await runIn(target, sendBeacon, url, data, name).catch(() => sendBeacon(url, data, name));
      // Native says this of the whole frame.
      if (Object.keys(reportingMetadata).length === 0) return;
    }
  }

  /** The top, or a new one, is navigated out of the caller's document: what the frame has registered for that is told. */
  async reportNavigation(caller: Caller): Promise<void> {
    const nearest = await this.#nearestContent(caller);
    if (!nearest || (await this.#frameRecords.isWithoutNetwork(caller.tabId, caller.frameId))) return;
    const { reportingMetadata, origin, embedderOrigin } = nearest.content;
    const types = AUTOMATIC.filter((type) => Object.hasOwn(reportingMetadata, type));
    if (types.length === 0) return;
    // A document that has gone was of the frame's origin, or has not agreed in time.
    if (origin !== caller.origin && !(await optInsOf(documentOf(caller)))?.beacons) return;
    await this.#stored;
    for (const type of types) {
      const data = await this.#takeData(caller, type, nearest.frameId);
      this.#keepAlive.until(this.#send(reportingMetadata[type] as string, data, { tabId: caller.tabId, embedderOrigin, origin }));
    }
  }

  async #nearestContent({ tabId, frameId }: Caller): Promise<Enclosing | undefined> {
    const [nearest] = await this.#frameRecords.enclosingContents(tabId, frameId);
    return nearest;
  }

  /** The data that the caller, or the nearest document around it that it may speak for, has for the type; what goes out once is spent. */
  async #takeData(caller: Caller, type: string, topmost: number): Promise<string> {
    for (const documentId of new Set([caller.documentId, ...(await documentsUpTo(caller, topmost))])) {
      const known = await this.#automaticData.get(keyOf(documentId, type));
      if (!known || (known.origin !== caller.origin && !known.crossOriginExposed)) continue;
      if (known.once) await this.#automaticData.delete([keyOf(documentId, type)]);
      return known.data;
    }
    return '';
  }

  async #send(url: string, data: string, { tabId, embedderOrigin, origin }: Sender): Promise<void> {
    const mark = BEACON + crypto.randomUUID();
    // Where the server redirects elsewhere, nobody is named as the origin, as natively: the mark is still there, so the rule goes by the host.
    const condition = { urlFilter: filterOf(mark), requestDomains: [new URL(url).hostname] };
    const unmark = await this.#marks.markOne(tabId, condition, { Origin: embedderOrigin, Referer: `${origin}/` });
    const headers = { 'Content-Type': 'text/plain;charset=UTF-8' };
    // Nobody reads the answer.
    const signal = AbortSignal.timeout(LONGEST_WAIT);
    const request = { method: 'POST', mode: 'no-cors', credentials: 'omit', headers, body: data, signal } as const;
    await fetch(markedURL(url, mark, indexOf), request).catch((error: unknown) => console.debug('beacon', error));
    await unmark();
  }
}
