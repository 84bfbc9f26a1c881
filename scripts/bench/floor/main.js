// The page's realm: each call is an event for the isolated world.
{
  const pending = new Map();
  let last = 0;
  const tell = (detail) => dispatchEvent(new CustomEvent('floor', { detail }));
  const ask = (detail) =>
    new Promise((resolve) => {
      pending.set(++last, resolve);
      tell({ id: last, ...detail });
    });
  addEventListener('floor-answer', ({ detail }) => {
    pending.get(detail)();
    pending.delete(detail);
  });
  const addModule = (url) => ask({ type: 'load', url: new URL(url, document.baseURI).href });
  const set = (key, value) => {
    tell({ type: 'set', key, value });
    return Promise.resolve();
  };
  const run = (name, { data }) => {
    tell({ type: 'run', name, data });
    return Promise.resolve();
  };
  const sharedStorage = { worklet: { addModule }, set, run };
  Object.defineProperty(globalThis, 'sharedStorage', { value: sharedStorage });
}
