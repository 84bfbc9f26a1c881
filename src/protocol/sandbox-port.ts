/** Messages on the control port between the offscreen document and the sandboxed frame, which runs no code but ours. */

import { count, type Decoded, decode, variant } from './schema';

/** Offscreen document to sandboxed frame; a worker that is to start gets the port that comes with the message. */
export type FrameMessage =
  | { readonly type: 'start'; readonly id: number }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'ping' };

/** Sandboxed frame to offscreen document. */
const fromFrame = variant({
  /** Answers a ping. */
  alive: {},
  /** The script of a worker could not be run, or ended with an error. */
  failed: { id: count },
});

/** What the sandboxed frame says. */
export type FromFrame = Decoded<typeof fromFrame>;

/** Null on anything that our frame does not send. */
export const decodeFromFrame = (message: unknown): FromFrame | null => decode(fromFrame, message);
