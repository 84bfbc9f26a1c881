// Carries out the steps of a program, one at a time, and keeps what came of each.

const frames = [];
const worklets = [];
/** What comes of each step, and the number of the frame that it is for. */
const outcomes = [];
const removed = new Set();
const MODIFIERS = ['set', 'append', 'delete', 'clear', 'batchUpdate'];
/** The page's own updates, by their numbers, as their promises resolved. */
const resolved = [];

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

/** The document of a frame that was removed hears of nothing any more, or does: nobody says. */
const finish = () => Promise.all(outcomes.map(({ outcome, frame, awaited }) => (awaited || !removed.has(frame) ? outcome : 'gone')));

async function createWorklet(...args) {
  const worklet = await sharedStorage.createWorklet(...args);
  worklets.push(worklet);
  return worklet;
}

function call(name, args, on) {
  if (name === 'frame') return addFrame();
  if (name === 'settle') return finish().then(() => undefined);
  if (name === 'fetch')
    return fetch(`/header?${encodeURIComponent(args[0])}`, { sharedStorageWritable: true }).then(({ status }) => String(status));
  // Selections have their operation's data in the window's own words, which are cloned.
  const values = name === 'run' || name === 'selectURL' ? args : args.map(toValue);
  if (name === 'worklet.addModule') return sharedStorage.worklet.addModule(...values);
  if (name === 'createWorklet') return createWorklet(...values);
  // A shortened program may be without the worklet.
  return (worklets[on] ?? sharedStorage)[name](...values);
}

globalThis.outcomeOf = async ({ call: name, args = [], on }) => {
  try {
    return describe(await call(name, args, on));
  } catch (error) {
    return describeError(error);
  }
};

/** Begins the step; resolves when the next one may begin. */
globalThis.step = async (one) => {
  const { call: name, frame, awaited = false } = one;
  if (name === 'remove') {
    removed.add(frame);
    frames[frame]?.remove();
    outcomes.push({ outcome: 'undefined', awaited: true });
    return;
  }
  // A shortened program may be without the frame.
  const realm = frames[frame]?.contentWindow ?? window;
  const outcome = realm.outcomeOf(one);
  const number = outcomes.push({ outcome, frame, awaited });
  if (frame === undefined && MODIFIERS.includes(name)) outcome.then((value) => value === 'undefined' && resolved.push(number));
  if (awaited) await outcome;
};

/** What came of all steps, in their order. */
globalThis.finish = finish;

/** The same of a page that is about to be left: of what nobody has waited for, nobody says. */
globalThis.leave = () => Promise.all(outcomes.map(({ outcome, awaited }) => (awaited ? outcome : 'left')));

/** In which order the page's own updates resolved. */
globalThis.order = () => [...resolved];
