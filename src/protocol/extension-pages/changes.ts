/**
 * What the parts of the extension tell its pages while those are open: that something has changed, never what it is. It goes through a
 * BroadcastChannel of the extension's origin, which wakes nobody, and reaches no page but our own; they then ask for what they show.
 */

import { type Decoded, object, oneOf } from '../schema';

/** The channel's name. */
export const CHANGES = 'changes';

/** Of what kind the changed things are. */
export const TOPICS = ['events', 'worklets', 'selections', 'reports'] as const;

export type Topic = (typeof TOPICS)[number];

export const change = object({ topic: oneOf(TOPICS) });

export type Change = Decoded<typeof change>;
