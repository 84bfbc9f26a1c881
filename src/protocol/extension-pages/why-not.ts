/** What would be refused to the documents of a page right now, and what to change. */

import type { Feature } from '../../spec/permissions-policy/allowlist';
import type { BudgetsLeft } from '../../spec/select-url';
import { count, object } from '../schema';
import type { DecodersOf } from './feature';
import type { InspectedFrame } from './inspected-page';

/** Why. */
export type WhyNotReason =
  /** The browser does not let extensions look into the document, or it did not answer. */
  | { readonly type: 'unreachable' }
  /** `url`: of the document that makes the context an insecure one: this one, or one around it. */
  | { readonly type: 'insecure'; readonly url: string }
  | { readonly type: 'opaque' }
  /** `by`: as PolicyDenial has it. `url`: of the document whose header or element denies; null where nobody can tell. */
  | { readonly type: 'policy'; readonly by: 'header' | 'element' | 'unknown'; readonly url: string | null }
  /** `said`: as the event log says it. */
  | { readonly type: 'setting'; readonly setting: string; readonly said: string }
  | { readonly type: 'depth'; readonly said: string }
  /** In bits; `refill`: when enough of it is back, by the clock of the settings, null where it does not come back by itself. */
  | {
      readonly type: 'budget';
      readonly budget: keyof BudgetsLeft;
      readonly left: number;
      readonly urls: number;
      readonly refill: number | null;
    }
  | { readonly type: 'contributions'; readonly refill: number | null };

/** What is to be changed for it to be allowed, as it is written there. */
export interface WhyNotChange {
  /** A response's header, an attribute in a document's markup, the extension's settings, or the address. */
  readonly in: 'header' | 'attribute' | 'settings' | 'address';
  readonly line: string;
}

/** One thing that would be refused. */
export interface WhyNot {
  readonly frameId: number;
  /** What the document must not use: everything, or what the feature stands for. */
  readonly what: 'everything' | Feature;
  readonly reason: WhyNotReason;
  /** Null where nothing that a page or a person writes would help. */
  readonly change: WhyNotChange | null;
}

export interface WhyNotRequests {
  'why-not.read': {
    params: { tabId: number };
    result: { readonly frames: readonly InspectedFrame[]; readonly refusals: readonly WhyNot[] };
  };
}

export const whyNotDecoders: DecodersOf<WhyNotRequests> = { 'why-not.read': object({ tabId: count }) };
