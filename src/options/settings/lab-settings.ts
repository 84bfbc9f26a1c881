/** Every setting. */

import { css, html, nothing } from 'lit';
import { define, LabElement } from '../../components/lab-element';
import { text } from '../../components/text';
import { storedAt, withSetting } from '../../extension/setting-values';
import type { SettingPath } from '../../extension/settings';
import { changeSettings } from '../../extension/stored-settings';
import { SettingsElement } from '../stored-settings';
import { DESCRIPTIONS } from './descriptions';
import type { ChangeSettingEvent } from './lab-setting';
import './lab-setting';

export class LabSettings extends SettingsElement {
  static override styles = [
    LabElement.styles,
    css`
      :host {
        max-width: 64rem;
        padding: 0.75rem;
      }
    `,
  ];

  readonly #onChange = ({ path, value }: ChangeSettingEvent): void => {
    changeSettings((stored) => withSetting(stored, path, value)).then(
      () => this.failed(null),
      (error: unknown) => this.failed(error instanceof Error ? error : new Error(String(error))),
    );
  };

  protected override render() {
    const { stored, problem } = this;
    if (stored === null) return nothing;
    const paths = Object.keys(DESCRIPTIONS) as SettingPath[];
    return html`<h2>${text('optionsSettings')}</h2>
      <p class="soft">${text('settingsHint')}</p>
      ${problem === null ? nothing : html`<p class="notice alarm" role="alert">${problem}</p>`}
      <div @lab-change-setting=${this.#onChange}>
        ${paths.map((path) => html`<lab-setting .path=${path} .stored=${storedAt(stored, path)}></lab-setting>`)}
      </div>`;
  }
}

define('lab-settings', LabSettings);
