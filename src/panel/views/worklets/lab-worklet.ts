/** One worklet: what is registered in it, what it has run, and what it has logged. */

import { css, html, nothing } from 'lit';
import { ask } from '../../../components/ask';
import '../../../components/confirm-button';
import { formatMoment, formatTime } from '../../../components/format';
import { define, LabElement } from '../../../components/lab-element';
import { details } from '../../../components/split';
import { counted, text } from '../../../components/text';
import type { WorkletLine, WorkletRecord, WorkletRun } from '../../../protocol/extension-pages/worklets';
import type { KeyHandler } from '../../../spec/possibilities/key-handlers';
import { causeOf, durationOf, outcomeOfRun, stateOf } from './columns';

/** Where one gets at the worklets' own developer tools. */
const INSPECT = 'chrome://inspect/#extensions';

export class LabWorklet extends LabElement {
  static override styles = [
    LabElement.styles,
    details,
    css`
      table {
        width: 100%;
        border-collapse: collapse;
      }

      th,
      td {
        padding: 0.2rem 0.5rem 0.2rem 0;
        border-bottom: 1px solid var(--line);
        overflow-wrap: anywhere;
        text-align: start;
        vertical-align: top;
      }

      th {
        overflow-wrap: normal;
      }

      .short {
        white-space: nowrap;
      }

      td:nth-child(2) {
        min-width: 7rem;
      }

      .line {
        padding: 0.15rem 0.4rem;
        border-bottom: 1px solid var(--line);
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }

      .line.error {
        background: var(--alarm-paper);
        color: var(--alarm);
      }

      .line.warn {
        background: var(--warning-paper);
        color: var(--warning);
      }

      ul,
      ol {
        margin: 0;
        padding-inline-start: 1.4rem;
      }

      .line span {
        color: var(--soft);
        font-family: inherit;
      }
    `,
  ];
  static override properties = { worklet: { attribute: false }, said: { state: true } };

  declare worklet: WorkletRecord;
  /** What came of ending it. */
  declare said: string | null;

  constructor() {
    super();
    this.said = null;
  }

  async #end(): Promise<void> {
    const { documentId, workletId } = this.worklet;
    this.said = await ask('worklets.end', { documentId, workletId }).then(
      () => null,
      (error: unknown) => String(error),
    );
  }

  #operations({ loaded, ended }: WorkletRecord) {
    if (!loaded) return html`<p class="soft">${text(ended === null ? 'workletLoading' : 'endedUnloaded')}</p>`;
    return html`${loaded.error === null ? nothing : html`<p class="notice alarm">${text('moduleFailed', loaded.error)}</p>`}
    ${
      loaded.operations.length === 0
        ? html`<p class="soft">${text('noOperations')}</p>`
        : html`<ul>${loaded.operations.map((name) => html`<li><code>${name}</code></li>`)}</ul>`
    }`;
  }

  #handlers({ handlers }: WorkletRecord) {
    if (!handlers) return nothing;
    const item = ({ name, key, actions }: KeyHandler) => html`<li><code>${name}</code> ${text('handlerOf', key, actions.join(', '))}</li>`;
    return html`<h3>${text('handlers')}</h3>
      ${handlers.length === 0 ? html`<p class="soft">${text('noHandlers')}</p>` : html`<ul>${handlers.map(item)}</ul>`}`;
  }

  #runs({ runs, runCount }: WorkletRecord) {
    if (runs.length === 0) return html`<p class="soft">${text('noRuns')}</p>`;
    const row = (run: WorkletRun) => html`<tr>
      <td class="short">${formatTime(run.started)}</td>
      <td><code>${run.name}</code>${run.cause ? html`<div class="soft">${causeOf(run.cause)}</div>` : nothing}</td>
      <td class="short">${durationOf(run)}</td>
      <td class=${run.failure === null ? '' : 'alarm'}>${outcomeOfRun(run)}</td>
    </tr>`;
    const heads = [text('columnTime'), text('operation'), text('columnDuration'), text('columnOutcome')];
    return html`${runCount > runs.length ? html`<p class="soft">${text('lastRuns', runs.length, runCount)}</p>` : nothing}
      <table>
        <thead>
          <tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr>
        </thead>
        <tbody>${[...runs].reverse().map(row)}</tbody>
      </table>`;
  }

  #console({ lines, lineCount }: WorkletRecord) {
    if (lines.length === 0) return html`<p class="soft">${text('noLines')}</p>`;
    const line = ({ time, operation, method, text: said }: WorkletLine) =>
      html`<div class="line ${method}"><span>${formatTime(time)} ${operation}</span> <code>${said}</code></div>`;
    return html`${lineCount > lines.length ? html`<p class="soft">${counted('earlierLines', lineCount - lines.length)}</p>` : nothing}
    ${lines.map(line)}`;
  }

  #debugging({ moduleURL }: WorkletRecord) {
    const open = () => chrome.tabs.create({ url: INSPECT });
    return html`<h3>${text('debugging')}</h3>
      <ol>
        <li>
          ${text('debugInspect', INSPECT)}
          ${chrome.devtools ? nothing : html`<button @click=${open}>${text('openInspect')}</button>`}
        </li>
        <li>${text('debugFrame')}</li>
        <li>${text('debugSource', moduleURL)}</li>
      </ol>`;
  }

  protected override render() {
    const { worklet, said } = this;
    const { moduleURL, dataOrigin, created, ended } = worklet;
    return html`<section class="details" aria-labelledby="heading">
      <h2 id="heading">${moduleURL}</h2>
      <div class="bar">
        <lab-confirm
          .label=${text('endWorklet')}
          .question=${text('endQuestion')}
          ?disabled=${ended !== null}
          @lab-confirm=${() => this.#end()}
        ></lab-confirm>
        <button @click=${() => this.dispatchEvent(new Event('lab-close'))}>${text('close')}</button>
      </div>
      ${said === null ? nothing : html`<p class="notice alarm" role="alert">${said}</p>`}
      <dl>
        <dt>${text('columnState')}</dt>
        <dd>${text(stateOf(worklet))}</dd>
        <dt>${text('columnOrigin')}</dt>
        <dd>${dataOrigin}</dd>
        <dt>${text('columnCreated')}</dt>
        <dd>${formatMoment(created)}</dd>
        ${ended === null ? nothing : html`<dt>${text('columnEnded')}</dt><dd>${formatMoment(ended)}</dd>`}
      </dl>
      <h3>${text('operations')}</h3>
      ${this.#operations(worklet)} ${this.#handlers(worklet)}
      <h3>${text('runs')}</h3>
      ${this.#runs(worklet)}
      <h3>${text('console')}</h3>
      ${this.#console(worklet)} ${this.#debugging(worklet)}
    </section>`;
  }
}

define('lab-worklet', LabWorklet);
