/** What the events are filtered by. */

import { html } from 'lit';
import { text } from '../../../components/text';
import type { InspectedFrame } from '../../../protocol/extension-pages/inspected-page';
import type { ReadEvent } from '../../../protocol/logged-event';
import type { EventFilter } from './filter';

/** A list of what there is, and all of it. */
function choice(label: string, chosen: string, options: ReadonlyMap<string, string>, choose: (value: string) => void) {
  return html`<select aria-label=${label} @change=${({ target }: Event) => choose((target as HTMLSelectElement).value)}>
    <option value="" ?selected=${chosen === ''}>${label}</option>
    ${Array.from(options, ([value, name]) => html`<option value=${value} ?selected=${value === chosen}>${name}</option>`)}
  </select>`;
}

const named = (names: Iterable<string>): Map<string, string> => new Map(Array.from(new Set(names), (name) => [name, name] as const).sort());

export function filterBar(
  events: readonly ReadEvent[],
  frames: readonly InspectedFrame[],
  { method, dataOrigin, documentId, onlyFailures, words }: EventFilter,
  change: (changed: Partial<EventFilter>) => void,
) {
  const methods = named(events.map((event) => event.method));
  const origins = named(events.flatMap((event) => event.dataOrigin ?? []));
  const documents = new Map(frames.map((frame) => [frame.documentId, frame.url]));
  return html`<div class="bar filters">
    <input
      type="search"
      class="grow"
      placeholder=${text('filterEvents')}
      aria-label=${text('filterEvents')}
      .value=${words}
      @input=${({ target }: Event) => change({ words: (target as HTMLInputElement).value })}
    />
    ${choice(text('allMethods'), method, methods, (value) => change({ method: value }))}
    ${choice(text('allDataOrigins'), dataOrigin, origins, (value) => change({ dataOrigin: value }))}
    ${choice(text('allFrames'), documentId, documents, (value) => change({ documentId: value }))}
    <label
      ><input type="checkbox" .checked=${onlyFailures} @change=${({ target }: Event) =>
        change({ onlyFailures: (target as HTMLInputElement).checked })} />${text('onlyFailures')}</label
    >
  </div>`;
}
