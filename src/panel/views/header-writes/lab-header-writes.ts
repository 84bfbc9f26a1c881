/** What responses of the inspected tab wrote, or did not, and what a header would write. */

import { html, nothing } from 'lit';
import { ask } from '../../../components/ask';
import { formatMoment } from '../../../components/format';
import { define, LabElement } from '../../../components/lab-element';
import { details } from '../../../components/split';
import type { ChooseRowEvent } from '../../../components/table/columns';
import '../../../components/table/lab-table';
import { counted, text } from '../../../components/text';
import type { InspectedFrame } from '../../../protocol/extension-pages/inspected-page';
import { sections, TabView } from '../tab-view';
import type { View } from '../view';
import { type Attempt, attemptOf } from './attempts';
import { COLUMNS, outcomeOf } from './columns';
import { itemStyles, showItems } from './items';
import './lab-try-header';

const idOf = ({ id }: Attempt): string => String(id);

export class LabHeaderWrites extends TabView {
  static override styles = [LabElement.styles, sections, details, itemStyles];
  static override properties = {
    attempts: { state: true },
    frames: { state: true },
    chosenId: { state: true },
  };

  /** The newest first. */
  declare attempts: readonly Attempt[];
  declare frames: readonly InspectedFrame[];
  declare chosenId: string | null;
  protected override readonly topics = ['events'] as const;
  /** The newest event that was looked at. */
  #newest = 0;

  constructor() {
    super();
    this.attempts = [];
    this.frames = [];
    this.chosenId = null;
  }

  protected override async load(): Promise<void> {
    const { tabId } = this;
    const [frames, { events, newest }] = await Promise.all([
      ask('page.frames', { tabId }),
      ask('header-writes.read', { tabId, after: this.#newest }),
    ]);
    this.#newest = newest;
    this.frames = frames;
    if (events.length > 0) this.attempts = [...events.flatMap((event) => attemptOf(event) ?? []), ...this.attempts];
  }

  #close(): void {
    this.chosenId = null;
  }

  #details(attempt: Attempt) {
    const { url, origin, request, status, header, withLock, items, left, documentId, time } = attempt;
    const frame = this.frames.find((one) => one.documentId === documentId);
    const line = (title: string, value: string | null) => (value === null ? nothing : html`<dt>${title}</dt><dd>${value}</dd>`);
    return html`<div class="details other" role="region" tabindex="0" aria-label=${text('details')}>
      <div class="heading">
        <h2>${url}</h2>
        <button @click=${() => this.#close()}>${text('close')}</button>
      </div>
      <p class=${attempt.refusal === null ? '' : 'alarm'}>${outcomeOf(attempt)}</p>
      <h3>${text('columnHeader')}</h3>
      ${header === null ? html`<p class="soft">${text('noHeader')}</p>` : html`<p><code>${header}</code></p>`}
      ${showItems(items, text('itemApplied'))} ${left > 0 ? html`<p class="soft">${counted('itemsLeftOut', left)}</p>` : nothing}
      <h3>${text('requestAndResponse')}</h3>
      <dl>
        ${line(text('columnOrigin'), origin)} ${line(text('responseStatus'), status === null ? null : String(status))}
        ${line(text('requestMethod'), request?.method ?? null)} ${line(text('requestType'), request?.type ?? null)}
        ${line(text('requestId'), request?.id ?? null)} ${line(text('askedBy'), frame?.url ?? text('documentGone'))}
        ${line(text('lock'), withLock)} ${line(text('columnTime'), formatMoment(time))}
      </dl>
    </div>`;
  }

  protected override render() {
    const { attempts, frames, tabId } = this;
    const chosen = attempts.find((attempt) => idOf(attempt) === this.chosenId);
    return html`${this.renderProblem()}
      <details>
        <summary><h2>${text('tryHeader')}</h2></summary>
        <lab-try-header .tabId=${tabId} .frames=${frames}></lab-try-header>
      </details>
      <div class="bar"><h2 aria-live="polite" aria-atomic="true">${counted('attempts', attempts.length)}</h2></div>
      <div class="split"><div class="halves">
        <lab-table
          .label=${text('viewHeaderWrites')}
          .columns=${COLUMNS}
          .rows=${attempts}
          .idOf=${idOf}
          .chosenId=${this.chosenId}
          .empty=${text('noAttempts')}
          @lab-choose-row=${({ row }: ChooseRowEvent<Attempt>) => {
            this.chosenId = idOf(row);
          }}
        ></lab-table>
        ${chosen ? this.#details(chosen) : nothing}
      </div></div>`;
  }
}

define('lab-header-writes', LabHeaderWrites);

export const headerWritesView: View = {
  id: 'header-writes',
  title: 'viewHeaderWrites',
  render: (tabId) => html`<lab-header-writes .tabId=${tabId}></lab-header-writes>`,
};
