// Uses everything, at a steady rate and for as long as it is left alone, and stores no more than it did at first.

/** How long each took until its promise was settled, by what was done; told to the server once a second. */
let took = {};
const failures = [];

const KEYS = 50;
let count = 0;
let isLeaving = false;
const key = () => `key ${count % KEYS}`;
const value = () => `${count} `.repeat(1 + (count % 20));

const framed = (src) => {
  const frame = document.createElement('iframe');
  frame.src = src;
  document.body.append(frame);
  return frame;
};

const loaded = (frame) => new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));

const ACTS = {
  set: () => sharedStorage.set(key(), value()),
  append: () => sharedStorage.append('log', '.'),
  delete: () => sharedStorage.delete('log'),
  'set with a lock': () => sharedStorage.set(key(), value(), { withLock: 'lock' }),
  batch: () =>
    sharedStorage.batchUpdate([
      new SharedStorageDeleteMethod(key()),
      new SharedStorageSetMethod(key(), value()),
      new SharedStorageSetMethod('last', value()),
    ]),
  header: async () => {
    const header = `set;key="header ${count % KEYS}";value="${count}"`;
    await (await fetch(`/header?${encodeURIComponent(header)}`, { sharedStorageWritable: true })).text();
  },
  run: () => sharedStorage.run('read', { data: { key: key() }, keepAlive: true }),
  'run that writes': () => sharedStorage.run('write', { data: { key: key() }, keepAlive: true }),
  contribution: () => sharedStorage.run('contribute', { data: { bucket: count % 100 }, keepAlive: true }),
  selectURL: async () => {
    const urls = [0, 1].map((index) => ({ url: `/selected.html?${index}` }));
    const frame = framed(await sharedStorage.selectURL('select', urls, { data: { index: count % 2 }, keepAlive: true }));
    await loaded(frame);
    frame.remove();
  },
  frame: async () => {
    const frame = framed(`/frame.html?${count % 10}`);
    await loaded(frame);
    await frame.contentWindow.used;
    frame.remove();
  },
};

/** What is cheap comes more often than what makes documents. */
const ORDER = [
  ...['set', 'append', 'run', 'set', 'header', 'batch', 'set', 'run that writes', 'set with a lock', 'run', 'append', 'set'],
  ...['contribution', 'selectURL', 'set', 'append', 'run', 'delete', 'header', 'frame'],
];

async function act(name) {
  const start = performance.now();
  try {
    await ACTS[name]();
    took[name] ??= [];
    took[name].push(performance.now() - start);
  } catch (error) {
    // What a page was in the middle of when it is loaded anew does not come to an end.
    if (!isLeaving) failures.push(`${name}: ${error.name}: ${error.message}`);
  }
}

function tell() {
  navigator.sendBeacon('/note', JSON.stringify({ took, failures: failures.splice(0) }));
  took = {};
}

/** One act, so many times in a row. */
globalThis.repeat = async (name, times) => {
  for (count = 0; count < times; count++) await ACTS[name]();
};

/** Begins with so many acts a second. */
globalThis.begin = async (rate) => {
  await sharedStorage.worklet.addModule('/worklet.js');
  setInterval(() => void act(ORDER[count++ % ORDER.length]), 1000 / rate);
  setInterval(tell, 1000);
};
addEventListener('beforeunload', () => {
  isLeaving = true;
});
addEventListener('pagehide', tell);
