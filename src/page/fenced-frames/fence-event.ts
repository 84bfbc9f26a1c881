/** Conversion of a FenceEvent. https://wicg.github.io/fenced-frame/#dictdef-fenceevent */

import { MAXIMUM_BEACON_LENGTH } from '../../protocol/limits';
import { isObject, toBoolean, toDOMString, toUSVString } from '../../webidl/conversions';
import { domException, typeError } from '../../webidl/exceptions';
import { append, apply, getPrototypeOf, hasOwn, iteratorSymbol, uncurryThis } from '../../webidl/primordials';

const DESTINATIONS = { __proto__: null, buyer: 1, seller: 1, 'component-seller': 1, 'direct-seller': 1, 'shared-storage-select-url': 1 };

export interface FenceEvent {
  readonly destination: string[] | undefined;
  readonly destinationURL: string | undefined;
  readonly eventData: string | undefined;
  readonly eventType: string | undefined;
  readonly once: boolean;
  readonly crossOriginExposed: boolean;
}

type Iterate = (this: unknown) => { next(): { done?: boolean; value?: unknown } };

function convertDestinations(given: unknown, operation: string): string[] | undefined {
  if (given === undefined) return undefined;
  const failed = `${operation}: Failed to read the 'destination' property from 'FenceEvent': `;
  const method = isObject(given) ? (given as { [iteratorSymbol]?: unknown })[iteratorSymbol] : undefined;
  if (typeof method !== 'function') throw typeError(`${failed}The provided value cannot be converted to a sequence.`);
  const iterator = apply(method as Iterate, given, []);
  const { next } = iterator;
  const destinations: string[] = [];
  for (;;) {
    const result = apply(next, iterator, []);
    if (result.done) return destinations;
    const destination = toDOMString(result.value);
    if (!hasOwn(DESTINATIONS, destination))
      throw typeError(`${failed}The provided value '${destination}' is not a valid enum value of type FenceReportingDestination.`);
    append(destinations, destination);
  }
}

const optional = (given: unknown, convert: (value: unknown) => string) => (given === undefined ? undefined : convert(given));

export function convertFenceEvent(given: unknown, operation: string): FenceEvent {
  const source = (given ?? {}) as Record<string, unknown>;
  // The members are read in the order of their names, as Web IDL has it.
  const crossOriginExposed = toBoolean(source.crossOriginExposed);
  const destination = convertDestinations(source.destination, operation);
  const destinationURL = optional(source.destinationURL, toUSVString);
  const eventData = optional(source.eventData, toDOMString);
  const eventType = optional(source.eventType, toDOMString);
  return {
    __proto__: null,
    destination,
    destinationURL,
    eventData,
    eventType,
    once: toBoolean(source.once),
    crossOriginExposed,
  } as unknown as FenceEvent;
}

/** Throws what native throws for an event without a destination or a type. */
export function requireDestinationAndType({ destination, eventType }: FenceEvent, operation: string): void {
  if (!destination) throw typeError(`Missing required 'destination' property.`, operation);
  if (eventType === undefined) throw typeError(`Missing required 'eventType' property.`, operation);
}

export function requireShortData({ eventData = '' }: FenceEvent, name: string, operation: string): void {
  if (eventData.length <= MAXIMUM_BEACON_LENGTH) return;
  throw domException('SecurityError', `${operation}: The data provided to ${name}() exceeds the maximum length, which is 64KB.`);
}

export function isForSelectURL({ destination }: FenceEvent): boolean {
  for (let index = 0; destination && index < destination.length; index++)
    if (destination[index] === 'shared-storage-select-url') return true;
  return false;
}

const EventPrototype = Event.prototype;
const isTrustedGetter = (() => {
  // An own accessor of each event, the same function for all of them.
  const getter = Object.getOwnPropertyDescriptor(new Event('x'), 'isTrusted')?.get;
  return getter && uncurryThis(getter as (this: Event) => boolean);
})();

export const isEvent = (value: unknown): value is Event => {
  for (let object = value; isObject(object); object = getPrototypeOf(object)) if (object === EventPrototype) return true;
  return false;
};

export const isTrusted = (event: Event): boolean => isTrustedGetter?.(event) ?? false;
