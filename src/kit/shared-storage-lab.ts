/** The kit itself: what a test can read, set, force and wait for, whichever automation library it uses. */

import type { ExtensionPageMethod, ExtensionPageRequests } from '../protocol/extension-pages/requests';
import type { ReadEvent } from '../protocol/logged-event';
import { type Filter, matches, type SharedStorageAccess } from './access';
import { describeAccesses, describeFilter, describeReports } from './describe';
import { checkOrigin, checkOriginsOf, type GivenEntries, listOf, type SharedStorageEntry, type SharedStorageMetadata } from './entries';
import { readIsolation, type TabIsolation } from './isolation';
import { describeInsecurity } from './nothing-there';
import { readAccess } from './read-access';
import { checkReportFilter, type Report, type ReportFilter, readReport, reportMatches } from './report';
import { readSelection, type Selection } from './selection';
import { request, type ServiceWorkerRealm, SharedStorageLabError } from './service-worker-realm';
import { readSettings, type Settings, type SettingsPatch } from './settings';
import { type WaitOptions, waitFor } from './waiting';
import { watch } from './watch';
import { readWorklet, type Worklet } from './worklet';

/** How many events are read at once: the extension gives no more. */
const EVENTS_READ = 2000;

/** How long to wait for more events, in milliseconds. */
const EVENTS_INTERVAL = 50;

/** As many as `selectURL()` takes. */
const MAXIMUM_URLS = 8;

/** As many reports as the extension keeps. */
const REPORTS_READ = 2000;

/**
 * One extension in one browser. Origins are serialized, as `https://shop.example`. Every method rejects with a SharedStorageLabError where the
 * extension refuses, and with the automation library's own error where the browser has gone.
 */
export class SharedStorageLab {
  readonly #realm: ServiceWorkerRealm;

  constructor(realm: ServiceWorkerRealm) {
    this.#realm = realm;
  }

  async #ask<Name extends ExtensionPageMethod>(
    method: Name,
    params: ExtensionPageRequests[Name]['params'],
  ): Promise<ExtensionPageRequests[Name]['result']> {
    if ('dataOrigin' in params && params.dataOrigin !== null) checkOrigin(params.dataOrigin);
    return (await request(this.#realm, method, params)) as ExtensionPageRequests[Name]['result'];
  }

  /** The origin's entries, in the order of iteration. */
  async entries(origin: string): Promise<readonly SharedStorageEntry[]> {
    const pairs = await this.#ask('origin.entries', { dataOrigin: origin });
    return pairs.map(([key, value]) => ({ key, value }));
  }

  /** @internal The origins that have entries, and how many. */
  async origins(): Promise<readonly { readonly dataOrigin: string; readonly count: number }[]> {
    return (await this.#ask('entries.origins', {})).origins;
  }

  async metadata(origin: string): Promise<SharedStorageMetadata> {
    return this.#ask('origin.metadata', { dataOrigin: origin });
  }

  /** Sets all of them, or none where they do not fit. With `ignoreIfPresent`, those whose key is there stay as they are. */
  async setEntries(origin: string, entries: GivenEntries, { ignoreIfPresent = false } = {}): Promise<void> {
    await this.#update(
      origin,
      listOf(entries).map(({ key, value }) => ({ type: 'set', key, value, ignoreIfPresent })),
    );
  }

  /** Does nothing where there is no such entry. */
  async deleteEntry(origin: string, key: string): Promise<void> {
    await this.#update(origin, [{ type: 'delete', key }]);
  }

  async #update(dataOrigin: string, methods: ExtensionPageRequests['entries.update']['params']['methods']): Promise<void> {
    const reason = await this.#ask('entries.update', { dataOrigin, methods, tabId: null });
    if (reason !== null) throw new SharedStorageLabError('OperationError', `${dataOrigin}: ${reason}`);
  }

  /** Removes all entries of the origin. */
  async clear(origin: string): Promise<void> {
    await this.#ask('entries.forget', { dataOrigin: origin, tabId: null });
  }

  /** Gives back what the origin's site has spent by navigations in 24 hours. */
  async resetBudget(origin: string): Promise<void> {
    await this.#ask('origin.resetBudget', { dataOrigin: origin });
  }

  /** What was asked for so far, the oldest first, as far as the event log goes back. */
  async accesses(filter: Filter = {}): Promise<readonly SharedStorageAccess[]> {
    checkOriginsOf(filter);
    return (await this.#read(0)).accesses.filter((access) => matches(access, filter));
  }

  /** The accesses after an event, and the last event's number. */
  async #read(after: number): Promise<{ accesses: SharedStorageAccess[]; last: number }> {
    const pages = [];
    for (let before: number | null = null; ; ) {
      const page: readonly ReadEvent[] = await this.#ask('events.read', { limit: EVENTS_READ, before, after });
      pages.push(...page);
      const oldest = page.at(-1);
      if (!oldest || page.length < EVENTS_READ) break;
      before = oldest.id;
    }
    return { accesses: pages.reverse().flatMap((event) => readAccess(event) ?? []), last: pages.at(-1)?.id ?? after };
  }

  /**
   * All accesses that match: those of the past first, and then those to come, as they come. It never ends by itself; `break` or `return()` ends it, also
   * for whoever waits for the next one.
   */
  events(filter: Filter = {}): AsyncIterableIterator<SharedStorageAccess> {
    checkOriginsOf(filter);
    let after = 0;
    const next = async () => {
      const { accesses, last } = await this.#read(after);
      after = last;
      return accesses.filter((access) => matches(access, filter));
    };
    return watch(next, EVENTS_INTERVAL);
  }

  /** The first access that matches, in the past or to come. Rejects with a TimeoutError that shows the accesses that were there. */
  async waitForEvent(filter: Filter = {}, options?: WaitOptions): Promise<SharedStorageAccess> {
    checkOriginsOf(filter);
    const seen: SharedStorageAccess[] = [];
    let after = 0;
    const find = async () => {
      const { accesses, last } = await this.#read(after);
      after = last;
      seen.push(...accesses);
      return accesses.find((access) => matches(access, filter));
    };
    const describe = () => describeAccesses(seen) + describeInsecurity(filter, seen);
    return waitFor(`An access like ${describeFilter(filter)}`, find, describe, options);
  }

  /** The reports that there are, sent or not, the newest first. */
  async reports(filter: ReportFilter = {}): Promise<readonly Report[]> {
    checkReportFilter(filter);
    const { reports } = await this.#ask('reports.read', { limit: REPORTS_READ });
    return reports.map(readReport).filter((report) => reportMatches(report, filter));
  }

  /** Sends those that match and wait to be sent, or were not taken. Resolves once each of them is on its way. */
  async sendReports(filter: ReportFilter = {}): Promise<void> {
    for (const { key, state } of await this.reports(filter))
      if (state === 'pending' || state === 'failed') await this.#ask('reports.send', { key });
  }

  /** The newest report that matches, now or later. Rejects with a TimeoutError that shows the reports that were there. */
  waitForReport(filter: ReportFilter = {}, options?: WaitOptions): Promise<Report> {
    const find = async () => (await this.reports(filter))[0];
    const describe = (seen: readonly Report[]) => describeReports(seen) + describeInsecurity(filter, seen);
    return waitFor(`A report like ${describeFilter(filter)}`, find, async () => describe(await this.reports()), options);
  }

  readonly selectUrl = {
    /**
     * From now on `selectURL()` of the origin's operation selects this index, whatever the operation returns. A call that has fewer URLs is decided as ever, and
     * `last()` says so in `reason`.
     */
    force: async (origin: string, operationName: string, index: number): Promise<void> => {
      if (!Number.isInteger(index) || index < 0 || index >= MAXIMUM_URLS)
        throw new TypeError(`selectURL() selects an index from 0 to ${MAXIMUM_URLS - 1}: not ${index}.`);
      await this.#ask('select-url.force', { dataOrigin: origin, operation: operationName, index });
    },
    /** Lets the operation decide again, or, where none is named, all operations of the origin. */
    unforce: async (origin: string, operationName?: string): Promise<void> => {
      checkOrigin(origin);
      const { selectUrl } = await this.settings();
      const forced = Object.keys(selectUrl.forceIndex[origin] ?? {});
      for (const operation of operationName === undefined ? forced : [operationName])
        await this.#ask('select-url.force', { dataOrigin: origin, operation, index: null });
    },
    /** What `selectURL()` selected last, for the origin where one is named; undefined where it has not selected anything yet. */
    last: async (origin?: string): Promise<Selection | undefined> => {
      const filter = {
        scope: 'sharedStorageWorklet',
        method: 'selectURL',
        ...(origin === undefined ? {} : { ownerOrigin: origin }),
      } as const;
      const access = (await this.accesses(filter)).at(-1);
      return access && readSelection(access, await this.settings());
    },
  };

  #clock: Promise<void> = Promise.resolve();

  readonly clock = {
    /** Moves the clock by which entries expire and budgets are given back. What expires thereby is gone for good. */
    advance: (milliseconds: number): Promise<void> => {
      const advance = async () => {
        const { clockOffsetMs } = await this.settings();
        await this.settings({ clockOffsetMs: clockOffsetMs + milliseconds });
      };
      // One after the other: each of them counts.
      const advanced = this.#clock.then(advance);
      this.#clock = advanced.catch(() => undefined);
      return advanced;
    },
    /** Puts the clock right. */
    reset: async (): Promise<void> => {
      await this.settings({ clockOffsetMs: 0 });
    },
  };

  /** The worklets of all tabs, alive and past, the newest first. */
  async worklets(): Promise<readonly Worklet[]> {
    const tabs = await this.#ask('page.tabs', {});
    const lists = await Promise.all(tabs.map(({ tabId }) => this.#ask('worklets.list', { tabId })));
    return lists.flat().map(readWorklet);
  }

  /** What the documents of each tab are keyed by, and why: the agent clusters of the tab's browsing context group. */
  async isolation(): Promise<readonly TabIsolation[]> {
    const tabs = await this.#ask('page.tabs', {});
    const isolationOf = async ({ tabId, url }: (typeof tabs)[number]): Promise<TabIsolation> => {
      const { rows } = await this.#ask('isolation.read', { tabId });
      return { url, documents: rows.map(readIsolation) };
    };
    return Promise.all(tabs.map(isolationOf));
  }

  /**
   * Puts the entries of a state file (docs/state-file.md) in place of those that its origins have; the rest of the file, and other origins, are left alone.
   * Rejects with an error that names the place in the file, and changes nothing then.
   */
  async loadFixture(fixture: object): Promise<void> {
    await this.#ask('state.import', { text: JSON.stringify(fixture), as: 'entries' });
  }

  /** Changes these settings (docs/settings.md), and resolves, once they are in force, to all settings. Rejects where one is unknown or invalid. */
  async settings(patch: SettingsPatch = {}): Promise<Settings> {
    if (Object.keys(patch).length === 0) return readSettings(await this.#ask('settings.read', {}));
    return readSettings(await this.#ask('settings.write', { settings: { ...patch }, isWhole: false }));
  }

  /** The same for all settings: those that are not named get their defaults. */
  async replaceSettings(settings: SettingsPatch): Promise<Settings> {
    return readSettings(await this.#ask('settings.write', { settings: { ...settings }, isWhole: true }));
  }
}
