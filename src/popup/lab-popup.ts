/** What the toolbar button opens: the page in view in short, with the way to the panel. */

import { html, nothing, type TemplateResult } from 'lit';
import { ask } from '../components/ask';
import '../components/confirm-button';
import { formatMoment, formatTime } from '../components/format';
import { define, LabElement } from '../components/lab-element';
import { type TextName, text } from '../components/text';
import { browser } from '../extension/browser';
import { decodeSettings } from '../extension/decode-settings';
import type { Settings } from '../extension/settings';
import { simulatedFor } from '../extension/simulations';
import { readStoredSettings } from '../extension/stored-settings';
import type { ReadEvent } from '../protocol/logged-event';
import './lab-budgets';
import './lab-right-now';
import { type PageInView, pageInView } from './page-in-view';
import { styles } from './popup-styles';
import { isOn, setSite } from './site-switch';
import { type Usage, usageOf } from './usage';

const SCOPES: readonly { readonly scope: ReadEvent['scope']; readonly label: TextName }[] = [
  { scope: 'window', label: 'popupCalls' },
  { scope: 'worklet', label: 'popupWorklets' },
  { scope: 'header', label: 'popupHeaders' },
];

export class LabPopup extends LabElement {
  static override styles = [LabElement.styles, styles];
  static override properties = {
    page: { state: true },
    usage: { state: true },
    settings: { state: true },
    done: { state: true },
    problem: { state: true },
  };

  /** Undefined before it is known. */
  declare page: PageInView | null | undefined;
  declare usage: Usage | null;
  declare settings: Settings | null;
  /** What was done last, in words. */
  declare done: string;
  declare problem: string | null;
  protected override readonly topics = ['events'] as const;

  constructor() {
    super();
    this.page = undefined;
    this.usage = null;
    this.settings = null;
    this.done = '';
    this.problem = null;
  }

  readonly #onChange = (): void => void this.reload();

  override connectedCallback(): void {
    super.connectedCallback();
    browser.storage.local.onChanged.addListener(this.#onChange);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    browser.storage.local.onChanged.removeListener(this.#onChange);
  }

  protected override async load(): Promise<void> {
    const [page, stored] = await Promise.all([pageInView(), readStoredSettings()]);
    this.settings = decodeSettings(stored).settings;
    this.page = page;
    this.usage = page && (await usageOf(page.tabId));
  }

  protected override failed(error: Error | null): void {
    this.problem = error?.message ?? null;
  }

  async #do(act: () => Promise<unknown>, done = ''): Promise<void> {
    try {
      await act();
      this.done = done;
      await this.reload();
    } catch (error) {
      this.failed(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #site(origin: string, settings: Settings): TemplateResult {
    const simulated = simulatedFor(settings.simulations, origin);
    const toggle = ({ target }: Event) => this.#do(() => setSite(origin, (target as HTMLInputElement).checked));
    return html`<section aria-labelledby="site">
      <h2 id="site" class="origin">${origin}</h2>
      <label><input type="checkbox" role="switch" .checked=${isOn(settings, origin)} @change=${toggle} />${text('popupOn')}</label>
      ${settings.enabled ? nothing : html`<p class="alarm">${text('popupAllOff')}</p>`}
      ${simulated.length === 0 ? nothing : html`<p class="simulated">${text('popupSimulated', simulated.join(', '))}</p>`}
    </section>`;
  }

  #used({ counts, isMore, refusals }: Usage): TemplateResult {
    const isUnused = SCOPES.every(({ scope }) => counts[scope] === 0);
    return html`<section aria-labelledby="used">
        <h2 id="used">${text('popupUsed')}</h2>
        ${
          isUnused
            ? html`<p class="soft">${text('popupUnused')}</p>`
            : html`<dl class="counts">${SCOPES.map(({ scope, label }) => html`<div><dt>${text(label)}</dt><dd>${counts[scope]}</dd></div>`)}</dl>`
        }
        ${isMore ? html`<p class="soft">${text('popupMore')}</p>` : nothing}
      </section>
      <section aria-labelledby="refused">
        <h2 id="refused">${text('popupRefused')}</h2>
        ${refusals.length === 0 ? html`<p class="soft">${text('popupNoRefusal')}</p>` : html`<ul>${refusals.map(refusalOf)}</ul>`}
      </section>`;
  }

  #ofPage({ tabId, origin }: PageInView) {
    const { settings, usage } = this;
    return html`${origin === null || settings === null ? html`<p class="soft">${text('popupNoSite')}</p>` : this.#site(origin, settings)}
      ${origin === null ? nothing : html`<lab-right-now .tabId=${tabId} .settings=${settings}></lab-right-now>`}
      ${usage ? this.#used(usage) : nothing}
      <lab-budgets .tabId=${tabId}></lab-budgets>`;
  }

  #open(address: string): void {
    void chrome.tabs.create({ url: chrome.runtime.getURL(address) }).then(() => window.close());
  }

  protected override render() {
    const { page, problem } = this;
    return html`<header>
        <h1><img src="/icons/icon-32.png" alt="" width="20" height="20" />${text('popupTitle')}</h1>
        <button class="quiet" @click=${() => chrome.runtime.openOptionsPage()}>${text('popupOptions')}</button>
      </header>
      <main>
        ${problem === null ? nothing : html`<p class="notice alarm" role="alert">${problem}</p>`}
        ${page === undefined ? nothing : page === null ? html`<p class="soft">${text('popupNoPage')}</p>` : this.#ofPage(page)}
        <div class="actions">
          <button class="primary" ?disabled=${!page} @click=${() => this.#open(`panel.html?tab=${page?.tabId}`)}>
            ${text('popupOpenPanel')}
          </button>
          <lab-confirm
            .label=${text('stateWipeButton')}
            .question=${text('stateWipeQuestion')}
            @lab-confirm=${() => this.#do(() => ask('state.reset', {}), text('stateWiped'))}
          ></lab-confirm>
        </div>
        <p role="status">${this.done}</p>
      </main>`;
  }
}

function refusalOf({ time, method, dataOrigin, refusal }: ReadEvent): TemplateResult {
  return html`<li>
    <p><time datetime=${new Date(time).toISOString()} title=${formatMoment(time)}>${formatTime(time)}</time> <code>${method}</code> ${dataOrigin ?? nothing}</p>
    <p class="alarm">${refusal}</p>
  </li>`;
}

define('lab-popup', LabPopup);
