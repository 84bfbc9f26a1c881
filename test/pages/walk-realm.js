// Walks everything that can be reached in a worklet's realm, and from the data of the operation, and logs the names of all functions.
class Walk {
  run(data) {
    const names = [];
    const seen = new Set();
    const walk = (start) => {
      const queue = [start];
      while (queue.length > 0) {
        const value = queue.pop();
        if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
        seen.add(value);
        if (typeof value === 'function') names.push(value.name);
        queue.push(Object.getPrototypeOf(value));
        for (const key of Reflect.ownKeys(value)) {
          const { value: member, get, set } = Object.getOwnPropertyDescriptor(value, key);
          queue.push(member, get, set);
        }
      }
    };
    walk(globalThis);
    walk([async () => {}, function* () {}, async function* () {}, [].values(), new Map().keys(), sharedStorage, sharedStorage.keys()]);
    const controllers = [];
    const underlying = { start: (controller) => controllers.push(controller) };
    const streams = [new ReadableStream(underlying), new WritableStream(underlying), new TransformStream(underlying)];
    walk([navigator, navigator.locks, crypto, crypto.subtle, streams, controllers, controllers.map(({ signal }) => signal)]);
    try {
      new SharedStorage();
    } catch (error) {
      walk(error);
    }
    walk(data);
    console.log('globals:', JSON.stringify(Object.getOwnPropertyNames(globalThis).sort()));
    console.log('functions:', JSON.stringify(names));
  }
}
register('walk', Walk);
