/** What views are made of: a table with details beside it, or below it where there is no room. */

import { css } from 'lit';

/** For a view, which has all the room that there is. */
export const view = css`
  :host {
    display: flex;
    flex: 1;
    flex-direction: column;
    /* What is in it for screen readers alone makes nothing around it longer. */
    position: relative;
    min-height: 0;
    overflow: auto;
  }
`;

/** For whoever has both: `.split` around `.halves` around a table and the element with the details, which has the class `other`. */
export const split = css`
  .split {
    display: flex;
    /* Where there is less room, as at 200 %, the whole view is scrolled. */
    flex: 1 0 20rem;
    flex-direction: column;
    min-height: 0;
    container-type: inline-size;
  }

  .halves {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
  }

  .halves > lab-table {
    flex: 1 1 50%;
  }

  .halves > .other {
    flex: 1 1 50%;
    min-width: 0;
    min-height: 0;
    overflow: auto;
    border-top: 2px solid var(--line);
  }

  @container (min-width: 760px) {
    .halves {
      flex-direction: row;
    }

    .halves > lab-table {
      flex: 1 1 60%;
    }

    .halves > .other {
      flex: 1 1 40%;
      border-top: 0;
      border-inline-start: 2px solid var(--line);
    }
  }
`;

/** For the details themselves. */
export const details = css`
  .details {
    padding: var(--gap) 0.75rem;
  }

  .details h2 {
    overflow-wrap: anywhere;
  }

  .details .heading {
    display: flex;
    gap: var(--gap);
    align-items: start;
    justify-content: space-between;
  }

  .details .bar {
    padding-inline: 0;
  }

  .details h3 {
    margin-block: 0.75rem 0.25rem;
  }

  .details dl {
    display: grid;
    grid-template-columns: max-content minmax(0, 1fr);
    gap: 0.15rem 0.75rem;
    margin-block: var(--gap);
  }

  .details dt {
    color: var(--soft);
  }

  .details dd {
    overflow-wrap: anywhere;
  }
`;
