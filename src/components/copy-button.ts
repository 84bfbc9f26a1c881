/** A button that copies a text, and says that it has. */

import { html, nothing } from 'lit';
import { define, LabElement } from './lab-element';
import { text } from './text';

/** How long the button says so, in milliseconds. */
const SAID_FOR = 2000;

/** The developer tools do not let their panels use the clipboard's newer way. */
function copyBySelection(copied: string): void {
  const field = document.createElement('textarea');
  field.value = copied;
  document.body.append(field);
  field.select();
  document.execCommand('copy');
  field.remove();
}

export class LabCopyButton extends LabElement {
  static override properties = { copied: { attribute: false }, caption: {}, label: {}, isDone: { state: true } };

  declare copied: string;
  /** What the button says. */
  declare caption: string;
  /** What is copied, for those who do not see where the button is; empty where the caption says so. */
  declare label: string;
  declare isDone: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.copied = '';
    this.caption = text('copy');
    this.label = '';
    this.isDone = false;
  }

  async #copy(): Promise<void> {
    await navigator.clipboard.writeText(this.copied).catch(() => copyBySelection(this.copied));
    this.isDone = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isDone = false;
    }, SAID_FOR);
  }

  protected override render() {
    return html`<button aria-label=${this.label || nothing} @click=${() => this.#copy()}>${this.isDone ? text('copied') : this.caption}</button>
      <span class="visually-hidden" role="status">${this.isDone ? text('copied') : ''}</span>`;
  }
}

define('lab-copy-button', LabCopyButton);
