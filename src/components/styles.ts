/** Styles that each component has in its shadow root. */

import { css } from 'lit';

export const controls = css`
  :host {
    display: block;
  }

  :host([hidden]),
  [hidden] {
    display: none !important;
  }

  *,
  ::before,
  ::after {
    box-sizing: border-box;
  }

  h2,
  h3,
  p,
  ul,
  dl,
  dd {
    margin: 0;
    padding: 0;
  }

  h2 {
    font-size: 1rem;
  }

  h3 {
    font-size: 0.92rem;
  }

  button,
  select,
  input,
  textarea {
    min-height: 1.9rem;
    padding: 0.2rem 0.6rem;
    border: 1px solid var(--edge);
    border-radius: var(--radius);
    background: var(--paper);
    color: inherit;
    font: inherit;
  }

  button {
    cursor: pointer;
  }

  button:hover:enabled {
    background: var(--hover);
  }

  button.primary {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--accent-ink);
  }

  button.danger {
    border-color: var(--alarm);
    color: var(--alarm);
  }

  button.quiet {
    border-color: transparent;
    background: transparent;
  }

  button[aria-pressed='true'] {
    border-color: var(--accent);
    background: var(--accent-paper);
    color: var(--accent);
  }

  :disabled {
    opacity: 0.6;
    cursor: default;
  }

  ::placeholder {
    color: var(--soft);
    opacity: 1;
  }

  label:has(> input[type='checkbox']) {
    display: inline-flex;
    align-items: center;
  }

  input[type='checkbox'] {
    flex: none;
    min-height: 0;
    margin: 0 0.35rem 0 0;
    accent-color: var(--accent);
  }

  a {
    color: var(--accent);
  }

  code,
  .code {
    font-family: var(--mono);
    font-size: 0.92em;
  }

  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 1px;
  }

  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: var(--gap);
    align-items: center;
    padding: var(--gap);
  }

  .bar select {
    max-width: min(100%, 22rem);
    text-overflow: ellipsis;
  }

  .bar label {
    display: inline-flex;
    align-items: center;
  }

  .grow {
    flex: 1 1 12rem;
    min-width: 0;
  }

  .soft {
    color: var(--soft);
  }

  .alarm {
    color: var(--alarm);
  }

  .notice {
    margin: var(--gap);
    padding: 0.5rem 0.75rem;
    border-inline-start: 3px solid var(--accent);
    background: var(--accent-paper);
    overflow-wrap: anywhere;
  }

  .notice.alarm {
    border-color: var(--alarm);
    background: var(--alarm-paper);
  }

  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    ::before,
    ::after {
      transition: none !important;
      animation: none !important;
      scroll-behavior: auto !important;
    }
  }
`;
