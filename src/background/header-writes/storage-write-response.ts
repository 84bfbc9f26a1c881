/** Reads a `Shared-Storage-Write` header. */

import { because, reasonOf } from '../../spec/reason';
import { type StorageWrite, storageWriteOf } from '../../spec/storage-write-header';
import { parseList } from '../../spec/structured-field-list';

/**
 * What a response's header lines write; several lines are one list. Nothing where the header does not parse, as a
 * structured field that does not parse is ignored as a whole.
 */
export function readStorageWriteHeader(lines: readonly string[]): StorageWrite {
  try {
    return storageWriteOf(parseList(lines.join(', ')));
  } catch (error) {
    return { methods: [], withLock: null, members: [], problem: because('headerNoList', reasonOf(error)) };
  }
}
