/** What the kit's users see, the same through every automation library. */

export type { Filter, SharedStorageAccess, SharedStorageAccessParams } from './access';
export type { GivenEntries, SharedStorageEntry, SharedStorageMetadata } from './entries';
export { extensionPath } from './extension-path';
export type { KeyedDocument, TabIsolation } from './isolation';
export type { Contribution, Report, ReportFilter } from './report';
export type { Selection } from './selection';
export { SharedStorageLabError } from './service-worker-realm';
export type { Settings, SettingsPatch, Simulation } from './settings';
export type { SharedStorageLab } from './shared-storage-lab';
export { TimeoutError, type WaitOptions } from './waiting';
export type { Worklet, WorkletOperation } from './worklet';
