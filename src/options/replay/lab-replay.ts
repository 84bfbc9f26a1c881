/** Record and replay: the calls of an origin's windows that are in the event log, made again on a page. */

import { css, html, nothing } from 'lit';
import { ask } from '../../components/ask';
import { download } from '../../components/download';
import { formatTime } from '../../components/format';
import { define, LabElement } from '../../components/lab-element';
import { counted, text } from '../../components/text';
import type { ReadEvent } from '../../protocol/logged-event';
import { partStyles } from '../part-styles';
import { type Difference, differencesOf } from './compare';
import { callsOf, newestOf, readLog } from './read-log';
import { isCall, type Recording, recordingOf } from './recorded-calls';

/** As a field for local dates and times has it, and back. */
const written = (time: number): string => new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
const read = (value: string): number => new Date(value).getTime();

export class LabReplay extends LabElement {
  static override styles = [
    LabElement.styles,
    partStyles,
    css`
      table {
        width: 100%;
        margin-block-start: var(--gap);
        border-collapse: collapse;
        table-layout: fixed;
      }

      th,
      td {
        padding: 0.25rem 0.5rem 0.25rem 0;
        border-block-end: 1px solid var(--line);
        text-align: start;
        vertical-align: top;
        overflow-wrap: anywhere;
      }
    `,
  ];
  static override properties = {
    events: { state: true },
    origin: { state: true },
    from: { state: true },
    to: { state: true },
    url: { state: true },
    isBusy: { state: true },
    differences: { state: true },
    made: { state: true },
    problem: { state: true },
  };

  declare events: readonly ReadEvent[];
  declare origin: string;
  declare from: string;
  declare to: string;
  declare url: string;
  declare isBusy: boolean;
  /** Null before anything was replayed. */
  declare differences: readonly Difference[] | null;
  declare made: number;
  declare problem: string | null;

  constructor() {
    super();
    this.events = [];
    this.origin = '';
    this.from = '';
    this.to = '';
    this.url = '';
    this.isBusy = false;
    this.differences = null;
    this.made = 0;
    this.problem = null;
  }

  protected override async load(): Promise<void> {
    this.events = (await readLog(null)).filter(isCall);
    if (this.origin === '') this.#choose(this.#origins[0] ?? '');
  }

  protected override failed(error: Error | null): void {
    this.problem = error?.message ?? null;
  }

  get #origins(): string[] {
    return [...new Set(this.events.flatMap(({ dataOrigin }) => dataOrigin ?? []))].sort();
  }

  #choose(origin: string): void {
    const times = this.events.filter(({ dataOrigin }) => dataOrigin === origin).map(({ time }) => time);
    this.origin = origin;
    this.url = origin === '' ? '' : `${origin}/`;
    this.from = times.length === 0 ? '' : written(times.reduce((a, b) => Math.min(a, b)));
    // The whole of its last second.
    this.to = times.length === 0 ? '' : written(times.reduce((a, b) => Math.max(a, b)));
    this.differences = null;
  }

  get #recording(): Recording {
    return recordingOf(this.events, this.origin, read(this.from), read(this.to) + 999);
  }

  readonly #save = async (): Promise<void> => {
    const { origin } = this;
    const recording = { origin, from: read(this.from), to: read(this.to) + 999 };
    download('recording.json', await ask('state.export', { withKeyPair: false, recording }));
  };

  readonly #replay = async (): Promise<void> => {
    const { events, calls } = this.#recording;
    this.isBusy = true;
    this.problem = null;
    this.differences = null;
    try {
      const before = await newestOf();
      const { documentId, outcomes } = await ask('replay.run', { origin: this.origin, url: this.url, calls: [...calls] });
      const differences = (replayed: readonly ReadEvent[]) => differencesOf(events, replayed, outcomes);
      this.differences = differences(await callsOf(documentId, before, (own) => differences(own).every(({ after }) => after !== null)));
      this.made = calls.length;
    } catch (error) {
      this.failed(error instanceof Error ? error : new Error(String(error)));
    }
    this.isBusy = false;
  };

  #fields() {
    const set = (name: 'from' | 'to' | 'url') => (event: Event) => {
      this[name] = (event.target as HTMLInputElement).value;
    };
    const choose = ({ target }: Event) => this.#choose((target as HTMLSelectElement).value);
    const option = (one: string) => html`<option ?selected=${one === this.origin}>${one}</option>`;
    return html`<div class="bar">
        <label for="origin">${text('replayOrigin')}</label>
        <select id="origin" class="grow" @change=${choose}>${this.#origins.map(option)}</select>
        <button class="quiet" @click=${() => this.reload()}>${text('replayRefresh')}</button>
      </div>
      <div class="bar">
        <label for="from">${text('replayFrom')}</label>
        <input id="from" type="datetime-local" step="1" .value=${this.from} @change=${set('from')} />
        <label for="to">${text('replayTo')}</label>
        <input id="to" type="datetime-local" step="1" .value=${this.to} @change=${set('to')} />
      </div>
      <div class="bar">
        <label for="url">${text('replayPage')}</label>
        <input id="url" class="grow" .value=${this.url} @input=${set('url')} />
      </div>`;
  }

  #told(differences: readonly Difference[]) {
    if (differences.length === 0) return html`<p role="status" class="notice">${counted('replaySame', this.made)}</p>`;
    const row = ({ recorded, before, after }: Difference) => html`<tr>
      <td>${formatTime(recorded.time)} <code>${recorded.method}</code></td>
      <td>${before}</td>
      <td class="alarm">${after ?? text('replayNothing')}</td>
    </tr>`;
    const heads = [text('replayCall'), text('replayThen'), text('replayNow')];
    return html`<p role="status" class="notice alarm">${counted('replayDifferent', differences.length)}</p>
      <table>
        <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
        <tbody>${differences.map(row)}</tbody>
      </table>`;
  }

  protected override render() {
    const { calls, incomplete } = this.#recording;
    const isEmpty = this.isBusy || calls.length === 0;
    return html`<h2>${text('replay')}</h2>
      <p>${text('replayHint')}</p>
      ${this.events.length === 0 ? html`<p class="soft">${text('replayNone')}</p>` : this.#fields()}
      <p class="soft">
        ${counted('replayCalls', calls.length)} ${incomplete === 0 ? nothing : counted('replayIncomplete', incomplete)}
      </p>
      <div class="bar">
        <button class="primary" ?disabled=${isEmpty} @click=${this.#replay}>${text('replayButton')}</button>
        <button ?disabled=${isEmpty} @click=${this.#save}>${text('replaySave')}</button>
      </div>
      ${this.isBusy ? html`<p role="status">${text('stateBusy')}</p>` : nothing}
      ${this.differences ? this.#told(this.differences) : nothing}
      ${this.problem === null ? nothing : html`<p class="notice alarm" role="alert">${this.problem}</p>`}`;
  }
}

define('lab-replay', LabReplay);
