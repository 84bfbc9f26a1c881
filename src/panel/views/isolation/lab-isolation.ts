/** What the documents of a tab and of its browsing context group are keyed by, why, a choice for each origin, and what was stopped at the borders. */

import { html, nothing } from 'lit';
import { ask } from '../../../components/ask';
import { formatMoment, formatTime, formatURL, formatValue } from '../../../components/format';
import { define, LabElement } from '../../../components/lab-element';
import { counted, type TextName, text } from '../../../components/text';
import type { MappedPolicy, Row } from '../../../protocol/agent-cluster-map';
import { KEYINGS } from '../../../protocol/extension-pages/isolation';
import type { ExtensionPageRequests } from '../../../protocol/extension-pages/requests';
import type { ReadEvent } from '../../../protocol/logged-event';
import { formatKey } from '../../../spec/agent-cluster';
import { cards } from '../cards';
import { TabView } from '../tab-view';
import type { View } from '../view';
import { describeDifference, describeKey } from './describe';
import { type FrameTree, treesOf } from './frame-tree';
import { isolationStyles } from './styles';

type Keying = (typeof KEYINGS)[number];

const CHOICES: Readonly<Record<Keying, TextName>> = {
  respect: 'keyingRespect',
  'origin-keyed': 'keyingOrigin',
  'site-keyed': 'keyingSite',
};

/** What is known of the origin's policy; its hints are the origin's wishes, which the browser knows nothing of. */
function describePolicy({ ids, isolation, applies }: MappedPolicy): string {
  const named = ids.map((id) => JSON.stringify(id)).join(', ');
  const asks = isolation === null ? text('policyAsksNothing', named) : text('policyAsks', named, isolation.join(', ') || text('noHints'));
  return applies ? asks : `${asks} ${text('policyNotAllowed')}`;
}

export class LabIsolation extends TabView {
  static override styles = [LabElement.styles, cards, isolationStyles];
  static override properties = {
    map: { state: true },
    stopped: { state: true },
    note: { state: true },
  };

  /** Null before the first answer. */
  declare map: ExtensionPageRequests['isolation.read']['result'] | null;
  /** The newest first. */
  declare stopped: readonly ReadEvent[];
  declare note: string | null;
  protected override readonly topics = ['events'] as const;
  #newest = 0;
  #isMapStale = true;

  constructor() {
    super();
    this.map = null;
    this.stopped = [];
    this.note = null;
  }

  protected override look(): Promise<void> {
    this.#isMapStale = true;
    return this.reload();
  }

  protected override async load(): Promise<void> {
    const { tabId } = this;
    // Every document of the group is asked: not after each event.
    if (this.#isMapStale) {
      this.#isMapStale = false;
      this.map = await ask('isolation.read', { tabId });
    }
    const { events, newest } = await ask('isolation.stopped', { tabId, after: this.#newest });
    this.#newest = newest;
    if (events.length > 0) this.stopped = [...events, ...this.stopped];
  }

  async #choose(origin: string, keying: Keying): Promise<void> {
    await ask('isolation.choose', { origin, keying });
    this.note = text('keyingNote', origin);
    await this.look();
  }

  #chooser({ origin, isSecureContext }: Row) {
    if (!isSecureContext || !/^https?:/.test(origin)) return nothing;
    const chosen = this.map?.chosen[origin] ?? 'respect';
    return html`<label class="label">${text('keying')} <select
      aria-label=${text('keyingOf', origin)}
      @change=${({ target }: Event) => this.#choose(origin, (target as HTMLSelectElement).value as Keying)}
    >
      ${KEYINGS.map((keying) => html`<option value=${keying} ?selected=${keying === chosen}>${text(CHOICES[keying])}</option>`)}
    </select></label>`;
  }

  #difference(row: Row) {
    const { difference, parentFrameId, url } = row;
    if (difference === null) return nothing;
    return html`<p class="notice alarm difference">
      ${describeDifference(difference, row)} ${parentFrameId === -1 ? html`<a href=${url} target="_blank" rel="noopener noreferrer">${text('openInNewTab')}</a>` : nothing}
    </p>`;
  }

  #node({ row, children }: FrameTree): unknown {
    const { key, url, originKeyed, parentFrameId, tabId, policy } = row;
    const place = parentFrameId !== -1 ? text('placeFrame') : tabId === this.tabId ? text('placeTab') : text('placeOtherTab');
    return html`<li>
      <div class="card">
        <div class="head"><code class="key ${key.kind}">${formatKey(key)}</code>${this.#chooser(row)}</div>
        <p class="label">${place}: ${formatURL(url)}</p>
        <p>${describeKey(row)} ${text('originAgentClusterIs', String(originKeyed))}</p>
        ${policy ? html`<p class="policy soft">${describePolicy(policy)}</p>` : nothing} ${this.#difference(row)}
      </div>
      ${children.length > 0 ? html`<ul class="tree">${children.map((child) => this.#node(child))}</ul>` : nothing}
    </li>`;
  }

  #summary() {
    const { map } = this;
    if (!map) return text('asking');
    const { rows, tabIds, isUncertain } = map;
    if (rows.length === 0) return text('noPage');
    const clusters = new Set(rows.map(({ key }) => formatKey(key))).size;
    const counts = [counted('documents', rows.length), counted('agentClusters', clusters), counted('groupTabs', tabIds.length)].join(' · ');
    return isUncertain ? `${counts} ${text('groupUncertain')}` : counts;
  }

  #stopped() {
    if (this.stopped.length === 0) return html`<p class="empty soft">${text('nothingStopped')}</p>`;
    return html`<ul class="cards" aria-label=${text('stoppedMessages')}>
      ${this.stopped.map(
        ({ time, method, parameters, refusal }) =>
          html`<li class="card">
            <div class="head"><h3 class="alarm">${method}</h3><time class="soft" title=${formatMoment(time)}>${formatTime(time)}</time></div>
            <p><code>${formatValue(parameters)}</code></p>
            <p>${refusal}</p>
          </li>`,
      )}
    </ul>`;
  }

  protected override render() {
    return html`${this.renderProblem()}
      <div class="bar">
        <h2 id="summary" class="grow" aria-live="polite" aria-atomic="true">${this.#summary()}</h2>
        <button @click=${() => this.look()}>${text('checkAgain')}</button>
      </div>
      ${this.note === null ? nothing : html`<p class="notice" role="status">${this.note}</p>`}
      <ul class="tree root" aria-label=${text('frameTree')}>
        ${treesOf(this.map?.rows ?? []).map((tree) => this.#node(tree))}
      </ul>
      <div class="bar"><h2>${text('stoppedMessages')}</h2></div>
      ${this.#stopped()}`;
  }
}

define('lab-isolation', LabIsolation);

export const isolationView: View = {
  id: 'isolation',
  title: 'viewIsolation',
  render: (tabId) => html`<lab-isolation .tabId=${tabId}></lab-isolation>`,
};
