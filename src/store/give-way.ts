/** How the connections to our databases end before they are closed. */

interface GivingWay {
  blocking(current: number, blocked: number | null, event: IDBVersionChangeEvent): void;
  terminated(): void;
}

/** Options of idb's openDB(): a part of the extension of a newer version, which waits to migrate the schema, does not wait for this one. */
export function giveWay(onClosed: () => void): GivingWay {
  return {
    blocking(_current, _blocked, event) {
      (event.target as IDBDatabase).close();
      onClosed();
    },
    terminated: onClosed,
  };
}
