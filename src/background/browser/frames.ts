/** The frames of a tab. */

type Frame = chrome.webNavigation.GetAllFrameResultDetails;

/** None where there is no such tab. */
export const framesIn = async (tabId: number): Promise<readonly Frame[]> => (await chrome.webNavigation.getAllFrames({ tabId })) ?? [];

export interface FrameWithOrigin {
  readonly frameId: number;
  readonly parentFrameId: number;
  readonly documentId: string;
  readonly url: string;
  /** Serialized. */
  readonly origin: string;
}

/** Of about:blank and about:srcdoc, whose origin their URL does not say, the parent's, which they have unless they are sandboxed. */
function originOf(url: string, parent: string | undefined): string {
  const { protocol, origin } = new URL(url);
  return protocol === 'about:' ? (parent ?? 'null') : origin;
}

/** By their numbers: parents first. */
export async function framesWithOrigins(tabId: number): Promise<FrameWithOrigin[]> {
  const inOrder = (await framesIn(tabId)).toSorted((a, b) => a.frameId - b.frameId);
  const origins = new Map<number, string>();
  return inOrder.map(({ frameId, parentFrameId, documentId, url }) => {
    const origin = originOf(url, origins.get(parentFrameId));
    origins.set(frameId, origin);
    return { frameId, parentFrameId, documentId, url, origin };
  });
}
