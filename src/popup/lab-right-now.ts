/** What would be refused to the page right now, in short, and the way to the views of the panel that answer what is asked most. */

import { css, html, nothing, type PropertyValues } from 'lit';
import { ask } from '../components/ask';
import { define, LabElement } from '../components/lab-element';
import { counted, type TextName, text } from '../components/text';
import { explain, nameOf } from '../components/why-not';
import type { Settings } from '../extension/settings';
import type { WhyNot } from '../protocol/extension-pages/why-not';

/** The views of the panel that answer them. */
const QUESTIONS: readonly { readonly question: TextName; readonly view: string }[] = [
  { question: 'popupWhyRefused', view: 'why-not' },
  { question: 'popupWhichURL', view: 'select-url' },
  { question: 'popupWhereReport', view: 'reports' },
];

/** How many things are told here. */
const TOLD = 3;

export class LabRightNow extends LabElement {
  static override styles = [
    LabElement.styles,
    css`
      section {
        padding: 0.5rem 0;
        border-block-start: 1px solid var(--line);
        overflow-wrap: anywhere;
      }

      ul {
        display: grid;
        gap: 0.35rem;
        list-style: none;
      }

      nav {
        display: flex;
        flex-wrap: wrap;
        gap: 0.35rem 1rem;
        padding-block-start: 0.35rem;
      }
    `,
  ];
  static override properties = { tabId: { type: Number }, settings: { attribute: false }, refusals: { state: true } };

  declare tabId: number;
  /** Those that count: with others, something else is refused. */
  declare settings: Settings | null;
  /** In words, each once; null before the first answer. */
  declare refusals: readonly { readonly what: string; readonly why: string }[] | null;
  protected override readonly topics = ['selections', 'reports'] as const;

  constructor() {
    super();
    this.tabId = -1;
    this.settings = null;
    this.refusals = null;
  }

  protected override async load(): Promise<void> {
    if (this.tabId < 0) return;
    const { refusals } = await ask('why-not.read', { tabId: this.tabId });
    const inWords = ({ what, reason }: WhyNot) => ({ what: nameOf(what), why: explain(reason) });
    this.refusals = [...new Map(refusals.map(inWords).map((one) => [JSON.stringify(one), one])).values()];
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('tabId') || changed.has('settings')) void this.reload();
  }

  #refusals() {
    const { refusals } = this;
    if (refusals === null) return html`<p class="soft">${text('asking')}</p>`;
    if (refusals.length === 0) return html`<p class="soft">${text('nothingRefused')}</p>`;
    const more = refusals.length - TOLD;
    return html`<ul>
      ${refusals.slice(0, TOLD).map(({ what, why }) => html`<li><b>${what}</b>: <span class="alarm">${why}</span></li>`)}
      ${more > 0 ? html`<li class="soft">${counted('popupMoreRefused', more)}</li>` : nothing}
    </ul>`;
  }

  protected override render() {
    const { tabId } = this;
    const link = ({ question, view }: (typeof QUESTIONS)[number]) =>
      html`<a href=${chrome.runtime.getURL(`panel.html?tab=${tabId}&view=${view}`)} target="_blank">${text(question)}</a>`;
    return html`<section aria-labelledby="now">
      <h2 id="now">${text('popupNow')}</h2>
      ${this.renderProblem()} ${this.#refusals()}
      <nav aria-label=${text('popupQuestions')}>${QUESTIONS.map(link)}</nav>
    </section>`;
  }
}

define('lab-right-now', LabRightNow);
