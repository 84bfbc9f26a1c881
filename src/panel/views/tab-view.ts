/** A view of the inspected tab, which is brought up to date when another document is at its top. */

import { css, type PropertyDeclarations } from 'lit';
import { LabElement } from '../../components/lab-element';
import { split, view } from '../../components/split';
import { watchNavigations } from '../inspected-tab';

/** For views that have sections above their table, and are scrolled where there is no room for both. */
export const sections = [
  view,
  split,
  css`
    summary {
      padding: var(--gap) 0.75rem;
      font-weight: 600;
      cursor: pointer;
    }

    summary h2 {
      display: inline;
    }
  `,
];

export abstract class TabView extends LabElement {
  static override properties: PropertyDeclarations = { tabId: { type: Number } };

  declare tabId: number;
  #unwatch: () => void = () => undefined;

  constructor() {
    super();
    this.tabId = -1;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unwatch = watchNavigations(this.tabId, () => void this.look());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch();
  }

  /** Brings all of it up to date. */
  protected look(): Promise<void> {
    return this.reload();
  }
}
