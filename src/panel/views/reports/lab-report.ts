/** All of one report, and what can be done with it. */

import { css, html, nothing } from 'lit';
import { ask } from '../../../components/ask';
import { base64 } from '../../../protocol/base64';
import '../../../components/copy-button';
import { formatMoment } from '../../../components/format';
import '../../../components/json-tree';
import { define, LabElement } from '../../../components/lab-element';
import { details } from '../../../components/split';
import { text } from '../../../components/text';
import type { ShownReport } from '../../../protocol/extension-pages/reports';
import { describeContribution, statusOf } from './columns';

interface SharedInfo {
  readonly api: string;
  readonly version: string;
}

export class LabReport extends LabElement {
  static override styles = [
    LabElement.styles,
    details,
    css`
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: var(--gap);
        margin-block: var(--gap);
      }

      ul {
        padding-inline-start: 1.1rem;
        overflow-wrap: anywhere;
      }
    `,
  ];
  static override properties = { report: { attribute: false } };

  declare report: ShownReport;

  #actions() {
    const { key, state, cleartext, body } = this.report;
    const canSend = state === 'pending' || state === 'failed';
    return html`<div class="actions">
      <button class="primary" ?disabled=${!canSend} @click=${() => ask('reports.send', { key })}>${text('sendNow')}</button>
      ${cleartext === null ? nothing : html`<lab-copy-button .copied=${base64(cleartext)} .caption=${text('copyDebugPayload')}></lab-copy-button>`}
      ${body === null ? nothing : html`<lab-copy-button .copied=${body} .caption=${text('copyBody')}></lab-copy-button>`}
      <button class="danger" @click=${() => ask('reports.delete', { key })}>${text('deleteReport')}</button>
    </div>`;
  }

  #body() {
    const { body } = this.report;
    if (body === null) return html`<p class="soft">${text('noBodyYet')}</p>`;
    return html`<lab-json aria-label=${text('reportBody')} .data=${JSON.parse(body) as object}></lab-json>`;
  }

  #contributions() {
    const { contributions, notes } = this.report;
    if (contributions.length + notes.length === 0) return html`<p class="soft">${text('noContribution')}</p>`;
    return html`<ul>
      ${contributions.map((contribution) => html`<li>${describeContribution(contribution)}</li>`)}
      ${notes.map((note) => html`<li class="alarm">${note}</li>`)}
    </ul>`;
  }

  protected override render() {
    const { report } = this;
    const { operation, url, reportTime, sharedInfo, coordinator, contextId, isDebugged, attempts, state } = report;
    const { api, version } = JSON.parse(sharedInfo) as SharedInfo;
    const line = (title: string, value: string) => html`<dt>${title}</dt><dd>${value}</dd>`;
    return html`<div class="details">
      <div class="heading">
        <h2>${operation.name}</h2>
        <button @click=${() => this.dispatchEvent(new Event('lab-close'))}>${text('close')}</button>
      </div>
      <p class=${state === 'failed' ? 'alarm' : ''}>${statusOf(report)}</p>
      ${this.#actions()}
      <dl>
        ${line(text('columnReportURL'), url)} ${line(text('columnReportTime'), formatMoment(reportTime))}
        ${line(text('reportAPI'), api)} ${line(text('reportVersion'), version)}
        ${line(text('coordinator'), coordinator)} ${contextId === null ? nothing : line(text('contextId'), contextId)}
        ${line(text('debugMode'), text(isDebugged ? 'debugModeOn' : 'debugModeOff'))}
        ${line(text('reportAttempts'), String(attempts))} ${line(text('moduleURL'), operation.moduleURL)}
      </dl>
      <h3>${text('columnContributions')}</h3>
      ${this.#contributions()}
      <h3>${text('reportBody')}</h3>
      ${this.#body()}
    </div>`;
  }
}

define('lab-report', LabReport);
