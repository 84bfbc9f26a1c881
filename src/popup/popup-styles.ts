/** The popup is a narrow column; as a page in a tab it stays one. */

import { css } from 'lit';

export const styles = css`
  :host {
    max-width: 40rem;
    margin: 0 auto;
    padding: 0 0.75rem 0.75rem;
  }

  header {
    display: flex;
    flex-wrap: wrap;
    gap: var(--gap);
    align-items: center;
    justify-content: space-between;
    padding: 0.5rem 0;
  }

  h1 {
    display: flex;
    gap: 0.4rem;
    align-items: center;
    margin: 0;
    font-size: 1.05rem;
  }

  section {
    padding: 0.5rem 0;
    border-block-start: 1px solid var(--line);
  }

  .origin,
  li {
    overflow-wrap: anywhere;
  }

  .simulated {
    color: var(--warning);
  }

  .counts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(7rem, 1fr));
    gap: 0.25rem 1rem;
  }

  /* The numbers stand beside one another, however long what is said of them. */
  .counts div {
    display: flex;
    flex-direction: column;
    justify-content: space-between;
  }

  .counts dt {
    color: var(--soft);
  }

  .counts dd {
    font-size: 1.15rem;
    font-variant-numeric: tabular-nums;
  }

  ul {
    display: grid;
    gap: 0.35rem;
    list-style: none;
  }

  .actions {
    display: flex;
    flex-wrap: wrap;
    gap: var(--gap);
    padding-block-start: 0.75rem;
    border-block-start: 1px solid var(--line);
  }
`;
