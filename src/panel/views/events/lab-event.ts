/** One event: the whole story of a call, and all that the log has of it. */

import { css, html, nothing } from 'lit';
import { formatMoment, formatValue } from '../../../components/format';
import '../../../components/json-tree';
import { define, LabElement } from '../../../components/lab-element';
import { details } from '../../../components/split';
import { text } from '../../../components/text';
import type { ReadEvent } from '../../../protocol/logged-event';
import { SCOPES } from '../scopes';
import type { Step } from './story';

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null;

export class LabEvent extends LabElement {
  static override styles = [
    LabElement.styles,
    details,
    css`
      ol {
        margin: var(--gap) 0;
        padding: 0;
        list-style: none;
      }

      li {
        padding: 0.3rem 0.6rem;
        border-inline-start: 3px solid var(--accent);
        overflow-wrap: anywhere;
      }

      li.failed {
        border-color: var(--alarm);
        background: var(--alarm-paper);
      }

      li span {
        display: block;
        color: var(--soft);
        font-size: var(--small);
      }

      li.failed span {
        color: inherit;
      }
    `,
  ];
  static override properties = { event: { attribute: false }, steps: { attribute: false } };

  declare event: ReadEvent;
  declare steps: readonly Step[];

  #value(label: string, value: unknown) {
    if (value === null || value === undefined) return nothing;
    return html`<h3>${label}</h3>
      ${isTree(value) ? html`<lab-json aria-label=${label} .data=${value}></lab-json>` : html`<code>${formatValue(value, 10_000)}</code>`}`;
  }

  protected override render() {
    const { event, steps } = this;
    const { time, scope, method, dataOrigin, parameters, result, documentId } = event;
    const fact = (name: string, value: string | null) => (value === null ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`);
    return html`<section class="details" aria-labelledby="heading">
      <div class="heading">
        <h2 id="heading">${text('methodInScope', method, text(SCOPES[scope]))}</h2>
        <button @click=${() => this.dispatchEvent(new Event('lab-close'))}>${text('close')}</button>
      </div>
      <h3>${text('story')}</h3>
      <ol>
        ${steps.map(({ place, text: said, isFailure }) => html`<li class=${isFailure ? 'failed' : ''}><span>${text(place)}</span>${said}</li>`)}
      </ol>
      <dl>
        ${fact(text('columnTime'), formatMoment(time))} ${fact(text('columnOrigin'), dataOrigin)} ${fact(text('document'), documentId)}
      </dl>
      ${this.#value(text('columnParameters'), parameters)} ${this.#value(text('result'), result)}
    </section>`;
  }
}

define('lab-event', LabEvent);
