/** Worklets, as tests see them. */

export interface WorkletOperation {
  readonly name: string;
  /** Why it came to nothing; null where it did not, or runs still. */
  readonly failure: string | null;
  readonly isRunning: boolean;
}

export interface Worklet {
  readonly dataOrigin: string;
  readonly moduleURL: string;
  readonly isAlive: boolean;
  /** The operations that its module has registered; empty until that has been evaluated. */
  readonly operations: readonly string[];
  /** What it was asked for, the last ones. */
  readonly runs: readonly WorkletOperation[];
  /** Its console, the last lines. */
  readonly lines: readonly string[];
}

/** What the extension records of a worklet, as far as it is used here. */
interface Recorded {
  readonly dataOrigin: string;
  readonly moduleURL: string;
  readonly loaded: { readonly operations: readonly string[] } | null;
  readonly ended: number | null;
  readonly runs: readonly { readonly name: string; readonly failure: string | null; readonly ended: number | null }[];
  readonly lines: readonly { readonly text: string }[];
}

export const readWorklet = ({ dataOrigin, moduleURL, loaded, ended, runs, lines }: Recorded): Worklet => ({
  dataOrigin,
  moduleURL,
  isAlive: ended === null,
  operations: loaded?.operations ?? [],
  runs: runs.map((run) => ({ name: run.name, failure: run.failure, isRunning: run.ended === null })),
  lines: lines.map(({ text }) => text),
});
