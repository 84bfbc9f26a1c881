/** What the documents that have worklets get, and are told. */

import type { WorkletContext, WorkletDatabase } from './worklet-calls';

/** A document that may have worklets. */
export interface WorkletDocument {
  readonly documentId: string;
  readonly tabId: number;
}

/** The store as the worklets of a document use it. */
export type DatabaseFor = (document: WorkletDocument) => WorkletDatabase;

/** What worklets for a data origin get beside what is stored. */
export type AboutDataOrigin = (dataOrigin: string) => Pick<WorkletContext, 'interestGroups' | 'slowStart' | 'workers'>;

/** An operation of run(), or addModule(), that came to nothing, in Chromium's words, or in its script's. */
export interface OperationFailure {
  readonly tabId: number;
  readonly documentId: string;
  readonly dataOrigin: string;
  /** Null for addModule(). */
  readonly name: string | null;
  readonly text: string;
}
