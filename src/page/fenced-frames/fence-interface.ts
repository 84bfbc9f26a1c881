/** The Fence interface. https://wicg.github.io/fenced-frame/#fence-interface */

import { domException, failureOf, typeError } from '../../webidl/exceptions';
import { Interface } from '../../webidl/interface';
import { aPromiseRejectedWith, bag, globalObject, hasOwn, react, uncurryGetter } from '../../webidl/primordials';
import { request } from '../bridge/bridge-channel';
import { isFullyActive } from '../bridge/document-state';
import { eventType } from '../bridge/dom';
import {
  convertFenceEvent,
  type FenceEvent,
  isEvent,
  isForSelectURL,
  isTrusted,
  requireDestinationAndType,
  requireShortData,
} from './fence-event';
import { isFencedFrame } from './frame-kind';
import { consumeUserActivation } from './user-activation';

export const fence = new Interface<object>('Fence', { rejectWith: aPromiseRejectedWith });

const AUTOMATIC = {
  __proto__: null,
  'reserved.top_navigation': 1,
  'reserved.top_navigation_start': 1,
  'reserved.top_navigation_commit': 1,
};

const ignore = () => undefined;
const eventPhase = uncurryGetter(Event, 'eventPhase');

const failedTo = (name: string) => failureOf(name, 'Fence');

function requireActive(operation: string): void {
  if (isFullyActive()) return;
  throw domException('SecurityError', `${operation}: May not use a Fence object associated with a Document that is not fully active.`);
}

const beaconOf = ({ eventType: type = '', eventData: data = '', crossOriginExposed }: FenceEvent) =>
  bag({ type, data, crossOriginExposed });

// A config of an ad component; only auctions make those.
fence.operation('getNestedConfigs', 0, () => []);

fence.operation('reportEvent', 1, (_state, args) => {
  const operation = failedTo('reportEvent');
  requireActive(operation);
  const given = args[0];
  // The name of an event of Private Aggregation: only auctions register those.
  if (given !== undefined && given !== null && typeof given !== 'object' && typeof given !== 'function') return undefined;
  const event = convertFenceEvent(given, operation);
  if (event.destinationURL !== undefined) {
    const notAllowed = (member: string) => typeError(`When reporting to a custom destination URL, '${member}' is not allowed.`, operation);
    if (event.destination) throw notAllowed('destination');
    if (event.eventType !== undefined) throw notAllowed('eventType');
    if (event.eventData !== undefined) throw notAllowed('eventData');
    return undefined;
  }
  requireDestinationAndType(event, operation);
  requireShortData(event, 'reportEvent', operation);
  react(request('fence.report', bag({ ...beaconOf(event), destinations: event.destination ?? [] })), ignore, ignore);
  return undefined;
});

fence.operation('setReportEventDataForAutomaticBeacons', 1, (_state, args) => {
  const operation = failedTo('setReportEventDataForAutomaticBeacons');
  requireActive(operation);
  const event = convertFenceEvent(args[0], operation);
  requireDestinationAndType(event, operation);
  const type = event.eventType ?? '';
  if (!hasOwn(AUTOMATIC, type)) return undefined;
  requireShortData(event, 'setReportEventDataForAutomaticBeacons', operation);
  if (isForSelectURL(event)) react(request('fence.automatic', bag({ ...beaconOf(event), once: event.once })), ignore, ignore);
  return undefined;
});

/** https://wicg.github.io/fenced-frame/#dom-fence-disableuntrustednetwork */
fence.promiseOperation('disableUntrustedNetwork', 0, (): Promise<unknown> => {
  requireActive(failedTo('disableUntrustedNetwork'));
  return request('fence.disableNetwork', {});
});

/** https://wicg.github.io/fenced-frame/#dom-fence-notifyevent */
fence.operation('notifyEvent', 1, (_state, args) => {
  const operation = failedTo('notifyEvent');
  const refusal = (text: string) => domException('SecurityError', `${operation}: ${text}`);
  const event = args[0];
  if (!isEvent(event)) throw typeError(`parameter 1 is not of type 'Event'.`, operation);
  requireActive(operation);
  if (!isFencedFrame(globalObject)) throw refusal('notifyEvent is only available in fenced frame roots.');
  if (!isTrusted(event) || eventPhase(event) === 0) throw refusal('The triggering_event object is in an invalid state.');
  if (eventType(event) !== 'click') throw refusal('notifyEvent called with an unsupported event type.');
  // What the user did counts once: here, or for a popup.
  if (consumeUserActivation()) react(request('fence.notify', {}), ignore, ignore);
  return undefined;
});
