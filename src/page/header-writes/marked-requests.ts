/** Marked requests: those whose response may write to shared storage. src/protocol/url-marks.ts says what the mark is. */

import { LISTENS } from '../../protocol/limits';
import type { RepeatedRequest } from '../../protocol/messages';
import { ANY_ORIGIN, type Destination, LEAVING, markedURL, storageWriteMark } from '../../protocol/url-marks';
import { Map, mapGet, mapSet, react, stringIndexOf, uncurryMethod } from '../../webidl/primordials';
import { mayBeDenied, request } from '../bridge/bridge-channel';
import { parseURL, urlHref, urlOrigin, urlProtocol } from '../bridge/page-url';
import { hideMarks } from './hide-marks';
import { answered, isLeaving, noop, now, sendLast, untilAnswered } from './leaving';

const { crypto } = globalThis;
const randomUUID = uncurryMethod(Crypto, 'randomUUID');

/** When the service worker last said that it listens for requests to an origin. */
const listening = new Map<string, number>();

export interface MarkedRequest {
  readonly token: string;
  /** Without the mark, and with it: the mark can be another one after the answer of the service worker. */
  readonly url: string;
  withMark: string;
  readonly origin: string;
  /** The service worker is expecting the request, or will be before the response can come. */
  isExpected: boolean;
}

const urlWithMark = (url: string, token: string, origins: string, destination: Destination = ''): string =>
  markedURL(url, storageWriteMark(token, destination, origins), stringIndexOf);

/** The URL by which fetch() asks for an image in its place. */
export const urlOfDisguisedImage = ({ url, token }: MarkedRequest): string => urlWithMark(url, token, ANY_ORIGIN, 'image');

/** Null for schemes without headers, and for what is no URL. */
export function newMarkedRequest(url: string): MarkedRequest | null {
  const parsed = parseURL(url);
  // Whoever asks for what is no URL says what is wrong with it.
  if (!parsed) return null;
  const protocol = urlProtocol(parsed);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  const href = urlHref(parsed);
  const token = randomUUID(crypto);
  return { token, url: href, withMark: urlWithMark(href, token, ANY_ORIGIN), origin: urlOrigin(parsed), isExpected: false };
}

/**
 * Announces the request. `go` runs at once where that is safe or the document goes away, otherwise when the service worker has answered;
 * `refused` where it does not allow it. `isLast`: the document goes away, and nobody waits for the response. A frame's navigation ends with it.
 */
export function expect(
  marked: MarkedRequest,
  byURL: boolean,
  go: (isLast: boolean) => void,
  refused: () => void,
  isNavigation = false,
): void {
  const { token, url, origin } = marked;
  hideMarks();
  const announce = (isLast: boolean) => request('header.expect', { token, url, byURL, isLast });
  let isUnderWay = false;
  const leave = () => {
    isUnderWay = true;
    // A rule by URL would come too late.
    if (byURL) {
      refused();
      return;
    }
    sendLast(
      markedURL(url, LEAVING + token, stringIndexOf),
      () => go(true),
      () => react(announce(true), noop, noop),
    );
  };
  if (isLeaving() && !isNavigation) {
    leave();
    return;
  }
  const heard = mapGet(listening, origin);
  const answer = announce(false);
  marked.isExpected = !byURL && heard !== undefined && now() - heard < LISTENS && !mayBeDenied();
  if (!marked.isExpected && !isNavigation) untilAnswered(token, leave);
  const decide = (then: () => void) => {
    answered(token);
    if (isUnderWay) return;
    isUnderWay = true;
    then();
  };
  const allowed = (origins: string | undefined) => {
    mapSet(listening, origin, now());
    decide(() => {
      marked.isExpected = true;
      marked.withMark = urlWithMark(url, token, origins as string);
      go(false);
    });
  };
  react(answer, allowed, () => decide(refused));
  if (!marked.isExpected) return;
  isUnderWay = true;
  go(false);
}

/** Runs `finish` once all that the responses wrote is stored; `unseen` where an iframe's document is no response to the marked request. */
export function settle({ token, origin }: MarkedRequest, repeat: RepeatedRequest | null, finish: () => void, unseen = finish): void {
  const settled = () => {
    if (mapGet(listening, origin)) mapSet(listening, origin, now());
    finish();
  };
  react(request('header.settle', { token, repeat }), settled, unseen);
}
