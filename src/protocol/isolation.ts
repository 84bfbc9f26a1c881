/** What the parts of the extension tell each other about origin isolation. */

/** The name of the `Server-Timing` entries that say which keying a document's response asked for: `desc` is `SOURCE ?1` or `SOURCE ?0`. */
export const ISOLATION_MARK = 'shared-storage-lab-isolation';

/** Who can ask for a keying by a mark, strongest first. */
export const MARKING_SOURCES = ['setting', 'origin-policy', 'server'] as const;

export interface RequestedKeying {
  readonly source: (typeof MARKING_SOURCES)[number];
  readonly originKeyed: boolean;
}

/**
 * What the strongest of a document's marks asks for; null without any. Of two from one source the last is ours: a server can send such
 * entries itself, and rules append theirs. Also runs in the page's realm, so it calls no methods.
 */
export function requestedKeying(marks: readonly string[]): RequestedKeying | null {
  for (let strength = 0; strength < MARKING_SOURCES.length; strength++) {
    const source = MARKING_SOURCES[strength] as RequestedKeying['source'];
    for (let index = marks.length - 1; index >= 0; index--) {
      if (marks[index] === `${source} ?1`) return { source, originKeyed: true };
      if (marks[index] === `${source} ?0`) return { source, originKeyed: false };
    }
  }
  return null;
}

/** The event that hands the message guard's port over, from the page's realm to the isolated world. */
export const GUARD_HANDSHAKE = 'shared-storage-lab-guard';
/** Page to isolated world, on that port; detail: PageReport. */
export const REPORT = 'report';

export type Channel = 'window' | 'port' | 'BroadcastChannel';

/** What can be sent only within an agent cluster. */
export type Bound = 'SharedArrayBuffer' | 'WebAssembly.Memory' | 'WebAssembly.Module';

/** Something bound to its agent cluster, and where in the message it was, such as `data.buffers[0]`. */
export interface Found {
  readonly type: Bound;
  readonly path: string;
}

export type PageReport =
  /** The guard turned a message into a `messageerror`. `from`: an origin, empty where the browser does not say. */
  | { readonly kind: 'stopped'; readonly channel: Channel; readonly from: string; readonly found: readonly Found[] }
  /** The browser turned a message into a `messageerror`. */
  | { readonly kind: 'dropped'; readonly channel: Channel; readonly from: string }
  /** `document.domain` was set, and stayed as it was. */
  | { readonly kind: 'document.domain'; readonly value: string };

/** Isolated world to service worker. Which document it is about, the browser's `sender` says. */
export interface GuardEvent {
  readonly kind: 'stopped' | 'dropped' | 'document.domain';
  readonly channel: Channel | null;
  /** Whose message it was: an origin, or null where the browser does not say. */
  readonly from: string | null;
  readonly contains: string;
  /** One sentence or two, for people. */
  readonly reason: string;
}

const KINDS: ReadonlySet<unknown> = new Set<GuardEvent['kind']>(['stopped', 'dropped', 'document.domain']);
const CHANNELS: ReadonlySet<unknown> = new Set<GuardEvent['channel']>(['window', 'port', 'BroadcastChannel', null]);
const MAXIMUM_LENGTH = 2000;

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MAXIMUM_LENGTH;

/** Null on anything unexpected. */
export function decodeGuardEvent(message: unknown): GuardEvent | null {
  const { params } = Object(message) as { params?: Partial<Record<keyof GuardEvent, unknown>> };
  if (typeof params !== 'object' || params === null) return null;
  const { kind, channel, from, contains, reason } = params;
  if (!KINDS.has(kind) || !CHANNELS.has(channel) || !(from === null || isText(from)) || !isText(contains) || !isText(reason)) return null;
  return { kind, channel, from, contains, reason } as GuardEvent;
}
