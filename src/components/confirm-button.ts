/** A button for what cannot be undone: the first click asks, and a second one, on what it asks, does it. */

import { css, html } from 'lit';
import { define, LabElement } from './lab-element';
import { text } from './text';

/** It was meant. */
export class ConfirmEvent extends Event {
  static readonly type = 'lab-confirm';

  constructor() {
    super(ConfirmEvent.type);
  }
}

export class LabConfirm extends LabElement {
  static override styles = [
    LabElement.styles,
    css`
      :host,
      span {
        display: inline-flex;
        flex-wrap: wrap;
        gap: 0.35rem;
        align-items: center;
      }
    `,
  ];
  static override properties = { label: {}, question: {}, disabled: { type: Boolean }, asks: { state: true } };

  /** What the button says. */
  declare label: string;
  /** What is asked, and the button that answers it says. */
  declare question: string;
  declare disabled: boolean;
  declare asks: boolean;

  constructor() {
    super();
    this.label = '';
    this.question = '';
    this.disabled = false;
    this.asks = false;
  }

  async #ask(asks: boolean): Promise<void> {
    this.asks = asks;
    await this.updateComplete;
    // The keyboard stays where it was: on what the button has become.
    this.renderRoot.querySelector('button')?.focus();
  }

  #confirm(): void {
    void this.#ask(false);
    this.dispatchEvent(new ConfirmEvent());
  }

  protected override render() {
    if (!this.asks) return html`<button ?disabled=${this.disabled} @click=${() => this.#ask(true)}>${this.label}</button>`;
    return html`<span role="group" aria-label=${this.question} @keydown=${({ key }: KeyboardEvent) => key === 'Escape' && this.#ask(false)}>
      <button class="danger" @click=${() => this.#confirm()}>${this.question}</button>
      <button @click=${() => this.#ask(false)}>${text('cancel')}</button>
    </span>`;
  }
}

define('lab-confirm', LabConfirm);
