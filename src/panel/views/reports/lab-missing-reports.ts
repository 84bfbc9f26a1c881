/** For whoever looks for a report that is not there: the operations of the tab that made none, each with the reason. */

import { css, html, nothing } from 'lit';
import { ask } from '../../../components/ask';
import { formatMoment, formatTime } from '../../../components/format';
import { define, LabElement } from '../../../components/lab-element';
import { counted, text } from '../../../components/text';
import type { LoggedOperation } from '../../../protocol/extension-pages/reports';
import { sections, TabView } from '../tab-view';
import { type MissingReport, missingReports } from './missing-reports';

/** How many are named, the newest ones. */
const NAMED = 20;

export class LabMissingReports extends TabView {
  static override styles = [
    LabElement.styles,
    sections,
    css`
      :host {
        flex: none;
      }

      ul {
        display: grid;
        gap: 0.35rem;
        max-height: 12rem;
        padding: 0 0.75rem var(--gap);
        overflow: auto;
        overflow-wrap: anywhere;
        list-style: none;
      }
    `,
  ];
  static override properties = { missing: { state: true } };

  /** The newest first. */
  declare missing: readonly MissingReport[];
  protected override readonly topics = ['events', 'worklets'] as const;
  /** What the event log had so far, and the newest event that was looked at. */
  #logged: readonly LoggedOperation[] = [];
  readonly #documents = new Set<string>();
  #newest = 0;

  constructor() {
    super();
    this.missing = [];
  }

  protected override async load(): Promise<void> {
    const { tabId } = this;
    // In this order: what an operation contributed is in the log soon after it is known that the operation has ended.
    const worklets = await ask('worklets.list', { tabId });
    const { operations, documentIds, newest } = await ask('reports.operations', { tabId, after: this.#newest });
    this.#newest = newest;
    this.#logged = [...operations, ...this.#logged];
    for (const documentId of documentIds) this.#documents.add(documentId);
    this.missing = missingReports(this.#logged, this.#documents, worklets);
  }

  protected override render() {
    const { missing } = this;
    if (missing.length === 0) return this.renderProblem();
    const more = missing.length - NAMED;
    const line = ({ time, operation, why, isFailure }: MissingReport) => html`<li>
      <time title=${formatMoment(time)}>${formatTime(time)}</time> <code>${operation}</code> <span class=${isFailure ? 'alarm' : 'soft'}>${why}</span>
    </li>`;
    return html`${this.renderProblem()}
      <details>
        <summary><h2>${counted('missingReports', missing.length)}</h2></summary>
        <ul tabindex="0" aria-label=${text('missing')}>
          ${missing.slice(0, NAMED).map(line)} ${more > 0 ? html`<li class="soft">${counted('missingMore', more)}</li>` : nothing}
        </ul>
      </details>`;
  }
}

define('lab-missing-reports', LabMissingReports);
