/** Whether what fenced frames are led to is there: each of them is a frame of its own. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Arrivals } from '../../src/background/fenced-frames/arrival';
import './promise-with-resolvers';

interface Navigation {
  readonly tabId: number;
  readonly frameId: number;
  readonly url?: string;
  readonly error?: string;
}

class Source {
  readonly #listeners = new Set<(event: Navigation) => void>();

  readonly addListener = (listener: (event: Navigation) => void) => void this.#listeners.add(listener);
  readonly removeListener = (listener: (event: Navigation) => void) => void this.#listeners.delete(listener);

  fire(event: Navigation): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  get count(): number {
    return this.#listeners.size;
  }
}

const URL = 'https://ads.example/creative';

let onBeforeNavigate: Source;
let onCommitted: Source;
let onErrorOccurred: Source;

beforeEach(() => {
  onBeforeNavigate = new Source();
  onCommitted = new Source();
  onErrorOccurred = new Source();
  vi.stubGlobal('chrome', { webNavigation: { onBeforeNavigate, onCommitted, onErrorOccurred } });
});
afterEach(() => vi.unstubAllGlobals());

const begin = (frameId: number, tabId = 1) => onBeforeNavigate.fire({ tabId, frameId, url: URL });

test('of two frames that are led to one URL at once, one gets a document, and the other keeps what it has', async () => {
  const arrivals = new Arrivals();
  const [first, second] = [arrivals.watch(1, URL), arrivals.watch(1, URL)];
  begin(9, 2);
  begin(5);
  begin(6);
  onErrorOccurred.fire({ tabId: 1, frameId: 6, error: 'net::ERR_ABORTED' });
  onCommitted.fire({ tabId: 1, frameId: 5 });
  expect(await Promise.all([first.hasArrived, second.hasArrived])).toEqual([true, false]);
  expect([onBeforeNavigate, onCommitted, onErrorOccurred].map(({ count }) => count)).toEqual([0, 0, 0]);
});

test('a frame that is led there once more, later, is waited for again', async () => {
  const arrivals = new Arrivals();
  const first = arrivals.watch(1, URL);
  begin(5);
  first.stop();
  expect(await first.hasArrived).toBe(null);
  const second = arrivals.watch(1, URL);
  begin(5);
  onCommitted.fire({ tabId: 1, frameId: 5 });
  expect(await second.hasArrived).toBe(true);
});
