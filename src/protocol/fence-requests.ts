/** What documents in frames with opaque URLs ask for: the requests, and their decoders, which give null for anything unexpected. */

import { MAXIMUM_BEACON_LENGTH } from './limits';
import { array, boolean, type Decoder, INVALID, isString, nullable, object, oneOf, string, stringUpTo } from './schema';

/** FenceReportingDestination. https://wicg.github.io/fenced-frame/#enumdef-fencereportingdestination */
export const DESTINATIONS = ['buyer', 'seller', 'component-seller', 'direct-seller', 'shared-storage-select-url'] as const;

export type Destination = (typeof DESTINATIONS)[number];

/** An event that reportEvent() reports. */
export interface EventReport {
  /** Null for a URL of the caller's own. */
  readonly destinations: readonly Destination[] | null;
  readonly type: string;
  /** At most 64,000 UTF-16 code units. */
  readonly data: string;
  readonly crossOriginExposed: boolean;
}

/** "automatic beacon data" of one type: https://wicg.github.io/fenced-frame/#fencedframetype-automatic-beacon-data */
export interface AutomaticBeacon {
  readonly type: string;
  readonly data: string;
  readonly once: boolean;
  readonly crossOriginExposed: boolean;
}

export type Place = 'tab' | 'new tab' | 'background tab';

/** What a form sends with POST. */
export interface FormBody {
  /** The form's enctype, in small letters; anything but the two that are no default is the default. */
  readonly type: string;
  readonly entries: readonly (readonly [string, string])[];
}

/** A document of a fenced frame leads beyond its border. */
export interface WayOut {
  readonly url: string;
  readonly place: Place;
  readonly body: FormBody | null;
  /** Whether the document has transient activation that nothing has used up. */
  readonly isActive: boolean;
  /** The document agrees by its header to automatic beacons. */
  readonly areBeaconsAllowed: boolean;
}

export interface FenceRequests {
  'fence.report': { params: EventReport; result: undefined };
  /** The document sets the data of automatic beacons, in place of what it set before for the type. */
  'fence.automatic': { params: AutomaticBeacon; result: undefined };
  /** The document that the frame shows agrees by its header to what documents of other origins in the frame report. */
  'fence.allowReports': { params: object; result: undefined };
  'fence.leave': { params: WayOut; result: undefined };
  /** The document of an iframe with an opaque URL goes away in which the user has been active; whether just now, and its own data. */
  'fence.unload': { params: { isActive: boolean; areBeaconsAllowed: boolean; beacons: AutomaticBeacon[] }; result: undefined };
  'fence.disableNetwork': { params: object; result: undefined };
  'fence.notify': { params: object; result: undefined };
}

/** In UTF-16 code units, of all names and values of a form. */
const MAXIMUM_FORM = 4_000_000;

const data = stringUpTo(MAXIMUM_BEACON_LENGTH);
const automaticBeacon = object({ type: string, data, once: boolean, crossOriginExposed: boolean });

function entry(given: unknown): readonly [string, string] | typeof INVALID {
  return Array.isArray(given) && given.length === 2 && isString(given[0]) && isString(given[1]) ? [given[0], given[1]] : INVALID;
}

const form = object({ type: string, entries: array(entry) });

function body(given: unknown): FormBody | typeof INVALID {
  const decoded = form(given);
  if (decoded === INVALID) return INVALID;
  return decoded.entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0) <= MAXIMUM_FORM ? decoded : INVALID;
}

export const fenceDecoders: { [Name in keyof FenceRequests]: Decoder<FenceRequests[Name]['params']> } = {
  'fence.report': object({ destinations: nullable(array(oneOf(DESTINATIONS))), type: string, data, crossOriginExposed: boolean }),
  'fence.automatic': automaticBeacon,
  'fence.allowReports': object({}),
  'fence.leave': object({
    url: string,
    place: oneOf(['tab', 'new tab', 'background tab']),
    body: nullable(body),
    isActive: boolean,
    areBeaconsAllowed: boolean,
  }),
  'fence.unload': object({ isActive: boolean, areBeaconsAllowed: boolean, beacons: array(automaticBeacon) }),
  'fence.disableNetwork': object({}),
  'fence.notify': object({}),
};
