/** What happened, and why what did not happen did not. */

import { css, html } from 'lit';
import { ask } from '../../../components/ask';
import { formatDuration, formatMoment, formatTime, formatValue } from '../../../components/format';
import { define, LabElement } from '../../../components/lab-element';
import type { Column } from '../../../components/table/columns';
import '../../../components/table/lab-table';
import { text } from '../../../components/text';
import type { ReadEvent } from '../../../protocol/logged-event';
import type { View } from '../view';

const SCOPES = { window: 'scopeWindow', worklet: 'scopeWorklet', header: 'scopeHeader', background: 'scopeBackground' } as const;

/** The result, or why there is none. */
const outcomeOf = ({ refusal, result }: ReadEvent): string =>
  refusal ?? (result === null || result === undefined ? '' : formatValue(result));

const parametersOf = ({ parameters }: ReadEvent): string => (parameters === null ? '' : formatValue(parameters));

const COLUMNS: readonly Column<ReadEvent>[] = [
  {
    id: 'time',
    title: text('columnTime'),
    track: '7.2rem',
    isSortable: true,
    sortBy: ({ time }) => time,
    show: ({ time }) => formatTime(time),
    whole: ({ time }) => formatMoment(time),
  },
  {
    id: 'scope',
    title: text('columnScope'),
    track: '6.5rem',
    isMinor: true,
    isSortable: true,
    sortBy: ({ scope }) => scope,
    show: ({ scope }) => text(SCOPES[scope]),
  },
  {
    id: 'method',
    title: text('columnMethod'),
    track: 'minmax(7rem, 1fr)',
    isSortable: true,
    sortBy: ({ method }) => method,
    show: ({ method }) => method,
    whole: ({ method }) => method,
  },
  {
    id: 'origin',
    title: text('columnOrigin'),
    track: 'minmax(9rem, 2fr)',
    isMinor: true,
    isSortable: true,
    sortBy: ({ dataOrigin }) => dataOrigin ?? '',
    show: ({ dataOrigin }) => dataOrigin ?? '',
    whole: ({ dataOrigin }) => dataOrigin ?? '',
  },
  {
    id: 'parameters',
    title: text('columnParameters'),
    track: 'minmax(9rem, 3fr)',
    isMinor: true,
    show: (event) => html`<code>${parametersOf(event)}</code>`,
    whole: parametersOf,
  },
  {
    id: 'outcome',
    title: text('columnOutcome'),
    track: 'minmax(9rem, 3fr)',
    isSortable: true,
    sortBy: outcomeOf,
    show: (event) => html`<span class=${event.refusal === null ? '' : 'alarm'}>${outcomeOf(event)}</span>`,
    whole: outcomeOf,
  },
  {
    id: 'duration',
    title: text('columnDuration'),
    track: '6rem',
    isNumber: true,
    isMinor: true,
    isSortable: true,
    sortBy: ({ duration }) => duration,
    show: ({ duration }) => formatDuration(duration),
  },
];

/** How many events are asked for at once. */
const CHUNK = 1000;

export class LabEvents extends LabElement {
  static override styles = [
    LabElement.styles,
    css`
      :host {
        display: flex;
        flex: 1;
        flex-direction: column;
        min-height: 0;
      }

      lab-table {
        flex: 1;
      }
    `,
  ];
  static override properties = { tabId: { type: Number }, events: { state: true } };

  declare tabId: number;
  declare events: readonly ReadEvent[];
  protected override readonly topics = ['events'] as const;

  constructor() {
    super();
    this.tabId = -1;
    this.events = [];
  }

  protected override async load(): Promise<void> {
    const events = await ask('events.read', { limit: CHUNK, before: null, after: this.events[0]?.id ?? null });
    if (events.length > 0) this.events = [...events, ...this.events];
  }

  protected override render() {
    const rows = this.events.filter(({ tabId }) => tabId === this.tabId);
    return html`<lab-table
      .label=${text('viewEvents')}
      .columns=${COLUMNS}
      .rows=${rows}
      .idOf=${({ id }: ReadEvent) => String(id)}
    ></lab-table>`;
  }
}

define('lab-events', LabEvents);

export const eventsView: View = {
  id: 'events',
  title: 'viewEvents',
  render: (tabId) => html`<lab-events .tabId=${tabId}></lab-events>`,
};
