import { css } from 'lit';

/** How high a row is, in CSS pixels. */
export const ROW_HEIGHT = 28;

export const tableStyles = css`
  :host {
    --row: ${ROW_HEIGHT}px;
    position: relative;
    min-height: 6rem;
    overflow: hidden;
  }

  [role='grid'] {
    position: absolute;
    inset: 0;
    overflow: auto;
    border-block: 1px solid var(--line);
    scroll-padding-top: var(--row);
  }

  .head {
    position: sticky;
    top: 0;
    z-index: 1;
    background: var(--raised);
  }

  .body {
    position: relative;
  }

  [role='row'] {
    display: grid;
    grid-template-columns: var(--tracks);
    min-width: var(--least);
    width: 100%;
    height: var(--row);
    border-bottom: 1px solid var(--line);
  }

  .body [role='row'] {
    position: absolute;
    top: 0;
    left: 0;
    cursor: default;
  }

  .body [role='row']:hover {
    background: var(--hover);
  }

  .body [aria-selected='true'],
  .body [aria-selected='true']:hover {
    background: var(--accent-paper);
  }

  .body [role='row']:focus-visible {
    outline-offset: -2px;
  }

  [role='columnheader'],
  [role='gridcell'] {
    display: flex;
    align-items: center;
    min-width: 0;
    padding: 0 0.5rem;
    overflow: hidden;
    white-space: nowrap;
  }

  [role='gridcell'] {
    display: block;
    line-height: calc(var(--row) - 1px);
    text-overflow: ellipsis;
  }

  [role='columnheader'] {
    font-weight: 600;
  }

  .number {
    justify-content: end;
    text-align: end;
    font-variant-numeric: tabular-nums;
  }

  .sort {
    display: flex;
    gap: 0.3rem;
    align-items: center;
    min-width: 0;
    min-height: 0;
    height: 100%;
    margin-inline: -0.5rem;
    padding: 0 0.5rem;
    border: 0;
    background: transparent;
    font-weight: inherit;
  }

  .sort:focus-visible {
    outline-offset: -2px;
  }

  .sort span {
    overflow: hidden;
    text-overflow: ellipsis;
  }

  .arrow {
    font-size: 0.7em;
  }

  .cell {
    width: 100%;
    min-height: 0;
    height: calc(var(--row) - 5px);
    margin-inline: -0.3rem;
    padding: 0 0.25rem;
    font-family: var(--mono);
  }

  .empty {
    position: absolute;
    inset: calc(var(--row) + 0.75rem) 0.75rem auto;
    color: var(--soft);
  }

  [aria-busy='true'] {
    background: repeating-linear-gradient(transparent 0 8px, var(--raised) 8px 20px, transparent 20px 28px);
  }
`;
