/** What happened, and why what did not happen did not. */

import { html, nothing } from 'lit';
import { ask } from '../../../components/ask';
import { download } from '../../../components/download';
import { define, LabElement } from '../../../components/lab-element';
import { split, view } from '../../../components/split';
import type { ChooseRowEvent } from '../../../components/table/columns';
import '../../../components/table/lab-table';
import { counted, text } from '../../../components/text';
import type { InspectedFrame } from '../../../protocol/extension-pages/inspected-page';
import type { WorkletRecord } from '../../../protocol/extension-pages/worklets';
import type { ReadEvent } from '../../../protocol/logged-event';
import { watchNavigations } from '../../inspected-tab';
import type { View } from '../view';
import { COLUMNS } from './columns';
import { EventReader } from './event-reader';
import { ALL_EVENTS, type EventFilter, isWanted } from './filter';
import { filterBar } from './filter-bar';
import './lab-event';
import { storyOf } from './story';

const idOf = ({ id }: ReadEvent): string => String(id);

export class LabEvents extends LabElement {
  static override styles = [LabElement.styles, view, split];
  static override properties = {
    tabId: { type: Number },
    events: { state: true },
    frames: { state: true },
    worklets: { state: true },
    filter: { state: true },
    chosen: { state: true },
    since: { state: true },
    isPaused: { state: true },
    preserves: { state: true },
  };

  declare tabId: number;
  /** Of all tabs, the newest first. */
  declare events: readonly ReadEvent[];
  declare frames: readonly InspectedFrame[];
  declare worklets: readonly WorkletRecord[];
  declare filter: EventFilter;
  declare chosen: ReadEvent | null;
  /** Only events with a larger number are shown. */
  declare since: number;
  declare isPaused: boolean;
  /** Whether what another page has done in the tab stays. */
  declare preserves: boolean;
  protected override readonly topics = ['events', 'worklets'] as const;
  readonly #reader = new EventReader();
  #unwatch: () => void = () => undefined;

  constructor() {
    super();
    this.tabId = -1;
    this.events = [];
    this.frames = [];
    this.worklets = [];
    this.filter = ALL_EVENTS;
    this.chosen = null;
    this.since = 0;
    this.isPaused = false;
    this.preserves = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unwatch = watchNavigations(this.tabId, () => {
      if (!this.preserves && !this.isPaused) this.#clear();
      void this.reload();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
  }

  protected override async load(): Promise<void> {
    if (this.isPaused) return;
    const { tabId } = this;
    const [frames, worklets] = await Promise.all([
      ask('page.frames', { tabId }),
      ask('worklets.list', { tabId }),
      this.#reader.read((events) => {
        this.events = events;
      }),
    ]);
    this.frames = frames;
    this.worklets = worklets;
  }

  #clear(): void {
    this.since = this.events[0]?.id ?? 0;
    this.chosen = null;
  }

  #pause(): void {
    this.isPaused = !this.isPaused;
    void this.reload();
  }

  /** Those of the tab that are not cleared away, whatever the filter. */
  get #ofTab(): readonly ReadEvent[] {
    return this.events.filter(({ id, tabId }) => id > this.since && tabId === this.tabId);
  }

  #bar(shown: readonly ReadEvent[], all: readonly ReadEvent[]) {
    return html`<div class="bar">
      <button aria-pressed=${this.isPaused} @click=${() => this.#pause()}>${text('pause')}</button>
      <button @click=${() => this.#clear()}>${text('clearList')}</button>
      <label
        ><input type="checkbox" .checked=${this.preserves} @change=${({ target }: Event) => {
          this.preserves = (target as HTMLInputElement).checked;
        }} />${text('preserveLog')}</label
      >
      <button ?disabled=${shown.length === 0} @click=${() => download('events.json', `${JSON.stringify(shown, null, 2)}\n`)}>${text('exportJSON')}</button>
      <span class="soft" role="status">${shown.length === all.length ? counted('events', all.length) : text('eventsOf', shown.length, all.length)}</span>
    </div>`;
  }

  #details(event: ReadEvent) {
    const frameURL = this.frames.find(({ documentId }) => documentId === event.documentId)?.url ?? null;
    const steps = storyOf(event, { frameURL, worklets: this.worklets, events: this.events });
    return html`<lab-event
      class="other"
      .event=${event}
      .steps=${steps}
      @lab-close=${() => {
        this.chosen = null;
      }}
    ></lab-event>`;
  }

  protected override render() {
    const all = this.#ofTab;
    const shown = all.filter((event) => isWanted(event, this.filter));
    const { chosen, filter, frames } = this;
    const change = (changed: Partial<EventFilter>) => {
      this.filter = { ...this.filter, ...changed };
    };
    return html`${this.renderProblem()} ${this.#bar(shown, all)} ${filterBar(all, frames, filter, change)}
      <div class="split"><div class="halves">
        <lab-table
          .label=${text('viewEvents')}
          .columns=${COLUMNS}
          .rows=${shown}
          .idOf=${idOf}
          .chosenId=${chosen ? idOf(chosen) : null}
          .empty=${text(all.length === 0 ? 'noEvents' : 'noMatchingEvents')}
          @lab-choose-row=${({ row }: ChooseRowEvent<ReadEvent>) => {
            this.chosen = row;
          }}
        ></lab-table>
        ${chosen ? this.#details(chosen) : nothing}
      </div></div>`;
  }
}

define('lab-events', LabEvents);

export const eventsView: View = {
  id: 'events',
  title: 'viewEvents',
  render: (tabId) => html`<lab-events .tabId=${tabId}></lab-events>`,
};
