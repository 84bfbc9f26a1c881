/** JSON as a tree that the arrow keys go through. */

import { JsonViewer } from '@alenaksu/json-viewer/JsonViewer.js';
import { css } from 'lit';
import { define } from './lab-element';

export class JsonTree extends JsonViewer {
  static override styles = [
    ...[JsonViewer.styles].flat(),
    css`
      :host {
        --background-color: transparent;
        --color: var(--ink);
        --string-color: var(--accent);
        --number-color: var(--warning);
        --boolean-color: var(--warning);
        --null-color: var(--soft);
        --property-color: var(--ink);
        --preview-color: var(--soft);
        --outline-color: var(--focus);
        --outline-width: 2px;
        --outline-style: solid;
        --indentguide-color: var(--line);
        --font-family: var(--mono);
        --font-size: 0.92em;
        --line-height: 1.5em;
        overflow-wrap: anywhere;
      }

      ul {
        margin: 0;
      }

      .collapsable::before {
        flex: none;
        transition: none;
      }

      /* It gives way before the name before it does. A percentage here would count for nothing in the width that both ask for. */
      .preview {
        flex: 1 1000 auto;
        min-width: 4rem;
        padding-inline-start: 1ch;
      }
    `,
  ];

  override connectedCallback(): void {
    super.connectedCallback();
    // It says "node", which is no role.
    this.setAttribute('role', 'tree');
  }
}

define('lab-json', JsonTree);
