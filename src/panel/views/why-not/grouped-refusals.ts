/** What is refused to several frames for the same reason is told once. */

import type { InspectedFrame } from '../../../protocol/extension-pages/inspected-page';
import type { WhyNot } from '../../../protocol/extension-pages/why-not';

export interface GroupedRefusal extends Omit<WhyNot, 'frameId'> {
  readonly frames: readonly InspectedFrame[];
}

/** In the order in which they first come. */
export function groupRefusals(frames: readonly InspectedFrame[], refusals: readonly WhyNot[]): GroupedRefusal[] {
  const groups = new Map<string, { refusal: Omit<WhyNot, 'frameId'>; frames: InspectedFrame[] }>();
  for (const { frameId, ...refusal } of refusals) {
    const frame = frames.find((one) => one.frameId === frameId);
    const key = JSON.stringify(refusal);
    const group = groups.get(key) ?? { refusal, frames: [] };
    groups.set(key, group);
    if (frame) group.frames.push(frame);
  }
  return [...groups.values()].map((group) => ({ ...group.refusal, frames: group.frames }));
}
