import { type EntriesConnection, rangeOf } from './schema';

/** When the entry of a data origin that was not written for the longest time was written, in milliseconds since the Unix epoch; 0 where there is none. */
export function readOldestWrite(connection: EntriesConnection, dataOrigin: string): Promise<number> {
  return connection.use(async (open) => {
    let oldest = 0;
    let cursor = await open.transaction('entries').store.openCursor(rangeOf(dataOrigin));
    for (; cursor; cursor = await cursor.continue()) oldest = Math.min(oldest || Number.POSITIVE_INFINITY, cursor.value.lastUpdated);
    return oldest;
  });
}
