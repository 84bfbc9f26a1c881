/** Makes recorded calls in a page's own realm, by the page's own API: what page code has made of that is what is tried out. */

import type { RecordedCall } from '../protocol/extension-pages/replay';

/** Resolves to what became of each promise: null where it was fulfilled. */
export async function makeCalls(calls: readonly RecordedCall[]): Promise<(string | null)[]> {
  const storage = Reflect.get(self, 'sharedStorage');
  const worklets = new Map();
  const workletOf = (id: unknown) => {
    if (!worklets.has(id)) throw new Error('The worklet was made before the recording began.');
    return worklets.get(id);
  };
  const asMethod = ({ method, key, value, ignoreIfPresent }: Record<string, unknown>) => {
    const make = (name: string, ...given: unknown[]) => Reflect.construct(Reflect.get(self, name), given);
    if (method === 'set') return make('SharedStorageSetMethod', key, value, { ignoreIfPresent });
    if (method === 'append') return make('SharedStorageAppendMethod', key, value);
    return method === 'delete' ? make('SharedStorageDeleteMethod', key) : make('SharedStorageClearMethod');
  };
  const makeCall = async ({ method, parameters }: RecordedCall) => {
    const { key, value, ignoreIfPresent, withLock, methods, workletId, moduleURL, dataOrigin, name, keepAlive, urls, savedQuery, actions } =
      parameters;
    const options = withLock === undefined ? {} : { withLock };
    const operation = { keepAlive, ...('data' in parameters ? { data: parameters.data } : {}) };
    switch (method) {
      case 'set':
        return storage.set(key, value, { ...options, ignoreIfPresent });
      case 'append':
        return storage.append(key, value, options);
      case 'delete':
        return storage.delete(key, options);
      case 'clear':
        return storage.clear(options);
      case 'batchUpdate':
        return storage.batchUpdate((methods as Record<string, unknown>[]).map(asMethod), options);
      case 'addModule':
        return worklets.set(workletId, await storage.createWorklet(moduleURL, { dataOrigin }));
      case 'addEventListener':
      case 'removeEventListener':
        return storage[method]('key', name, { key, actions, worklet: workletOf(workletId) });
      case 'run':
        return workletOf(workletId).run(name, operation);
      default:
        return workletOf(workletId).selectURL(
          name,
          (urls as string[]).map((url) => ({ url })),
          { ...operation, savedQuery },
        );
    }
  };
  const outcomes: (string | null)[] = [];
  for (const call of calls) {
    const outcome = makeCall(call).then(
      () => null,
      (error: unknown) => (error instanceof Error || error instanceof DOMException ? `${error.name}: ${error.message}` : String(error)),
    );
    outcomes.push(await outcome);
  }
  return outcomes;
}
