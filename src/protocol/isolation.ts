/** What the parts of the extension tell each other about origin isolation. */

import { MAXIMUM_FOUND, MAXIMUM_QUOTED } from './limits';

/** The name of the `Server-Timing` entries that say which keying a document's response asked for: `desc` is `SOURCE ?1` or `SOURCE ?0`. */
export const ISOLATION_MARK = 'shared-storage-lab-isolation';

/** Who can ask for a keying by a mark, strongest first. */
export const MARKING_SOURCES = ['setting', 'origin-policy', 'server'] as const;

/** What was asked for, and by whom. */
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

/** How a message came: to the window, through a port, through a BroadcastChannel. */
export type Channel = 'window' | 'port' | 'BroadcastChannel';

/** What can be sent only within an agent cluster. */
export type Bound = 'SharedArrayBuffer' | 'WebAssembly.Memory' | 'WebAssembly.Module';

/** Something bound to its agent cluster, and where in the message it was, such as `data.buffers[0]`. */
export interface Found {
  readonly type: Bound;
  readonly path: string;
}

/** What the guard saw. */
export type PageReport =
  /** The guard turned a message into a `messageerror`. `from`: an origin, empty where the browser does not say. */
  | { readonly kind: 'stopped'; readonly channel: Channel; readonly from: string; readonly found: readonly Found[] }
  /** The browser turned a message into a `messageerror`. */
  | { readonly kind: 'dropped'; readonly channel: Channel; readonly from: string }
  /** `document.domain` was set, and stayed as it was. */
  | { readonly kind: 'document.domain'; readonly value: string };

/** Isolated world to service worker. Which document saw it, the browser's `sender` says. */
export interface Sighting {
  readonly report: PageReport;
  readonly originKeyed: boolean;
  readonly crossOriginIsolated: boolean;
}

const CHANNELS: ReadonlySet<unknown> = new Set<Channel>(['window', 'port', 'BroadcastChannel']);
const BOUND: ReadonlySet<unknown> = new Set<Bound>(['SharedArrayBuffer', 'WebAssembly.Memory', 'WebAssembly.Module']);
/** Longer than any origin: a host has at most 253 characters. */
const MAXIMUM_ORIGIN = 300;

const isText = (value: unknown, maximum: number): value is string => typeof value === 'string' && value.length <= maximum;

function decodeFound(value: unknown): readonly Found[] | null {
  if (!Array.isArray(value) || value.length > MAXIMUM_FOUND) return null;
  // map() and every() pass over holes.
  const found = Array.from(value, (one: Partial<Record<keyof Found, unknown>> | null) => ({ type: one?.type, path: one?.path }));
  return found.every(({ type, path }) => BOUND.has(type) && isText(path, MAXIMUM_QUOTED)) ? (found as Found[]) : null;
}

function decodeReport(value: unknown): PageReport | null {
  if (typeof value !== 'object' || value === null) return null;
  const { kind, channel, from, found, value: domain } = value as Record<string, unknown>;
  if (kind === 'document.domain') return isText(domain, MAXIMUM_QUOTED) ? { kind, value: domain } : null;
  if (!CHANNELS.has(channel) || !isText(from, MAXIMUM_ORIGIN)) return null;
  const message = { channel: channel as Channel, from };
  if (kind === 'dropped') return { kind, ...message };
  const decoded = kind === 'stopped' ? decodeFound(found) : null;
  return decoded && { kind: 'stopped', ...message, found: decoded };
}

/** Null on anything unexpected. */
export function decodeSighting(message: unknown): Sighting | null {
  const { params } = (message ?? {}) as { params?: Partial<Record<keyof Sighting, unknown>> | null };
  const { originKeyed, crossOriginIsolated } = params ?? {};
  const report = decodeReport(params?.report);
  if (!report || typeof originKeyed !== 'boolean' || typeof crossOriginIsolated !== 'boolean') return null;
  return { report, originKeyed, crossOriginIsolated };
}
