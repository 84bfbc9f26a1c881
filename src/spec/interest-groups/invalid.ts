/** What is wrong with a group, in Chromium's words. */

import { isOriginPotentiallyTrustworthy } from '../secure-contexts';

/** The message of an error of this name. */
export class InvalidInterestGroup extends Error {
  readonly errorName: string;

  constructor(message: string, errorName = 'TypeError') {
    super(message);
    this.errorName = errorName;
  }
}

/**
 * The origin of an owner; null where it is none.
 * DEVIATION: natively only those of `https:` are; here also what counts as secure without it, so that it can be tried on the developer's own machine.
 */
export function ownerOrigin(owner: string): string | null {
  const origin = URL.parse(owner)?.origin ?? 'null';
  return origin !== 'null' && isOriginPotentiallyTrustworthy(origin) ? origin : null;
}

/** Throws for a member of a group; `value` is what is wrong with it. */
export type Refuse = (member: string, value: string, why: string) => never;

export const refuseFor =
  ({ owner, name }: { readonly owner: string; readonly name: string }): Refuse =>
  (member, value, why) => {
    throw new InvalidInterestGroup(`${member} '${value}' for AuctionAdInterestGroup with owner '${owner}' and name '${name}' ${why}`);
  };
