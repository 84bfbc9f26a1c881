/** Calls of selectURL(), and the budgets that they use, as the extension's own pages show them. */

import type { BudgetsLeft, SelectionAccount } from '../../spec/select-url';
import { count, integer, nullable, object, string, variant } from '../schema';
import type { DecodersOf } from './feature';

/** One call. */
export interface ShownSelection {
  readonly urn: string;
  /** Milliseconds since the Unix epoch. */
  readonly time: number;
  /** Of the document that called. */
  readonly embedderOrigin: string;
  readonly dataOrigin: string;
  readonly operation: string;
  readonly savedQuery: string;
  readonly urls: readonly string[];
  /** Null while the operation has not finished, and where the setting `selectUrl.reveal` keeps it hidden. */
  readonly result: { readonly index: number; readonly reason: string | null } | null;
  /** Null in the same cases, and where an earlier version of the extension settled the call. */
  readonly account: SelectionAccount | null;
  readonly isSettled: boolean;
  /** In bits: what the site is charged when a frame that shows it navigates the top. */
  readonly pendingBits: number;
  /** Whether its page is the one that the tab shows. */
  readonly isOnPage: boolean;
  /** Frames of the tab's page that show it. */
  readonly frames: readonly { readonly frameId: number; readonly isFenced: boolean }[];
}

/** A site's budgets on the page that the tab shows. */
export interface ShownBudgets extends BudgetsLeft {
  readonly site: string;
  readonly refills: readonly { readonly bits: number; readonly time: number }[];
}

export interface SelectURLRequests {
  'select-url.read': {
    params: { tabId: number };
    result: {
      readonly selections: readonly ShownSelection[];
      /** The documentId of the document at the top; null where there is no such tab. */
      readonly page: string | null;
      readonly budgets: readonly ShownBudgets[];
      readonly allowances: BudgetsLeft;
      /** By data origin and operation. */
      readonly forced: Readonly<Record<string, Readonly<Record<string, number>>>>;
      readonly isRevealed: boolean;
    };
  };
  /** Gives back what the page has spent, or what the site has spent on navigations. */
  'select-url.reset': { params: { type: 'page'; page: string } | { type: 'site'; site: string }; result: null };
  /** Selects the index whatever the operation returns; null lets it decide again. */
  'select-url.force': { params: { dataOrigin: string; operation: string; index: number | null }; result: null };
}

export const selectURLDecoders: DecodersOf<SelectURLRequests> = {
  'select-url.read': object({ tabId: integer }),
  'select-url.reset': variant({ page: { page: string }, site: { site: string } }),
  'select-url.force': object({ dataOrigin: string, operation: string, index: nullable(count) }),
};
