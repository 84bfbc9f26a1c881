/** Opens the database, and says what to do when that fails. Nothing is ever deleted to make it work. */

import { openDB } from 'idb';
import { Refusal } from '../../protocol/envelope';
import { giveWay } from '../give-way';
import { type Connection, NAME, type Schema, type Upgrade, upgrade, VERSION } from './schema';

/** How long another part of the extension may keep the database at its old version, in milliseconds. */
const LONGEST_BLOCK = 5000;

const unavailable = (reason: string, remedy: string) =>
  new Refusal('UnknownError', `Shared Storage Lab cannot open its database: ${reason}. Nothing was lost or changed. ${remedy}`);

function explain(error: unknown): Refusal {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  switch (name) {
    case 'VersionError':
      return unavailable('a newer version of the extension wrote it', 'Install that version again.');
    case 'QuotaExceededError':
      return unavailable('the disk is full', 'Make room on it and try again.');
    default:
      return unavailable(
        `${name}: ${message}`,
        'Try again; if that does not help, restart the browser, and then see whether its profile folder can be written to and its disk has room.',
      );
  }
}

/** Rejects with a Refusal that pages and worklets may be shown, after at most five seconds if another part is in the way. */
export function openDatabase(onClosed: () => void): Promise<Connection> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let gaveUp = false;
    let failure: unknown;
    const fail = (error: Refusal) => {
      clearTimeout(timer);
      gaveUp = true;
      reject(error);
    };
    const opening = async () =>
      openDB<Schema>(NAME, VERSION, {
        upgrade(database, oldVersion, _newVersion, transaction) {
          // Opening fails with it; that is where the failure is told.
          transaction.done.catch(() => undefined);
          upgrade(database, oldVersion, transaction as unknown as Upgrade).catch((error: unknown) => {
            failure = error;
            abort(transaction);
          });
        },
        blocked() {
          const error = unavailable('another part of the extension still uses its older version', 'Reload the extension.');
          timer = setTimeout(() => fail(error), LONGEST_BLOCK);
        },
        ...giveWay(onClosed),
      });
    opening().then(
      (connection) => {
        clearTimeout(timer);
        if (gaveUp) connection.close();
        else resolve(connection);
      },
      (error: unknown) => fail(explain(failure ?? error)),
    );
  });
}

/** Ends a transaction that may have ended by itself. */
export function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It has ended already, which is as good.
  }
}
