/** The Fence interface. https://wicg.github.io/fenced-frame/#fence-interface */

import type { AutomaticBeacon } from '../../protocol/fence-requests';
import { domException, typeError } from '../../webidl/exceptions';
import { Interface } from '../../webidl/interface';
import { aPromiseRejectedWith, append, bag, hasOwn, react, stringIndexOf, uncurryGetter } from '../../webidl/primordials';
import { request } from '../bridge/bridge-channel';
import { isFullyActive } from '../bridge/document-state';
import { parseAbsoluteURL, urlProtocol } from '../bridge/page-url';
import { consumeActivation, isActive } from './activation';
import {
  convertFenceEvent,
  type FenceEvent,
  isEvent,
  isForSelectURL,
  isTrusted,
  requireDestinationAndType,
  requireLength,
} from './fence-event';

/** A document's fence. */
interface FenceState {
  /** Whether the document is what a fenced frame shows. */
  readonly isFencedFrameRoot: boolean;
}

export const fence = new Interface<FenceState>('Fence', { rejectWith: aPromiseRejectedWith });

const DEPRECATED = 'reserved.top_navigation';
const COMMIT = 'reserved.top_navigation_commit';

/** Of automatic beacons, by when they are sent. */
const AUTOMATIC = { __proto__: null, 'reserved.top_navigation_start': 1, [COMMIT]: 1, [DEPRECATED]: 1 };

/** What automatic beacons carry, by event type. */
const automaticBeacons: Record<string, AutomaticBeacon> = bag({});

const ignore = () => undefined;
const eventPhase = uncurryGetter(Event.prototype, 'eventPhase');
const eventType = uncurryGetter(Event.prototype, 'type');
const { error, warn } = console;

const failedTo = (name: string) => `Failed to execute '${name}' on 'Fence'`;

function requireActive(operation: string): void {
  if (isFullyActive()) return;
  throw domException('SecurityError', `${operation}: May not use a Fence object associated with a Document that is not fully active.`);
}

/** The automatic beacons of the document itself; those that go out once are spent then. */
export function takeAutomaticBeacons(): AutomaticBeacon[] {
  const taken: AutomaticBeacon[] = [];
  for (const type in AUTOMATIC) {
    const beacon = automaticBeacons[type];
    if (beacon) append(taken, beacon);
    if (beacon?.once) delete automaticBeacons[type];
  }
  return taken;
}

// A config of an ad component; only auctions make those.
fence.operation('getNestedConfigs', 0, () => []);

/** Native's conditions for a report to a URL of the caller's own, which only ad auctions allow. */
function requireDestinationURL({ destination, destinationURL = '', eventData, eventType: type }: FenceEvent, operation: string): void {
  const notAllowed = (member: string) => typeError(`${operation}: When reporting to a custom destination URL, '${member}' is not allowed.`);
  if (type !== undefined) throw notAllowed('eventType');
  if (eventData !== undefined) throw notAllowed('eventData');
  if (destination) throw notAllowed('destination');
  requireLength(destinationURL, 'The destination URL', 'reportEvent', operation);
  const url = parseAbsoluteURL(destinationURL);
  if (!url) throw typeError(`${operation}: The destination URL provided to reportEvent() is not a valid URL.`);
  if (urlProtocol(url) !== 'https:')
    throw typeError(`${operation}: The destination URL provided to reportEvent() does not have the required scheme (https).`);
}

fence.operation('reportEvent', 1, (_state, args) => {
  const operation = failedTo('reportEvent');
  requireActive(operation);
  const given = args[0];
  // The name of an event of Private Aggregation: only auctions register those.
  if (given !== undefined && given !== null && typeof given !== 'object' && typeof given !== 'function') return undefined;
  const event = convertFenceEvent(given, operation);
  const { crossOriginExposed, destination, destinationURL, eventData = '', eventType: type = '' } = event;
  if (stringIndexOf(type, 'reserved.') === 0) {
    error('Reserved events cannot be triggered manually.');
    return undefined;
  }
  const toURL = destinationURL !== undefined;
  if (toURL) requireDestinationURL(event, operation);
  else {
    requireDestinationAndType(event, operation);
    requireLength(eventData, 'The data', 'reportEvent', operation);
  }
  const destinations = toURL ? null : (destination ?? []);
  react(request('fence.report', { destinations, type, data: eventData, crossOriginExposed }), ignore, ignore);
  return undefined;
});

fence.operation('setReportEventDataForAutomaticBeacons', 1, (_state, args) => {
  const operation = failedTo('setReportEventDataForAutomaticBeacons');
  requireActive(operation);
  const event = convertFenceEvent(args[0], operation);
  requireDestinationAndType(event, operation);
  const { crossOriginExposed, eventData = '', eventType: type = '', once } = event;
  if (!hasOwn(AUTOMATIC, type)) {
    error(`${type} is not a valid automatic beacon event type.`);
    return undefined;
  }
  requireLength(eventData, 'The data', 'setReportEventDataForAutomaticBeacons', operation);
  if (type === DEPRECATED) warn(`${DEPRECATED} is deprecated in favor of ${COMMIT}.`);
  // What is for other destinations sends a beacon all the same, without data.
  const data = isForSelectURL(event) ? eventData : '';
  const beacon = bag({ type, data, once, crossOriginExposed });
  automaticBeacons[type] = beacon;
  react(request('fence.automatic', beacon), ignore, ignore);
  return undefined;
});

/** https://wicg.github.io/fenced-frame/#dom-fence-disableuntrustednetwork */
fence.promiseOperation('disableUntrustedNetwork', 0, (): Promise<unknown> => {
  requireActive(failedTo('disableUntrustedNetwork'));
  return request('fence.disableNetwork', {});
});

/** https://wicg.github.io/fenced-frame/#dom-fence-notifyevent */
fence.operation('notifyEvent', 1, ({ isFencedFrameRoot }, args) => {
  const operation = failedTo('notifyEvent');
  const event = args[0];
  if (!isEvent(event)) throw typeError(`${operation}: parameter 1 is not of type 'Event'.`);
  requireActive(operation);
  const refused = (why: string) => domException('SecurityError', `${operation}: ${why}`);
  if (!isFencedFrameRoot) throw refused('notifyEvent is only available in fenced frame roots.');
  if (!isTrusted(event) || eventPhase(event) === 0) throw refused('The triggering_event object is in an invalid state.');
  if (eventType(event) !== 'click') throw refused('notifyEvent called with an unsupported event type.');
  if (!isActive()) return undefined;
  consumeActivation();
  react(request('fence.notify', {}), ignore, ignore);
  return undefined;
});
