/** The reports of Private Aggregation: what became of them, and what they say. */

import { download } from '../components/download';
import { browser } from '../extension/browser';
import type { Message } from '../protocol/recipients';
import type { HistogramContribution } from '../spec/private-aggregation/contributions';
import { localKey } from '../store/private-aggregation/local-key';
import { readReports } from '../store/private-aggregation/read-reports';
import type { ReportStore } from '../store/private-aggregation/report-store';
import type { ReportsConnection, StoredReport } from '../store/private-aggregation/schema';
import { button, byId, element, showRows } from './elements';

/** How many reports are shown, the newest ones. */
const SHOWN = 100;

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

function describeContribution({ bucket, value, filteringId }: HistogramContribution): string {
  return `${bucket}: ${value}${filteringId === 0n ? '' : ` (filtering ID ${filteringId})`}`;
}

function describeState({ state, due, reason, settled }: StoredReport): string {
  const time = (milliseconds: number) => new Date(milliseconds).toLocaleString();
  switch (state) {
    case 'pending':
      return due === undefined
        ? 'waits for you to send it'
        : `${reason === null ? '' : `${reason}; `}is sent ${reason === null ? '' : 'again '}${time(due)}`;
    case 'sending':
      return 'is being sent';
    case 'sent':
      return `sent ${time(settled ?? 0)}`;
    case 'failed':
      return `not sent: ${reason}`;
  }
}

export class ReportsSection {
  readonly #connection: ReportsConnection;
  readonly #refresh: () => void;
  /** The keys of the reports that are shown as they were sent. */
  readonly #open = new Set<string>();

  constructor(connection: ReportsConnection, store: ReportStore, refresh: () => void) {
    this.#connection = connection;
    this.#refresh = refresh;
    byId('export-key', 'button').addEventListener('click', () => void this.#exportKey());
    byId('clear-reports', 'button').addEventListener('click', () => void store.clear().then(refresh));
  }

  async show(): Promise<void> {
    const reports = await readReports(this.#connection, { limit: SHOWN });
    showRows(
      byId('reports', 'table'),
      reports.flatMap((report) => this.#rowsOf(report)),
    );
    byId('reports', 'table').hidden = reports.length === 0;
    byId('clear-reports', 'button').disabled = reports.length === 0;
    byId('no-reports', 'p').hidden = reports.length > 0;
  }

  #rowsOf(report: StoredReport): HTMLTableRowElement[] {
    const { key, kind, created, operation, notes, state, body } = report;
    const { reportingOrigin, contributions } = report.report;
    const isOpen = this.#open.has(key);
    const toggle = () => {
      if (!this.#open.delete(key)) this.#open.add(key);
      this.#refresh();
    };
    const actions: (Node | string)[] = [];
    if (body !== null) actions.push(button(isOpen ? 'Hide' : 'Show', toggle), ' ');
    if (state === 'pending' || state === 'failed') actions.push(button('Send now', () => void this.#send(key)));
    const said = contributions.length === 0 ? ['nothing'] : contributions.map(describeContribution);
    const row = element(
      'tr',
      {},
      element('td', {}, element('time', {}, new Date(created).toLocaleTimeString())),
      element('td', {}, element('strong', {}, operation.name), kind === 'debug' ? ' (debug)' : '', element('br', {}), reportingOrigin),
      element('td', {}, element('code', {}, said.join(', ')), ...notes.flatMap((note) => [element('br', {}), note])),
      element('td', state === 'failed' ? { class: 'refused' } : {}, describeState(report)),
      element('td', { class: 'actions' }, ...actions),
    );
    return isOpen && body !== null ? [row, this.#bodyRow(body)] : [row];
  }

  /** As it was sent. */
  #bodyRow(body: string): HTMLTableRowElement {
    const cell = element('td', {}, element('pre', {}, JSON.stringify(JSON.parse(body), null, 2)));
    cell.colSpan = 5;
    return element('tr', { class: 'entries' }, cell);
  }

  async #send(key: string): Promise<void> {
    const message: Message = { to: 'send-report', key };
    await browser.runtime.sendMessage(message);
    this.#refresh();
  }

  /** What decrypts the reports of coordinators without keys of their own: X25519, raw, in base64. */
  async #exportKey(): Promise<void> {
    const { id, publicKey, privateKey } = await localKey(this.#connection);
    const exported = { key_id: id, public_key: base64(publicKey), private_key: base64(privateKey) };
    download('aggregation-key.json', `${JSON.stringify(exported, null, 2)}\n`);
  }
}
