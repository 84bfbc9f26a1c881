/** Styles of each part of the options. */

import { css } from 'lit';

export const partStyles = css`
  :host {
    max-width: 64rem;
    padding: 0.75rem;
  }

  .bar {
    padding: var(--gap) 0;
  }
`;
