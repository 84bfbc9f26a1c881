/** What the document's own response allows, by the marks of src/rules/fenced-frames.ts. */
export interface OptIns {
  /** `Allow-Fenced-Frame-Automatic-Beacons` */
  readonly beacons: boolean;
  /** `Allow-Cross-Origin-Event-Reporting` */
  readonly reporting: boolean;
}

export function readOptIns(): OptIns {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  const names = (navigation?.serverTiming ?? []).map(({ name }) => name);
  return { beacons: names.includes('shared-storage-lab-beacons'), reporting: names.includes('shared-storage-lab-reporting') };
}
