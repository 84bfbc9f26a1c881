/** A field for a `Shared-Storage-Write` header: what it would do, read and judged by what reads and judges those of responses. */

import { css, html, nothing, type PropertyValues } from 'lit';
import { ask } from '../../../components/ask';
import { formatBytes, formatNumber } from '../../../components/format';
import { define, LabElement } from '../../../components/lab-element';
import { counted, text } from '../../../components/text';
import type { TriedChange, TriedHeader } from '../../../protocol/extension-pages/header-writes';
import type { InspectedFrame } from '../../../protocol/extension-pages/inspected-page';
import { itemStyles, showItems } from './items';

/** How long after the last key the header is tried, in milliseconds. */
const PAUSE = 200;

/** How many items, and entries, are shown: whoever pastes more has seen by then how it goes. */
const SHOWN = 100;

const EXAMPLE = 'set;key="a";value="b", append;key="c";value="d"';

const written = (value: string | null): string => (value === null ? text('noEntry') : JSON.stringify(value));

const leftOut = (name: 'itemsLeftOut' | 'entriesLeftOut', count: number) =>
  count <= SHOWN ? nothing : html`<p class="soft">${counted(name, count - SHOWN)}</p>`;

export class LabTryHeader extends LabElement {
  static override styles = [
    LabElement.styles,
    itemStyles,
    css`
      :host {
        padding: 0 0.75rem 0.75rem;
        overflow-wrap: anywhere;
      }

      .fields {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr));
        gap: var(--gap);
        margin-block-end: var(--gap);
      }

      label {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.2rem;
        margin-block-end: 0.35rem;
      }

      select {
        text-overflow: ellipsis;
      }

      textarea {
        width: 100%;
        min-height: 4rem;
        font-family: var(--mono);
        resize: vertical;
      }

      .outcome {
        display: grid;
        gap: var(--gap);
      }

      ul.changes {
        padding-inline-start: 1.1rem;
      }
    `,
  ];
  static override properties = {
    tabId: { type: Number },
    frames: { attribute: false },
    frameId: { state: true },
    origin: { state: true },
    header: { state: true },
    tried: { state: true },
  };

  declare tabId: number;
  declare frames: readonly InspectedFrame[];
  declare frameId: number;
  /** The origin of the response; null for that of the frame. */
  declare origin: string | null;
  declare header: string;
  declare tried: TriedHeader | null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.tabId = -1;
    this.frames = [];
    this.frameId = 0;
    this.origin = null;
    this.header = '';
    this.tried = null;
  }

  /** What is in the field. */
  get #typedOrigin(): string {
    return this.origin ?? this.frames.find(({ frameId }) => frameId === this.frameId)?.origin ?? '';
  }

  /** An address stands for its origin; null for what is neither. */
  get #origin(): string | null {
    const origin = URL.parse(this.#typedOrigin.trim())?.origin ?? 'null';
    return origin === 'null' ? null : origin;
  }

  /** The frame may have gone, or show another document. */
  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('frames') || this.frames.length === 0) return;
    if (!this.frames.some(({ frameId }) => frameId === this.frameId)) this.frameId = 0;
    const shown = ({ documentId, origin }: InspectedFrame) => `${documentId} ${origin}`;
    const before = changed.get('frames') ?? [];
    if (this.header !== '' && String(before.map(shown)) !== String(this.frames.map(shown))) this.#later();
  }

  protected override async load(): Promise<void> {
    const { tabId, frameId, header } = this;
    // Each line of the field is a line of the response's headers.
    const lines = header.split('\n').filter((line) => line.trim() !== '');
    const origin = this.#origin;
    const tried = lines.length === 0 || origin === null ? null : await ask('header-writes.try', { tabId, frameId, origin, lines });
    if (header === this.header) this.tried = tried;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.reload(), PAUSE);
  }

  #change({ key, before, after }: TriedChange) {
    const what = before === after ? text('entryStays', key, written(before)) : text('entryChanges', key, written(before), written(after));
    return html`<li>${what}</li>`;
  }

  #outcome({ members, refusal, withLock, changes, usage }: TriedHeader) {
    const items = members.map((member) => ({
      text: member.text,
      problem: member.problem ?? (refusal === null ? null : text('withTheHeader')),
    }));
    return html`<p class=${refusal === null ? '' : 'alarm'}>${refusal === null ? text('wouldWrite') : text('wouldNotWrite', refusal)}</p>
      ${showItems(items.slice(0, SHOWN), text('itemWouldApply'))} ${leftOut('itemsLeftOut', items.length)}
      ${withLock === null ? nothing : html`<p>${text('afterLock', withLock)}</p>`}
      ${changes.length === 0 ? nothing : html`<ul class="changes" aria-label=${text('changedEntries')}>${changes.slice(0, SHOWN).map((change) => this.#change(change))}</ul>`}
      ${leftOut('entriesLeftOut', changes.length)}
      ${
        usage
          ? html`<p class="soft">
              ${text('usageBeforeAfter', formatNumber(usage.before.count), formatNumber(usage.after.count), formatBytes(usage.before.bytes), formatBytes(usage.after.bytes))}
            </p>`
          : nothing
      }`;
  }

  protected override render() {
    const textOf = ({ target }: Event) => (target as HTMLInputElement).value;
    const isWrong = this.#origin === null;
    return html`<div class="fields">
        <label
          >${text('askedBy')}<select
            @change=${(event: Event) => {
              this.frameId = Number(textOf(event));
              this.#later();
            }}
          >
            ${this.frames.map(({ frameId, url }) => html`<option value=${frameId} ?selected=${frameId === this.frameId}>${url}</option>`)}
          </select></label
        >
        <label
          >${text('responseOrigin')}<input
            .value=${this.#typedOrigin}
            spellcheck="false"
            aria-invalid=${isWrong ? 'true' : 'false'}
            aria-describedby="wrong"
            @input=${(event: Event) => {
              this.origin = textOf(event);
              this.#later();
            }}
        /></label>
      </div>
      <label
        >${text('headerText')}<textarea
          spellcheck="false"
          placeholder=${EXAMPLE}
          .value=${this.header}
          @input=${(event: Event) => {
            this.header = textOf(event);
            this.#later();
          }}
        ></textarea></label
      >
      <p id="wrong" class="alarm" aria-live="polite">${isWrong ? text('simulationsNoOrigin') : nothing}</p>
      <p class="soft">${text('tryHint')}</p>
      ${this.renderProblem()}
      <div class="outcome" role="status">${this.tried ? this.#outcome(this.tried) : nothing}</div>`;
  }
}

define('lab-try-header', LabTryHeader);
