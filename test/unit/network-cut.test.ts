/** Whose network is cut while others get theirs back. */

import { afterEach, expect, test, vi } from 'vitest';
import { Documents } from '../../src/background/browser/documents';
import { ruleOfNetworkCut } from '../../src/background/browser/session-rules';
import { NetworkCuts } from '../../src/background/fenced-frames/network-cut';
import { FrameRecords } from '../../src/background/select-url/frame-records';

afterEach(() => vi.unstubAllGlobals());

test('what is cut while the cuts of frames that have gone are tidied is looked at with each navigation', async () => {
  const listeners = new Set<unknown>();
  const alarms = new Set<string>();
  let whileTidying = async () => undefined as unknown;
  vi.stubGlobal('chrome', {
    extension: { inIncognitoContext: false },
    tabs: { TAB_ID_NONE: -1 },
    alarms: { create: async (name: string) => alarms.add(name), clear: async (name: string) => alarms.delete(name) },
    webNavigation: {
      getFrame: async () => null,
      getAllFrames: async () => [],
      onCommitted: {
        addListener: (listener: unknown) => listeners.add(listener),
        removeListener: (listener: unknown) => listeners.delete(listener),
        hasListener: (listener: unknown) => listeners.has(listener),
      },
    },
    declarativeNetRequest: {
      getSessionRules: async () => [{ id: ruleOfNetworkCut.id(8), condition: { tabIds: [1] } }],
      updateSessionRules: () => whileTidying(),
    },
  });
  vi.spyOn(FrameRecords.prototype, 'contentOf').mockResolvedValue(null);
  const cuts = new NetworkCuts(new FrameRecords(new Documents(), () => undefined));
  await cuts.tidy();
  expect(listeners.size).toBe(0);
  whileTidying = () => cuts.cut(1, 7);
  await cuts.tidy();
  expect([listeners.size, alarms.size]).toEqual([1, 1]);
});
