/** The items of a header, each marked as applied or skipped, and why. */

import { css, html, nothing } from 'lit';
import { text } from '../../../components/text';
import type { AttemptItem } from './attempts';

export const itemStyles = css`
  .items {
    display: grid;
    gap: 0.25rem;
    margin-block: 0.35rem;
    padding: 0;
    list-style: none;
  }

  .items li {
    padding: 0.25rem 0.5rem;
    border-inline-start: 3px solid var(--accent);
    background: var(--accent-paper);
    overflow-wrap: anywhere;
  }

  .items .skipped {
    border-color: var(--alarm);
    background: var(--alarm-paper);
  }

  .items code {
    display: block;
  }
`;

/** `applied`: what is said of those that are. */
export function showItems(items: readonly AttemptItem[], applied: string) {
  if (items.length === 0) return nothing;
  return html`<ul class="items" aria-label=${text('itemsOfHeader')}>
    ${items.map(
      ({ text: written, problem }) =>
        html`<li class=${problem === null ? '' : 'skipped'}>
          <code>${written}</code>${problem === null ? applied : text('itemSkipped', problem)}
        </li>`,
    )}
  </ul>`;
}
