// Carries out the steps of a program, one at a time, and keeps what came of each.

const frames = [];
const outcomes = [];

function describe(value) {
  if (typeof value === 'string') return value.replace(/^urn:uuid:[0-9a-f-]{36}$/, 'a URN');
  return value === undefined ? 'undefined' : Object.prototype.toString.call(value);
}

const addFrame = () =>
  new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.src = location.href;
    frame.onload = () => resolve(undefined);
    frames.push(frame);
    document.body.append(frame);
  });

function call(name, args) {
  if (name === 'frame') return addFrame();
  if (name === 'settle') return Promise.all(outcomes).then(() => undefined);
  if (name === 'fetch')
    return fetch(`/header?${encodeURIComponent(args[0])}`, { sharedStorageWritable: true }).then(({ status }) => String(status));
  // Selections have their operation's data in the window's own words, which are cloned.
  const values = name === 'run' || name === 'selectURL' ? args : args.map(toValue);
  if (name === 'worklet.addModule') return sharedStorage.worklet.addModule(...values);
  return sharedStorage[name](...values);
}

globalThis.outcomeOf = async ({ call: name, args = [] }) => {
  try {
    return describe(await call(name, args));
  } catch (error) {
    return describeError(error);
  }
};

/** Begins the step; resolves when the next one may begin. */
globalThis.step = async (one) => {
  // A shortened program may be without the frame.
  const realm = frames[one.frame]?.contentWindow ?? window;
  const outcome = realm.outcomeOf(one);
  outcomes.push(outcome);
  if (one.awaited) await outcome;
};

/** What came of all steps, in their order. */
globalThis.finish = () => Promise.all(outcomes);
