/**
 * What a document agrees to by its response headers, as declarative rules mark it: `Server-Timing` entries in its own navigation timing. Where
 * its script says that it agrees, nobody else is bound by it.
 */

/** The entries' name. */
export const FENCE_MARK = 'shared-storage-lab-fence';

/** `Allow-Cross-Origin-Event-Reporting`: documents of other origins in the frame may report. */
export const CROSS_ORIGIN_REPORTING = 'cross-origin-event-reporting';

/** `Allow-Fenced-Frame-Automatic-Beacons`: its navigations of the top send beacons, whatever origin it has. */
export const AUTOMATIC_BEACONS = 'automatic-beacons';

export type Agreement = typeof CROSS_ORIGIN_REPORTING | typeof AUTOMATIC_BEACONS;
