/** One entry: all of its key and value, to be read and changed, and what it says where it is JSON. */

import { css, html, nothing, type PropertyValues } from 'lit';
import { ask } from '../../../components/ask';
import { formatBytes, formatMoment, formatValue } from '../../../components/format';
import '../../../components/json-tree';
import { define, LabElement } from '../../../components/lab-element';
import { details } from '../../../components/split';
import { text } from '../../../components/text';
import { deleteEntry, type Entry, saveEntry } from './change-entries';

/** The details are to be closed, or to be about another entry. */
export class ShowEntryEvent extends Event {
  static readonly type = 'lab-show-entry';
  readonly key: string | null;

  constructor(key: string | null) {
    super(ShowEntryEvent.type);
    this.key = key;
  }
}

/** Objects and arrays; undefined for anything else. */
function asJSON(value: string): object | undefined {
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.parse(value) as object;
  } catch {
    return undefined;
  }
}

/** As the browser gives out what is in a text field. */
const inField = (value: string): string => value.replaceAll(/\r\n?/g, '\n');

export class LabEntry extends LabElement {
  static override styles = [
    LabElement.styles,
    details,
    css`
      label {
        display: block;
        margin-top: var(--gap);
        color: var(--soft);
      }

      textarea {
        display: block;
        width: 100%;
        margin-top: 0.15rem;
        color: var(--ink);
        font-family: var(--mono);
        resize: vertical;
      }

      .preview {
        padding: 0.4rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }
    `,
  ];
  static override properties = {
    dataOrigin: {},
    tabId: { type: Number },
    entryKey: {},
    lifetime: { type: Number },
    stored: { state: true },
    draft: { state: true },
    refusal: { state: true },
  };

  declare dataOrigin: string;
  declare tabId: number;
  /** Null for an entry that is new. */
  declare entryKey: string | null;
  declare lifetime: number;
  /** As it is stored; null where there is none. */
  declare stored: { readonly value: string; readonly lastUpdated: number } | null;
  /** What a person has changed and not saved. */
  declare draft: Entry | null;
  declare refusal: string | null;
  protected override readonly topics = ['events'] as const;
  /** The stored value that a person saw when the draft was begun; null where there was none. */
  #seen: string | null = null;

  constructor() {
    super();
    this.dataOrigin = '';
    this.tabId = -1;
    this.entryKey = null;
    this.lifetime = 0;
    this.stored = null;
    this.draft = null;
    this.refusal = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('entryKey') && !changed.has('dataOrigin')) return;
    this.draft = null;
    this.refusal = null;
    this.stored = null;
    void this.reload();
  }

  protected override async load(): Promise<void> {
    const { dataOrigin, entryKey: key } = this;
    const stored = key === null ? null : await ask('entries.value', { dataOrigin, key });
    if (key === this.entryKey && dataOrigin === this.dataOrigin) this.stored = stored;
  }

  /** Puts the keyboard into the field that is changed most. */
  async edit(): Promise<void> {
    await this.reload();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(this.entryKey === null ? '#key' : '#value')?.focus();
  }

  get #shown(): Entry {
    return this.draft ?? { key: this.entryKey ?? '', value: this.stored?.value ?? '' };
  }

  #type(typed: Partial<Entry>): void {
    if (!this.draft) this.#seen = this.stored?.value ?? null;
    this.draft = { ...this.#shown, ...typed };
    this.refusal = null;
  }

  async #save(): Promise<void> {
    const { draft, entryKey } = this;
    if (!draft) return;
    // What was not touched keeps its line breaks.
    const isSame = this.stored && inField(this.stored.value) === draft.value;
    const seen = entryKey === null ? null : { key: entryKey, value: this.#seen };
    this.refusal = await saveEntry(this, seen, isSame && this.stored ? { ...draft, value: this.stored.value } : draft);
    if (this.refusal === text('entryChanged')) await this.#lookAgain();
    if (this.refusal !== null) return;
    this.draft = null;
    if (draft.key === entryKey) await this.reload();
    else this.dispatchEvent(new ShowEntryEvent(draft.key));
  }

  /** Shows what is stored now beside the draft: who saves once more has seen it. */
  async #lookAgain(): Promise<void> {
    await this.reload();
    this.#seen = this.stored?.value ?? null;
  }

  async #delete(key: string): Promise<void> {
    this.refusal = await deleteEntry(this, key);
    if (this.refusal === null) this.dispatchEvent(new ShowEntryEvent(null));
  }

  #facts() {
    const { stored, entryKey } = this;
    if (!stored || entryKey === null) return nothing;
    return html`<dl>
      <dt>${text('columnLastWrite')}</dt>
      <dd>${formatMoment(stored.lastUpdated)}</dd>
      <dt>${text('columnExpiry')}</dt>
      <dd>${formatMoment(stored.lastUpdated + this.lifetime)}</dd>
      <dt>${text('size')}</dt>
      <dd>${formatBytes(2 * (entryKey.length + stored.value.length))}</dd>
    </dl>`;
  }

  protected override render() {
    const { key, value } = this.#shown;
    const { entryKey, stored, draft, refusal } = this;
    const json = asJSON(value);
    const field = ({ target }: Event) => (target as HTMLTextAreaElement).value;
    return html`<section class="details" aria-labelledby="heading">
      <h2 id="heading">${entryKey === null ? text('newEntry') : text('entry')}</h2>
      ${this.renderProblem()}
      ${entryKey !== null && !stored ? html`<p class="notice" role="status">${text('entryGone')}</p>` : nothing}
      <label>${text('columnKey')}<textarea id="key" rows="1" .value=${key} @input=${(event: Event) => this.#type({ key: field(event) })}></textarea></label>
      <label>${text('columnValue')}<textarea id="value" rows="4" .value=${value} @input=${(event: Event) => this.#type({ value: field(event) })}></textarea></label>
      ${refusal === null ? nothing : html`<p class="notice alarm" role="alert">${refusal}</p>`}
      ${refusal === text('entryChanged') ? html`<p>${text('storedNow')} <code>${formatValue(stored?.value ?? text('entryGone'))}</code></p>` : nothing}
      <div class="bar">
        <button class="primary" ?disabled=${!draft} @click=${() => this.#save()}>${text('save')}</button>
        <button ?disabled=${!draft || entryKey === null} @click=${() => {
          this.draft = null;
        }}>${text('revert')}</button>
        ${entryKey === null ? nothing : html`<button class="danger" ?disabled=${!stored} @click=${() => this.#delete(entryKey)}>${text('deleteEntry')}</button>`}
        <button @click=${() => this.dispatchEvent(new ShowEntryEvent(null))}>${text('close')}</button>
      </div>
      ${this.#facts()}
      ${json ? html`<h3>${text('asJSON')}</h3><div class="preview"><lab-json aria-label=${text('asJSON')} .data=${json}></lab-json></div>` : nothing}
    </section>`;
  }
}

define('lab-entry', LabEntry);
