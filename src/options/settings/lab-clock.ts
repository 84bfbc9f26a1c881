/** The clock that everything expires by: what it says, and buttons that put it forward. */

import { css, html, nothing } from 'lit';
import { formatMoment, formatNumber } from '../../components/format';
import { define, LabElement } from '../../components/lab-element';
import { type TextName, text } from '../../components/text';
import { decodeSettings } from '../../extension/decode-settings';
import { isValidSetting, withSetting } from '../../extension/setting-values';
import { changeSettings } from '../../extension/stored-settings';
import { partStyles } from '../part-styles';
import { SettingsElement } from '../stored-settings';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;

const SHIFTS: readonly { readonly label: TextName; readonly by: number }[] = [
  { label: 'clockHour', by: HOUR },
  { label: 'clockDay', by: DAY },
  { label: 'clockMonth', by: 30 * DAY },
];

export class LabClock extends SettingsElement {
  static override styles = [LabElement.styles, partStyles, css`    `];
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.requestUpdate(), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  #shift(by: number | null): void {
    const change = changeSettings((stored) => {
      const shifted = by === null ? undefined : decodeSettings(stored).settings.clockOffsetMs + by;
      // It would be kept, and count as none.
      if (shifted !== undefined && !isValidSetting('clockOffsetMs', shifted)) throw new Error(text('clockTooFar'));
      return withSetting(stored, 'clockOffsetMs', shifted);
    });
    this.problem = null;
    change.catch((error: unknown) => this.failed(error instanceof Error ? error : new Error(String(error))));
  }

  protected override render() {
    if (this.stored === null) return nothing;
    const { clockOffsetMs } = decodeSettings(this.stored).settings;
    const days = formatNumber(Math.round((clockOffsetMs / DAY) * 100) / 100);
    return html`<h2>${text('clock')}</h2>
      <p>${text('clockHint')}</p>
      <div class="bar">
        ${SHIFTS.map(({ label, by }) => html`<button @click=${() => this.#shift(by)}>${text(label)}</button>`)}
        <button ?disabled=${clockOffsetMs === 0} @click=${() => this.#shift(null)}>${text('clockReset')}</button>
      </div>
      <p role="status">${clockOffsetMs === 0 ? text('clockRight') : text('clockShifted', days)}</p>
      <p class="soft">${text('clockNow', formatMoment(Date.now() + clockOffsetMs))}</p>
      ${this.problem === null ? nothing : html`<p class="notice alarm" role="alert">${this.problem}</p>`}`;
  }
}

define('lab-clock', LabClock);
