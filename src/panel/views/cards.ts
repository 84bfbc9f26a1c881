/** How views look that show few things with much to say about each. */

import { css } from 'lit';

export const cards = css`
  :host {
    container-type: inline-size;
    overflow-wrap: anywhere;
  }

  .cards {
    display: grid;
    gap: var(--gap);
    padding: 0 var(--gap) var(--gap);
    list-style: none;
  }

  .card {
    display: grid;
    gap: 0.3rem;
    min-width: 0;
    padding: 0.6rem 0.75rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--raised);
  }

  .card > .head,
  .line {
    display: flex;
    flex-wrap: wrap;
    gap: 0.25rem var(--gap);
    align-items: center;
    justify-content: space-between;
  }

  .line {
    justify-content: start;
    padding: 0.3rem 0.5rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--paper);
  }

  .line > code {
    flex: 1 1 12rem;
    min-width: 0;
  }

  .label {
    color: var(--soft);
    font-size: var(--small);
  }

  .empty {
    padding: 0 var(--gap) var(--gap);
  }
`;
