/** What the page's first script gives to further ones (page/shared-storage/extend.ts), which a setting brings along. */

import type { request } from './bridge-channel';

/** A SharedStorageWorklet, as far as others may look into it. */
export interface WorkletInside {
  readonly id: number;
  /** Whether addModule() has settled, in whichever way. */
  readonly isModuleLoaded: boolean;
}

/**
 * Functions and no interfaces: each script has its own names for the members of those. `workletOf` is undefined for what is no SharedStorageWorklet; `problemOf` says why
 * nothing can be asked of the worklet by the method, and is null where it can.
 */
export type Extend = (
  workletOf: (object: unknown) => WorkletInside | undefined,
  problemOf: (worklet: WorkletInside, method: string) => string | null,
  ask: typeof request,
) => void;
