/** What the reports of an origin come to: a summary here, and files for those who make one elsewhere. */

import { download } from '../components/download';
import { obtainAReportsSharedInfo } from '../spec/private-aggregation/aggregatable-report';
import { type AvroReport, writeBatch, writeDomain } from '../spec/private-aggregation/avro';
import { MAXIMUM_EPSILON, type Noise, type SummaryRow, summarize } from '../spec/private-aggregation/summary';
import { reportingOrigins, reportsOf } from '../store/private-aggregation/read-reports';
import type { ReportsConnection, StoredReport } from '../store/private-aggregation/schema';
import { byId, element, showRows } from './elements';

interface SentBody {
  readonly aggregation_service_payloads: readonly [{ readonly payload: string; readonly key_id: string }];
}

const NO_OPTIONS = { domain: null, filteringIds: null, noise: null };

/** Those that were never sent are not encrypted yet, and in no batch. */
function avroReportOf({ report, body, plaintext }: StoredReport, isCleartext: boolean): AvroReport[] {
  if (body === null || plaintext === null) return [];
  const { payload, key_id: keyId } = (JSON.parse(body) as SentBody).aggregation_service_payloads[0];
  const encrypted = () => Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return [{ keyId, sharedInfo: obtainAReportsSharedInfo(report), payload: isCleartext ? plaintext : encrypted() }];
}

/** The longest bar is that of the largest value. */
function rowOf({ bucket, sum, value }: SummaryRow, largest: number): HTMLTableRowElement {
  const bar = document.createElement('meter');
  bar.max = Math.max(1, largest);
  bar.value = Math.max(0, value);
  return element(
    'tr',
    {},
    element('td', {}, element('code', {}, String(bucket))),
    element('td', { class: 'number' }, value.toLocaleString()),
    element('td', { class: 'number' }, sum.toLocaleString()),
    element('td', {}, bar),
  );
}

export class AggregationSection {
  readonly #connection: ReportsConnection;
  readonly #origin = byId('aggregated-origin', 'select');

  constructor(connection: ReportsConnection) {
    this.#connection = connection;
    byId('epsilon', 'input').max = String(MAXIMUM_EPSILON);
    const on = (id: string, act: () => Promise<void>) => byId(id, 'button').addEventListener('click', () => void act());
    on('summarize', () => this.#summarize());
    on('export-encrypted', () => this.#exportBatch(false));
    on('export-cleartext', () => this.#exportBatch(true));
    on('export-domain', async () => {
      const rows = summarize(await this.#contributions(), NO_OPTIONS);
      download('domain.avro', writeDomain(rows.map(({ bucket }) => bucket)));
    });
  }

  async show(): Promise<void> {
    const origins = await reportingOrigins(this.#connection);
    byId('aggregation', 'form').hidden = origins.length === 0;
    byId('summary', 'table').hidden ||= origins.length === 0;
    const shown = Array.from(this.#origin.options, ({ value }) => value);
    if (String(shown) === String(origins)) return;
    const chosen = this.#origin.value;
    this.#origin.replaceChildren(...origins.map((origin) => new Option(origin)));
    if (origins.includes(chosen)) this.#origin.value = chosen;
  }

  async #contributions() {
    return (await reportsOf(this.#connection, this.#origin.value)).flatMap(({ report }) => report.contributions);
  }

  #noise(): Noise | null {
    if (!byId('with-noise', 'input').checked) return null;
    const epsilon = byId('epsilon', 'input').valueAsNumber;
    const seed = byId('seed', 'input').value;
    return { epsilon: epsilon > 0 && epsilon <= MAXIMUM_EPSILON ? epsilon : MAXIMUM_EPSILON, seed: seed === '' ? null : seed };
  }

  async #summarize(): Promise<void> {
    const rows = summarize(await this.#contributions(), { ...NO_OPTIONS, noise: this.#noise() });
    const largest = rows.reduce((most, { value }) => Math.max(most, value), 0);
    showRows(
      byId('summary', 'table'),
      rows.map((row) => rowOf(row, largest)),
    );
    byId('summary', 'table').hidden = false;
  }

  async #exportBatch(isCleartext: boolean): Promise<void> {
    const reports = await reportsOf(this.#connection, this.#origin.value);
    const batch = writeBatch(reports.flatMap((report) => avroReportOf(report, isCleartext)));
    download(isCleartext ? 'cleartext-reports.avro' : 'reports.avro', batch);
  }
}
