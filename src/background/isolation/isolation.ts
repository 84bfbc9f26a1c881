/** Origin isolation: by the person's choice, else by the origin's policy, else by its server, which the browser obeys by itself. */

import type { Settings } from '../../extension/settings';
import type { AgentClusterMap } from '../../protocol/agent-cluster-map';
import type { Sighting } from '../../protocol/isolation';
import { said } from '../../spec/reason';
import { isOriginPotentiallyTrustworthy } from '../../spec/secure-contexts';
import { shorten } from '../../store/events/event-log';
import { OriginPolicies, type StoredPolicy } from '../../store/origin-policies';
import { Serial } from '../../store/serial';
import type { Badge } from '../browser/badge';
import type { KeepAlive } from '../browser/keep-alive';
import type { MatchedRules } from '../browser/matched-rules';
import { AppliedInSession } from '../browser/session';
import type { Caller } from '../requests/caller';
import type { Gate } from '../requests/gate';
import { documentsOfGroup } from './browsing-context-group';
import { explain } from './explain-isolation';
import { applyMessageGuard } from './guard-registration';
import { applyKeyings, keyingsOf } from './isolation-rules';
import { mapAgentClusters } from './map-agent-clusters';
import { Negotiations } from './origin-policies';

const RULESET = 'origin-isolation';
const ORIGIN_POLICY_RULE = 3;

/** What the browser dropped, by its name in the event log. */
export const MESSAGE_DROPPED = 'message dropped';

/** By which names the event log knows what `report()` notes. */
const STOPPED: ReadonlySet<string> = new Set(['message stopped', MESSAGE_DROPPED, 'document.domain']);

export const isStopped = (method: string): boolean => STOPPED.has(method);

/** Every origin that the settings name, or whose policy asks for isolation: insecure ones too, for they are told why nothing happens. */
const guardedOrigins = (isolation: Settings['isolation'], policies: ReadonlyMap<string, StoredPolicy>): string[] => [
  ...Object.keys(isolation),
  ...keyingsOf(isolation, policies).map(({ origin }) => origin),
];

/** Rules are the same for all windows, and what a private window visits must not show in the others. */
const appliesHere = (): boolean => !chrome.extension.inIncognitoContext;

export class Isolation {
  readonly #note: Gate['note'];
  readonly #badge: Badge;
  readonly #policies = new OriginPolicies();
  readonly #negotiations: Negotiations;
  readonly #changes = new Serial();
  /** Whether the rules and the guard are as the settings and the policies say. */
  readonly #applied = new AppliedInSession('isolation');
  #isolation: Settings['isolation'] | null = null;

  constructor(note: Gate['note'], badge: Badge, keepAlive: KeepAlive, matchedRules: MatchedRules) {
    const policies = {
      read: (origin: string) => this.#policies.read(origin),
      write: async (origin: string, policy: StoredPolicy) => {
        await this.#applied.beforeChange();
        await this.#policies.write(origin, policy);
      },
    };
    this.#negotiations = new Negotiations(policies, keepAlive);
    this.#note = note;
    this.#badge = badge;
    if (!appliesHere()) return;
    matchedRules.onMatch(RULESET, ({ ruleId }, request) => {
      const { url, tabId, documentId = null } = request;
      if (ruleId !== ORIGIN_POLICY_RULE || !isOriginPotentiallyTrustworthy(new URL(url).origin)) return;
      this.#negotiations.negotiate(request).then(async ({ header, policy, applies, refusal }) => {
        await this.#apply();
        const parameters = { url: shorten(url), header: header && shorten(header) };
        const result = policy && { ids: policy.ids, isolation: policy.isolation, applies };
        this.#note('origin-policy', { dataOrigin: new URL(url).origin, tabId, documentId, parameters, result, refusal });
      });
    });
  }

  /** Resolves once the next documents are keyed as the settings say. `before`: those that were changed to these, where that is known. */
  async setSettings({ isolation }: Settings, before?: Settings): Promise<void> {
    this.#isolation = isolation;
    if (!appliesHere()) return;
    if (before && JSON.stringify(before.isolation) !== JSON.stringify(isolation)) await this.#applied.beforeChange();
    else if (await this.#applied.is(JSON.stringify(isolation))) return;
    await this.#apply();
  }

  /** Writes down what the guard, or the browser, stopped in a document, and gives the line for the document's console. */
  report(sighting: Sighting, { origin, tabId, documentId }: Pick<Caller, 'origin' | 'tabId' | 'documentId'>): string {
    const { kind, channel, from, contains, reason, line } = explain(sighting, origin);
    const parameters = {
      channel,
      from: from && shorten(from),
      to: origin,
      contains: typeof contains === 'string' ? shorten(contains) : contains,
    };
    this.#note(kind === 'document.domain' ? kind : `message ${kind}`, {
      dataOrigin: origin,
      tabId,
      documentId,
      parameters,
      refusal: reason,
    });
    this.#badge.markStopped(tabId);
    return line;
  }

  /** What every document of the tab's browsing context group is keyed by, and why. */
  async mapOf(tabId: number): Promise<AgentClusterMap> {
    const [{ documents, isUncertain }, policies] = await Promise.all([documentsOfGroup(tabId), this.#policies.readAll()]);
    // A policy that the origin's last response did not allow is no longer wanted.
    const inForce = new Map([...policies].filter(([, { applies }]) => applies));
    const keyings = keyingsOf(this.#isolation ?? {}, inForce);
    const wantedNow = (origin: string) => keyings.find((keying) => keying.origin === origin)?.originKeyed ?? null;
    const policyOf = (origin: string) => policies.get(origin) ?? null;
    const rows = mapAgentClusters(documents, wantedNow).map((row) => ({ ...row, policy: policyOf(row.origin) }));
    return { rows, tabIds: [...new Set(rows.map((row) => row.tabId))], isUncertain };
  }

  /** A change that has not begun sees whatever was asked for until then. */
  #apply(): Promise<void> {
    return this.#changes.runNewest(() => this.#applyNow());
  }

  async #applyNow(): Promise<void> {
    const isolation = this.#isolation;
    if (!appliesHere() || !isolation) return;
    try {
      await this.#applied.apply(JSON.stringify(isolation), async () => {
        const policies = await this.#policies.readAll();
        await applyKeyings(keyingsOf(isolation, policies));
        await applyMessageGuard(guardedOrigins(isolation, policies));
      });
    } catch (error) {
      this.#note('isolation', { refusal: said(String(error)) });
    }
  }
}
