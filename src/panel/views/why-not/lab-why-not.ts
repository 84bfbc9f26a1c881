/** What would be refused to the page right now, why, and what to write for it to be allowed. */

import { css, html, nothing } from 'lit';
import { ask } from '../../../components/ask';
import '../../../components/copy-button';
import { formatURL } from '../../../components/format';
import { define, LabElement } from '../../../components/lab-element';
import { counted, type TextName, text } from '../../../components/text';
import { explain, nameOf } from '../../../components/why-not';
import type { WhyNotChange } from '../../../protocol/extension-pages/why-not';
import { cards } from '../cards';
import { TabView } from '../tab-view';
import type { View } from '../view';
import { type GroupedRefusal, groupRefusals } from './grouped-refusals';

const WHERE: Readonly<Record<WhyNotChange['in'], TextName>> = {
  header: 'changeHeader',
  attribute: 'changeAttribute',
  settings: 'changeSettings',
  address: 'changeAddress',
};

/** How many of the frames that something is refused to are named. */
const NAMED = 5;

export class LabWhyNot extends TabView {
  static override styles = [
    LabElement.styles,
    cards,
    css`
      .frames {
        padding-inline-start: 1.1rem;
      }
    `,
  ];
  static override properties = {
    refusals: { state: true },
  };

  /** Null before the first answer. */
  declare refusals: readonly GroupedRefusal[] | null;
  protected override readonly topics = ['selections', 'reports'] as const;

  constructor() {
    super();
    this.refusals = null;
  }

  /** What has changed while nobody looked is not told. */
  readonly #again = (): void => {
    if (!document.hidden) void this.reload();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#again);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.#again);
  }

  protected override async load(): Promise<void> {
    const { frames, refusals } = await ask('why-not.read', { tabId: this.tabId });
    this.refusals = groupRefusals(frames, refusals);
  }

  #change(change: WhyNotChange) {
    return html`<p class="label">${text(WHERE[change.in])}</p>
      <div class="line">
        <code>${change.line}</code>
        <lab-copy-button .copied=${change.line} .label=${text('copyLine', change.line)}></lab-copy-button>
      </div>`;
  }

  #card({ what, reason, change, frames }: GroupedRefusal) {
    const more = frames.length - NAMED;
    return html`<li class="card">
      <h3 class="alarm">${nameOf(what)}</h3>
      <p>${explain(reason)}</p>
      ${change ? this.#change(change) : nothing}
      <p class="label">${counted('refusedIn', frames.length)}</p>
      <ul class="frames">
        ${frames.slice(0, NAMED).map(({ url, origin, frameId }) => {
          const where = frameId === 0 ? text('frameTop') : text('frameInner', frameId);
          return html`<li>${where}: ${formatURL(url)} <span class="soft">(${origin === 'null' ? text('opaqueOrigin') : origin})</span></li>`;
        })}
        ${more > 0 ? html`<li class="soft">${counted('moreFrames', more)}</li>` : nothing}
      </ul>
    </li>`;
  }

  protected override render() {
    const { refusals } = this;
    const count = refusals?.length ?? 0;
    const said = refusals === null ? text('asking') : count === 0 ? text('nothingRefused') : counted('wouldBeRefused', count);
    return html`<div class="bar">
        <h2 class="grow" aria-live="polite" aria-atomic="true">${said}</h2>
        <button @click=${() => this.reload()}>${text('checkAgain')}</button>
      </div>
      ${this.renderProblem()}
      <ul class="cards" aria-label=${text('viewWhyNot')}>
        ${(refusals ?? []).map((refusal) => this.#card(refusal))}
      </ul>`;
  }
}

define('lab-why-not', LabWhyNot);

export const whyNotView: View = {
  id: 'why-not',
  title: 'viewWhyNot',
  render: (tabId) => html`<lab-why-not .tabId=${tabId}></lab-why-not>`,
};
