/** Export, import and reset of everything that is kept. */

import { problemsOfSettings } from '../../../extension/decode-settings';
import { type StoredSettings, storedSettings } from '../../../extension/stored-settings';
import { wordsOf } from '../../../extension/words';
import { Refusal } from '../../../protocol/envelope';
import { TOPICS } from '../../../protocol/extension-pages/changes';
import { canBeSent, type RecordedSpan, type StateImport, type StateRequests } from '../../../protocol/extension-pages/state';
import { because } from '../../../spec/reason';
import type { AnnounceChange } from '../../../store/announce-change';
import type { IndexedDatabase } from '../../../store/entries/indexed-database';
import type { EventLog, EventsConnection } from '../../../store/events/event-log';
import type { InterestGroups } from '../../../store/interest-groups';
import type { ReportsConnection } from '../../../store/private-aggregation/schema';
import type { SelectionsConnection } from '../../../store/select-url/schema';
import { exportState, type Stores, stringifyState } from '../../../store/state/export-state';
import { importState, loadFixture } from '../../../store/state/import-state';
import { FORMAT, VERSION } from '../../../store/state/state-checks';
import { parseState, type State, StateFileError } from '../../../store/state/state-file';
import type { PrivateAggregation } from '../../private-aggregation/private-aggregation';
import type { WindowUpdates } from '../../updates/window-updates';
import { putInForce, type SettingsInForce } from './settings-in-force';
import type { ExtensionPageHandlersOf } from './table';

interface Services extends SettingsInForce {
  readonly database: IndexedDatabase;
  readonly events: EventsConnection;
  readonly log: EventLog;
  readonly updates: WindowUpdates;
  readonly privateAggregation: PrivateAggregation;
  readonly interestGroups: InterestGroups;
  readonly selectionsConnection: SelectionsConnection;
  readonly reportsConnection: ReportsConnection;
  readonly announce: AnnounceChange;
}

const summaryOf = ({ entries = {}, reports = [], events = [] }: State): StateImport => ({
  origins: Object.keys(entries).length,
  entries: Object.values(entries).reduce((sum, { length }) => sum + length, 0),
  reports: reports.length,
  events: events.length,
});

function eventsIn({ format, version, exported, events = [] }: State, { origin, from, to }: RecordedSpan): State {
  const own = events.filter(({ dataOrigin, time }) => dataOrigin === origin && time >= from && time <= to);
  return { format, version, ...(exported === undefined ? {} : { exported }), events: own };
}

/** Rejects in words. */
function parse(text: string): State {
  try {
    return parseState(text, problemsOfSettings);
  } catch (error) {
    if (!(error instanceof StateFileError)) throw error;
    const sentences = error.problems.map(({ pointer, problem }) =>
      wordsOf(pointer === '' ? because('stateProblem', problem) : because('stateProblemAt', pointer, problem)),
    );
    if (error.more > 0) sentences.push(wordsOf(because('stateProblemsMore', error.more)));
    throw new Refusal('Error', sentences.join('\n'));
  }
}

const NOTHING: State = { format: FORMAT, version: VERSION, entries: {}, budgets: { selectURL: [], privateAggregation: [] }, reports: [] };

/** The settings go first: what is imported may be older than the settings before would keep. Where the rest fails, they are put back. */
async function importEverything(
  services: Pick<Services, 'privateAggregation'> & SettingsInForce,
  stores: Stores,
  state: State,
  now: number,
): Promise<void> {
  const before = await storedSettings();
  if (state.settings) await putInForce(services, () => state.settings as StoredSettings);
  try {
    await services.privateAggregation.whileReplaced(() => importState(stores, state, now));
  } catch (error) {
    if (state.settings) await putInForce(services, () => before);
    throw error;
  }
}

export function stateHandlers(services: Services): ExtensionPageHandlersOf<keyof StateRequests> {
  const { database, events, log, updates, settings, announce } = services;
  const { privateAggregation, interestGroups, selectionsConnection, reportsConnection } = services;
  const stores: Stores = { database, events, selections: selectionsConnection, reports: reportsConnection };

  /** What pages were told is kept is applied to the entries, and what has happened is in the log. */
  const settle = async () => {
    await updates.resume();
    await Promise.all([database.settled(), log.flush()]);
  };

  const now = async () => Date.now() + (await settings.get()).clockOffsetMs;

  const tell = () => {
    for (const topic of TOPICS) announce({ topic });
    privateAggregation.resume();
  };

  return {
    'state.export': async ({ withKeyPair, recording }) => {
      await settle();
      const options = { settings: { ...(await storedSettings()) }, withKeyPair, exported: new Date() };
      const state = await exportState(stores, options);
      const exported = recording ? eventsIn(state, recording) : state;
      let text = stringifyState(exported);
      // What could be imported can be exported, if in one line.
      if (!canBeSent(text)) text = stringifyState(exported, 0);
      if (!canBeSent(text)) throw new Refusal('QuotaExceededError', wordsOf(because('stateTooLarge')));
      return text;
    },
    'state.import': async ({ text, as }) => {
      const state = parse(text);
      await settle();
      if (as === 'everything') await importEverything(services, stores, state, await now());
      else await loadFixture(stores, state, await now());
      tell();
      return summaryOf(as === 'everything' ? state : { ...state, reports: [], events: [] });
    },
    'state.reset': async () => {
      await settle();
      const time = await now();
      await privateAggregation.whileReplaced(() => importState(stores, NOTHING, time));
      await interestGroups.forget(null);
      tell();
      return undefined;
    },
  };
}
