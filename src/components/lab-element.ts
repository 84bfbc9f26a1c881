/** What all components are made of. Their shadow roots are open, so that developer tools and accessibility checks see into them. */

import { type CSSResultGroup, html, LitElement, nothing, type PropertyDeclarations, type PropertyValues } from 'lit';
import type { Topic } from '../protocol/extension-pages/changes';
import { watch } from './ask';
import { losesKeyboard, nextToHaveKeyboard } from './keyboard';
import { controls } from './styles';

/** After a load, changes wait so many times as long as that took. */
const REST = 2;

export abstract class LabElement extends LitElement {
  static override styles: CSSResultGroup = controls;
  static override properties: PropertyDeclarations = { problem: { state: true } };

  /** What went wrong with the last load, or null. */
  declare problem: string | null;
  readonly #cleanups: (() => void)[] = [];
  #loading: Promise<void> | null = null;
  #isStale = false;
  /** When, by `performance.now()`, the next change is worth a load. */
  #restsUntil = 0;
  #waiting: ReturnType<typeof setTimeout> | null = null;

  /** Of what is shown here. */
  protected readonly topics: readonly Topic[] = [];

  /** Fetches what is shown: called when the element is connected, and again after changes of its topics; never twice at once. */
  protected async load(): Promise<void> {}

  constructor() {
    super();
    this.problem = null;
  }

  /** Told after each load what went wrong with it, or null. */
  protected failed(error: Error | null): void {
    this.problem = error?.message ?? null;
  }

  /** For `render()`: says what went wrong. */
  protected renderProblem() {
    return this.problem === null ? nothing : html`<p class="notice alarm" role="alert">${this.problem}</p>`;
  }

  protected override update(changed: PropertyValues): void {
    const holder = this.shadowRoot?.activeElement ?? null;
    super.update(changed);
    if (holder && losesKeyboard(holder)) this.takeKeyboard(holder);
  }

  /** The keyboard was on `holder`, or within it, in here. */
  takeKeyboard(holder: Element): void {
    const table = holder.isConnected ? null : this.renderRoot.querySelector<LabElement>('.halves > lab-table');
    const next = table ? null : nextToHaveKeyboard(this.renderRoot, holder);
    const root = this.getRootNode();
    if (table) table.takeKeyboard(holder);
    else if (next) next.focus();
    else if (root instanceof ShadowRoot && root.host instanceof LabElement) root.host.takeKeyboard(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.topics.length > 0) this.#cleanups.push(watch(this.topics, () => this.#hear()));
    void this.reload();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const cleanUp of this.#cleanups.splice(0)) cleanUp();
  }

  /** Loads anew; where that is being done, once more afterwards. Resolves when it is done, and rejects never. */
  protected reload(): Promise<void> {
    this.#isStale = true;
    this.#loading ??= this.#loadUntilFresh().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #loadUntilFresh(): Promise<void> {
    while (this.#isStale && this.isConnected) {
      this.#isStale = false;
      const begun = performance.now();
      try {
        await this.load();
        this.failed(null);
      } catch (error) {
        this.failed(error instanceof Error ? error : new Error(String(error)));
      }
      const now = performance.now();
      this.#restsUntil = now + REST * (now - begun);
    }
  }

  /** Something has changed, whoever did it: what takes long to load is not loaded all the time. */
  #hear(): void {
    const rest = this.#restsUntil - performance.now();
    if (rest <= 0) void this.reload();
    else
      this.#waiting ??= setTimeout(() => {
        this.#waiting = null;
        void this.reload();
      }, rest);
  }
}

/** Defines the element, once. */
export function define(name: `lab-${string}`, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
