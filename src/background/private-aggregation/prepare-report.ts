/** From a stored report to what is sent. https://patcg-individual-drafts.github.io/private-aggregation-api/#obtain-the-aggregation-service-payloads */

import { obtainAReportsSharedInfo, serializeAnAggregatableReport } from '../../spec/private-aggregation/aggregatable-report';
import { payloadOf } from '../../spec/private-aggregation/payload';
import type { ReportContent } from '../../store/private-aggregation/report-store';
import type { StoredReport } from '../../store/private-aggregation/schema';
import { encodePayload, PayloadEncryption } from './encrypt';
import type { PublicKey, PublicKeys } from './public-keys';
import { ReportRule } from './report-rule';
import type { Prepare } from './taken-report';

export class Preparation {
  readonly #keys: PublicKeys;
  readonly #encryption = new PayloadEncryption();
  readonly #rule = new ReportRule();
  #isRuleInPlace = false;

  constructor(keys: PublicKeys) {
    this.#keys = keys;
  }

  /** Rejects with an error that says why there is no public key. */
  async prepare(stored: StoredReport): Promise<ReportContent> {
    const [key] = await Promise.all([this.#keys.of(stored.report.aggregationCoordinator), this.#rule.add()]);
    this.#isRuleInPlace = true;
    return this.#encrypt(stored, key);
  }

  /** For reports with this coordinator, where nothing has to be asked for first: neither a server, nor the database, nor the browser. */
  async atHand(coordinator: string): Promise<Prepare | null> {
    const key = this.#isRuleInPlace ? await this.#keys.atHand(coordinator) : null;
    return key && ((stored) => this.#encrypt(stored, key));
  }

  async #encrypt({ report }: StoredReport, { id: keyId, publicKey }: PublicKey): Promise<ReportContent> {
    const plaintext = encodePayload(payloadOf(report));
    const payload = await this.#encryption.encrypt(plaintext, publicKey, obtainAReportsSharedInfo(report));

    return { plaintext, body: serializeAnAggregatableReport(report, plaintext, { keyId, payload }) };
  }
}
