/** Files for those who sum reports up elsewhere: the aggregation service, and its local testing tool. */

import { ask } from '../../../components/ask';
import { download } from '../../../components/download';
import { base64 } from '../../../protocol/base64';
import type { ShownReport } from '../../../protocol/extension-pages/reports';
import { type AvroReport, writeBatch, writeDomain } from '../../../spec/private-aggregation/avro';
import { summarize } from '../../../spec/private-aggregation/summary';

interface SentBody {
  readonly aggregation_service_payloads: readonly [{ readonly payload: string; readonly key_id: string }];
}

/** Those that were never sent are not encrypted yet, and in no batch. */
export function avroReportsOf(reports: readonly ShownReport[], isCleartext: boolean): AvroReport[] {
  return reports.flatMap(({ body, cleartext, sharedInfo }) => {
    if (body === null || cleartext === null) return [];
    const { payload, key_id: keyId } = (JSON.parse(body) as SentBody).aggregation_service_payloads[0];
    const encrypted = () => Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    return [{ keyId, sharedInfo, payload: isCleartext ? cleartext : encrypted() }];
  });
}

export async function exportBatch(reportingOrigin: string, isCleartext: boolean): Promise<void> {
  const reports = await ask('reports.batch', { reportingOrigin });
  download(isCleartext ? 'cleartext-reports.avro' : 'reports.avro', writeBatch(avroReportsOf(reports, isCleartext)));
}

/** The buckets that something was contributed to. */
export async function exportDomain(reportingOrigin: string): Promise<void> {
  const reports = await ask('reports.batch', { reportingOrigin });
  const contributions = reports.flatMap((report) => report.contributions);
  const rows = summarize(contributions, { domain: null, filteringIds: null, noise: null });
  download('domain.avro', writeDomain(rows.map(({ bucket }) => bucket)));
}

/** What decrypts the reports of coordinators without keys of their own: X25519, raw, in base64. */
export async function exportKey(): Promise<void> {
  const { id, publicKey, privateKey } = await ask('reports.key', {});
  const exported = { key_id: id, public_key: base64(publicKey), private_key: base64(privateKey) };
  download('aggregation-key.json', `${JSON.stringify(exported, null, 2)}\n`);
}
