/** Reasons that were sent, or stored, or stand in a file. */

import { type Reason, said } from '../spec/reason';
import { array, type Decoder, INVALID, isString, matching, object, optional, string } from './schema';

/** As many as a text may have. */
const MOST_VALUES = 9;

/** How many reasons may stand in one another. */
const DEEPEST = 6;

const number = matching((value): value is number => Number.isFinite(value));

function nested(depth: number): Decoder<Reason> {
  if (depth === 0) return (value) => (isString(value) ? said(value) : INVALID);
  const inner = nested(depth - 1);
  const own = object({
    text: string,
    values: array((value) => (typeof value === 'number' ? number(value) : inner(value)), MOST_VALUES),
    count: optional(number),
  });
  return (value) => {
    if (isString(value)) return said(value);
    const decoded = own(value);
    if (decoded === INVALID) return INVALID;
    const { count, ...others } = decoded;
    return count === undefined ? others : { ...others, count };
  };
}

export const reason = nested(DEEPEST);
