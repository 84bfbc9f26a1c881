/**
 * selectURL(), whose promise settles at once: where nothing can refuse a call, with a URN that the service worker has issued in
 * advance. The call is then on its way, and reaches the service worker whatever happens to it.
 */

import { type Envelope, succeed } from '../../protocol/envelope';
import type { PageRequests } from '../../protocol/page-channel';
import { ownFacts } from '../permissions-policy/facts';
import { requirePolicy } from '../permissions-policy/permissions-policy';
import { dataCloneError, isProcessBound } from '../requests/process-bound';
import { send } from '../requests/service-worker-channel';

/** The URNs for the next calls of each worklet. */
const issued = new Map<number, string[]>();
const forgetIssued = (): void => issued.clear();

/** Takes what the service worker has issued; it is void as soon as a setting may refuse a call. */
export function keepIssued(workletId: number, urns: unknown): void {
  if (!Array.isArray(urns)) return;
  issued.set(workletId, urns);
  // Listening again changes nothing.
  chrome.storage.local.onChanged.addListener(forgetIssued);
}

export async function selectURL(
  { data, keepAlive, ...call }: PageRequests['worklet.selectURL'],
  isModuleLoaded: boolean,
): Promise<Envelope> {
  const { workletId, selectionId } = call;
  if (isProcessBound(data?.value)) {
    const allowed = await requirePolicy('shared-storage-select-url');
    return allowed.ok ? dataCloneError('selectURL') : allowed;
  }
  const urn = (!ownFacts() && issued.get(workletId)?.shift()) || null;
  const answered = send('worklet.selectURL', { ...call, urls: [...call.urls], urn }).then((envelope): Envelope => {
    if (!envelope.ok) return envelope;
    const [first, ...next] = envelope.value as string[];
    keepIssued(workletId, next);
    return succeed(first);
  });
  // After what was asked for before it, as the worklet's other operations.
  void requirePolicy().then(() => send('worklet.select', { workletId, selectionId, operation: { data, keepAlive, isModuleLoaded } }));
  return urn ? succeed(urn) : answered;
}
