/** Writes down what worklets do, for the pages that show it: some time after it happened, so that no worklet waits. */

import type { LoggedLine } from '../../protocol/console-lines';
import type { CauseOfRun, WorkletLine, WorkletRecord, WorkletRun } from '../../protocol/extension-pages/worklets';
import type { KeyHandler } from '../../spec/possibilities/key-handlers';
import type { AnnounceChange } from '../../store/announce-change';
import { Serial } from '../../store/serial';
import type { WorkletRecords } from '../../store/worklets/worklet-records';

/** How many runs and lines of the console are kept of a worklet. */
const MAXIMUM_RUNS = 200;
const MAXIMUM_LINES = 200;

/** How many handlers are shown of a worklet. */
const MAXIMUM_HANDLERS = 200;

/** How much of what is logged at once is kept, and of an error, in UTF-16 code units. */
const MAXIMUM_LENGTH = 1000;

/** How long what happens waits for more, in milliseconds. */
const DELAY = 200;

/** A line, and when it came. */
type TimedLine = readonly [time: number, line: LoggedLine];

type Unlimited = { -readonly [Name in keyof WorkletRecord]: WorkletRecord[Name] };

const shortened = (text: string): string => (text.length <= MAXIMUM_LENGTH ? text : `${text.slice(0, MAXIMUM_LENGTH)}…`);

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // A cycle, or a BigInt.
    return String(value);
  }
}

/** What a worklet tells of itself. */
export interface WorkletRecorder {
  loaded(error: string | null, operations: readonly string[]): void;
  logged(lines: readonly LoggedLine[]): void;
  started(runId: number, name: string, cause?: CauseOfRun): void;
  /** These are registered now. */
  handlers(handlers: readonly KeyHandler[]): void;
  /** `failure`: why the operation came to nothing, or null. */
  finished(runId: number, failure: string | null): void;
  ended(): void;
}

export class WorkletHistory {
  readonly #records: WorkletRecords;
  readonly #announce: AnnounceChange;
  readonly #isOn: () => Promise<boolean>;
  readonly #changed = new Map<WorkletRecord, TimedLine[]>();
  readonly #writes = new Serial();
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** `isOn`: whether anything is to be written down. */
  constructor(records: WorkletRecords, announce: AnnounceChange, isOn: () => Promise<boolean>) {
    this.#records = records;
    this.#announce = announce;
    this.#isOn = isOn;
  }

  begin(worklet: Pick<WorkletRecord, 'documentId' | 'workletId' | 'tabId' | 'dataOrigin' | 'moduleURL'>): WorkletRecorder {
    const record: Unlimited = {
      ...worklet,
      created: Date.now(),
      loaded: null,
      ended: null,
      runs: [],
      runCount: 0,
      lines: [],
      lineCount: 0,
    };
    const change = (changed: Partial<Unlimited>) => {
      Object.assign(record, changed);
      this.#change(record, []);
    };
    const finish = (run: WorkletRun, failure: string | null): WorkletRun => ({
      ...run,
      ended: Date.now(),
      failure: failure && shortened(failure),
    });
    change({});
    return {
      loaded: (error, operations) => change({ loaded: { time: Date.now(), error: error && shortened(error), operations } }),
      logged: (lines) => this.#change(record, lines),
      started: (runId, name, cause) => {
        const shown = cause && { cause: { ...cause, key: shortened(cause.key) } };
        const run = { runId, name: shortened(name), started: Date.now(), ended: null, failure: null, ...shown };
        change({ runs: [...record.runs, run].slice(-MAXIMUM_RUNS), runCount: record.runCount + 1 });
      },
      handlers: (handlers) =>
        change({
          handlers: handlers
            .slice(0, MAXIMUM_HANDLERS)
            .map(({ name, key, actions }) => ({ name: shortened(name), key: shortened(key), actions })),
        }),
      finished: (runId, failure) => change({ runs: record.runs.map((run) => (run.runId === runId ? finish(run, failure) : run)) }),
      ended: () => change({ ended: Date.now() }),
    };
  }

  /** What is logged is looked at when it is written: most of it may be too much to be kept. */
  #change(record: WorkletRecord, lines: readonly LoggedLine[]): void {
    const waiting = this.#changed.get(record) ?? [];
    const time = Date.now();
    const timed = lines.map((line): TimedLine => [time, line]);
    this.#changed.set(record, [...waiting, ...timed].slice(-MAXIMUM_LINES));
    if (lines.length > 0) (record as Unlimited).lineCount += lines.length;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      // What worklets do goes on without it.
      this.#writes.run(() => this.#write()).catch((error: unknown) => console.error('worklet records', error));
    }, DELAY);
  }

  async #write(): Promise<void> {
    const changed = [...this.#changed];
    this.#changed.clear();
    if (!(await this.#isOn())) return;
    for (const [record, lines] of changed) {
      const shown = lines.map(
        ([time, { operation, method, args }]): WorkletLine => ({
          time,
          operation: shortened(operation),
          method,
          text: shortened(args.map(asText).join(' ')),
        }),
      );
      (record as Unlimited).lines = [...record.lines, ...shown].slice(-MAXIMUM_LINES);
    }
    await this.#records.put(changed.map(([record]) => record));
    this.#announce({ topic: 'worklets' });
  }
}
