import { css } from 'lit';

export const isolationStyles = css`
  .tree {
    display: grid;
    gap: var(--gap);
    min-width: 0;
    padding: 0;
    list-style: none;
  }

  .root {
    padding-inline: var(--gap);
  }

  .tree .tree {
    margin-block-start: var(--gap);
    padding-inline-start: min(1.25rem, 4cqw);
    border-inline-start: 2px solid var(--line);
  }

  .tree li {
    min-width: 0;
  }

  .key {
    padding: 0.1rem 0.5rem;
    border-radius: var(--radius);
    font-weight: 600;
  }

  .key.origin {
    background: var(--accent-paper);
    color: var(--accent);
  }

  .key.site {
    background: var(--warning-paper);
    color: var(--warning);
  }

  .difference {
    margin: 0.3rem 0 0;
  }
`;
