import type { AutomaticBeacon } from '../../protocol/fence-requests';

export function keepAutomaticBeacon(beacon: AutomaticBeacon): void {
  // A document may get the window, and this world with it, of the one before it.
  if (self.sharedStorageLabAutomatic?.document !== document) self.sharedStorageLabAutomatic = { document, beacons: new Map() };
  self.sharedStorageLabAutomatic.beacons.set(beacon.type, beacon);
}

/** The document's data for the type, if a document may use it that has, or has not, the origin of the frame's content. Some can be used once. */
export function takeAutomaticBeacon(type: string, hasOriginOfContent: boolean): AutomaticBeacon | null {
  const { sharedStorageLabAutomatic: kept } = self;
  const beacon = kept?.document === document ? kept.beacons.get(type) : undefined;
  if (!beacon || !(hasOriginOfContent || beacon.crossOriginExposed)) return null;
  if (beacon.once) kept?.beacons.delete(type);
  return beacon;
}
