/** What happened, newest first, and why what did not happen did not. */

import type { ReadEvent } from '../protocol/logged-event';
import type { EventsConnection } from '../store/events/event-log';
import { readEvents } from '../store/events/read-events';
import { byId, element, showRows } from './elements';

/** How many events are read, and looked through for those that are asked for. */
const LIMIT = 500;

/** How many are shown. */
const SHOWN = 200;

const two = (value: number): string => String(value).padStart(2, '0');

function clockTime(time: number): string {
  const date = new Date(time);
  const milliseconds = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${milliseconds}`;
}

/** How much of a string inside of something is shown, in code units; the whole of it shows when pointed at. */
const MAXIMUM_LENGTH = 60;

const isLong = (value: unknown): value is string => typeof value === 'string' && value.length > MAXIMUM_LENGTH;

function asText(value: unknown, isWhole = false): string {
  if (typeof value === 'string') return value;
  const cut = (_name: string, inner: unknown) => (!isWhole && isLong(inner) ? `${inner.slice(0, MAXIMUM_LENGTH)}…` : inner);
  return JSON.stringify(value, cut) ?? String(value);
}

function rowOf({ time, scope, method, parameters, dataOrigin, result, refusal, duration }: ReadEvent): HTMLTableRowElement {
  const stamp = element('time', { title: new Date(time).toLocaleString() }, clockTime(time));
  stamp.dateTime = new Date(time).toISOString();
  const what = [element('strong', {}, method), ` in ${scope}`];
  if (parameters !== null) what.push(element('br', {}), element('code', { title: asText(parameters, true) }, asText(parameters)));
  const outcome = refusal ?? (result === null || result === undefined ? '' : asText(result));
  return element(
    'tr',
    {},
    element('td', {}, stamp),
    element('td', {}, ...what),
    element('td', {}, dataOrigin ?? ''),
    element('td', { title: `${duration.toFixed(1)} ms`, ...(refusal === null ? {} : { class: 'refused' }) }, outcome),
  );
}

export async function showEvents(connection: EventsConnection, tabId: number | null): Promise<void> {
  const onlyThisTab = byId('only-this-tab', 'input');
  onlyThisTab.disabled = tabId === null;
  const isWanted = (event: ReadEvent) =>
    (!onlyThisTab.checked || event.tabId === tabId) && (!byId('only-refusals', 'input').checked || event.refusal !== null);
  const events = (await readEvents(connection, { limit: LIMIT })).filter(isWanted).slice(0, SHOWN);
  showRows(byId('events', 'table'), events.map(rowOf));
  byId('events', 'table').hidden = events.length === 0;
  byId('no-events', 'p').hidden = events.length > 0;
}
