// Writes again and again, and tells the server what was settled: it knows what must be there, whatever becomes of this document.

const notes = [];
const all = [];
const NOTE_LIMIT = 100;

/** A beacon leaves without the page's own fetch(), and when the page has gone. Too many at a time are refused. */
function flush() {
  while (notes.length > 0) {
    if (!navigator.sendBeacon('/note', JSON.stringify(notes.slice(0, NOTE_LIMIT)))) {
      setTimeout(flush, 2);
      return;
    }
    notes.splice(0, NOTE_LIMIT);
  }
}

function say(...some) {
  notes.push(...some);
  if (notes.length === some.length) queueMicrotask(flush);
}

function note(writer, step, outcome) {
  const settled = { writer, step, outcome, time: Date.now() };
  all.push(settled);
  say(settled);
}

/** Says everything again, where it may not have been heard. */
globalThis.repeat = () => say(...all);

const run = (operation, data) => sharedStorage.run(operation, { data, keepAlive: true });

/** A frame that shows the selected URL tells the server itself. */
async function select(name, step) {
  const urls = [0, 1].map((index) => ({ url: `/selected?${name}:${step}:${index}` }));
  const urn = await sharedStorage.selectURL('select', urls, { data: { index: step % 2 }, keepAlive: true });
  const frame = document.createElement('iframe');
  frame.src = urn;
  document.body.append(frame);
}

function batch(name, step) {
  const append = (key) => new SharedStorageAppendMethod(key, `${step};`);
  return [append(`${name}-a`), append(`${name}-b`), new SharedStorageSetMethod(`${name}-c`, `${step}`)];
}

/** One step of a writer. */
const ACTS = {
  append: (name, step, options) => sharedStorage.append(name, `${step};`, options),
  register: (name, step, options) =>
    step % 5 === 4 ? sharedStorage.delete(name, options) : sharedStorage.set(name, String(step), options),
  batch: (name, step, options) => sharedStorage.batchUpdate(batch(name, step), options),
  header: async (name, step, { withLock }) => {
    const header = `append;key="${name}";value="${step};"${withLock ? `, options;with_lock="${withLock}"` : ''}`;
    await (await fetch(`/header?${encodeURIComponent(header)}`, { sharedStorageWritable: true })).text();
  },
  operation: (name, step) => run('append', { name, step }),
  shared: (name, step, { withLock }) =>
    step % 2 === 0 ? run('rewrite', { name, step, lock: withLock }) : sharedStorage.append('shared', `${name}:${step};`, { withLock }),
  contribution: (name, step) =>
    sharedStorage.run('contribute', { data: { name, step }, keepAlive: true, privateAggregationConfig: { contextId: `${name}:${step}` } }),
  selection: select,
};

async function write({ name, kind, steps, lock }) {
  for (const [step, pause] of steps.entries()) {
    const settled = (async () => ACTS[kind](name, step, lock ? { withLock: lock } : {}))().then(
      () => note(name, step, null),
      (error) => note(name, step, `${error.name}: ${error.message}`),
    );
    if (pause < 0) await settled;
    else if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** Resolves when the writers may begin. */
globalThis.prepare = async (writers) => {
  globalThis.writers = writers;
  const needsWorklet = writers.some(({ kind }) => ['operation', 'shared', 'contribution', 'selection'].includes(kind));
  if (needsWorklet) await sharedStorage.worklet.addModule('/worklet.js');
};

/** Begins, and resolves when all promises have settled. */
globalThis.begin = () => Promise.all(writers.map(write));

// A frame is told by its URL what to write, for nobody reaches it otherwise.
const given = new URLSearchParams(location.search).get('writers');
if (given) {
  prepare(JSON.parse(given)).then(() => note('frame', 0, null));
  addEventListener('message', ({ data }) => (data === 'repeat' ? repeat() : begin()));
}
