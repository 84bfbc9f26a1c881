/**
 * Bars for named values. Observable Plot draws them, as SVG: it is kept by the makers of D3, needs no eval, so that it works under the extension's
 * Content Security Policy, and what it draws has names for assistive technologies and the colours of the page, which a canvas has not. It is
 * loaded when the first histogram is drawn.
 */

import { css, html, nothing, type PropertyValues } from 'lit';
import { define, LabElement } from './lab-element';
import { counted, text } from './text';
import { WidthController } from './width';

export interface Bar {
  readonly name: string;
  readonly value: number;
}

/** How many bars are drawn: those of the largest values. */
const DRAWN = 40;

/** Of a bar, in CSS pixels. */
const BAR_HEIGHT = 22;
const CHARACTER_WIDTH = 7;

/** How much of a name stands beside its bar, in code units. */
const NAME_LENGTH = 16;

const shortened = (name: string): string =>
  name.length <= NAME_LENGTH ? name : `${name.slice(0, NAME_LENGTH / 2)}…${name.slice(1 - NAME_LENGTH / 2)}`;

export class LabHistogram extends LabElement {
  static override styles = [
    LabElement.styles,
    css`
      svg {
        display: block;
        max-width: 100%;
        background: transparent;
      }
    `,
  ];
  static override properties = {
    label: {},
    bars: { attribute: false },
    drawing: { state: true },
  };

  /** What the bars are about. */
  declare label: string;
  declare bars: readonly Bar[];
  declare drawing: Element | null;
  readonly #width = new WidthController(this);
  #drawnWidth = 0;

  constructor() {
    super();
    this.label = '';
    this.bars = [];
    this.drawing = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { value: width } = this.#width;
    if (changed.has('bars') || width !== this.#drawnWidth) void this.#draw(width);
    this.#drawnWidth = width;
  }

  async #draw(width: number): Promise<void> {
    const { bars } = this;
    if (bars.length === 0 || width === 0) {
      this.drawing = null;
      return;
    }
    const { barX, plot, ruleX } = await import('@observablehq/plot');
    // Another one may have been asked for meanwhile.
    if (bars !== this.bars || width !== this.#drawnWidth) return;
    const drawn = bars.length <= DRAWN ? bars : bars.toSorted((a, b) => b.value - a.value).slice(0, DRAWN);
    const longest = Math.max(...drawn.map(({ name }) => shortened(name).length));
    const drawing = plot({
      width,
      height: drawn.length * BAR_HEIGHT + 40,
      marginLeft: longest * CHARACTER_WIDTH + 12,
      marginTop: 4,
      ariaLabel: this.label,
      x: { label: null, grid: true, tickFormat: 's', ticks: Math.max(2, Math.floor(width / 120)) },
      y: { label: null, domain: drawn.map(({ name }) => name), tickFormat: shortened, tickSize: 0 },
      marks: [
        barX(drawn, {
          x: 'value',
          y: 'name',
          fill: 'var(--accent)',
          insetTop: 2,
          insetBottom: 2,
          title: ({ name, value }: Bar) => `${name}: ${value}`,
          ariaLabel: ({ name, value }: Bar) => `${name}: ${value}`,
        }),
        ruleX([0]),
      ],
    });
    // What has a name needs a role that may have one.
    for (const named of [drawing, ...drawing.querySelectorAll('[aria-label]')]) {
      named.setAttribute('role', /^(?:svg|g)$/.test(named.localName) ? 'group' : 'img');
    }
    this.drawing = drawing;
  }

  protected override render() {
    const more = this.bars.length - DRAWN;
    return html`<figure role="group" aria-label=${this.label} style="margin: 0">
      ${this.drawing}
      ${more > 0 ? html`<figcaption class="soft">${counted('barsLeftOut', more, DRAWN)}</figcaption>` : nothing}
      ${this.bars.length === 0 ? html`<figcaption class="soft">${text('nothingToDraw')}</figcaption>` : nothing}
    </figure>`;
  }
}

define('lab-histogram', LabHistogram);
