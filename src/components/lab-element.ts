/** What all components are made of. Their shadow roots are open, so that developer tools and accessibility checks see into them. */

import { type CSSResultGroup, LitElement } from 'lit';
import type { Topic } from '../protocol/extension-pages/changes';
import { watch } from './ask';
import { controls } from './styles';

export abstract class LabElement extends LitElement {
  static override styles: CSSResultGroup = controls;

  readonly #cleanups: (() => void)[] = [];
  #loading = false;
  #isStale = false;

  /** Of what is shown here. */
  protected readonly topics: readonly Topic[] = [];

  /** Fetches what is shown: called when the element is connected, and again after changes of its topics; never twice at once. */
  protected async load(): Promise<void> {}

  /** What went wrong with the last load, or null. */
  protected failed(_error: Error | null): void {}

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.topics.length > 0) this.#cleanups.push(watch(this.topics, () => void this.reload()));
    void this.reload();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const cleanUp of this.#cleanups.splice(0)) cleanUp();
  }

  /** Loads anew; where that is being done, once more afterwards. */
  protected async reload(): Promise<void> {
    this.#isStale = true;
    if (this.#loading) return;
    this.#loading = true;
    while (this.#isStale && this.isConnected) {
      this.#isStale = false;
      await this.load().then(
        () => this.failed(null),
        (error: unknown) => this.failed(error instanceof Error ? error : new Error(String(error))),
      );
    }
    this.#loading = false;
  }
}

/** Defines the element, once. */
export function define(name: `lab-${string}`, element: CustomElementConstructor): void {
  if (!customElements.get(name)) customElements.define(name, element);
}
