// What is measured at each size, and how: each operation as its caller feels it.

import { WorkletPage } from '../worklet-page.mjs';

/** The clock of a worklet has steps of 1 ms: so many operations are timed together. */
const TOGETHER = 100;

/** So many entries are iterated at least, in one iteration after the other. */
const ITERATED = 10_000;

/**
 * `key(i)` of `count` is one of so many that are spread over all of them.
 */
const WORKLET = `
const key = (i, count, entries) => 'e' + Math.floor((i * entries) / count);
const each = async (count, step) => {
  const start = Date.now();
  for (let i = 0; i < count; i++) await step(i);
  return (Date.now() - start) / count;
};
const measured = {
  get: ({ count, entries }) => each(count, (i) => sharedStorage.get(key(i, count, entries))),
  set: ({ count, entries }) => each(count, (i) => sharedStorage.set(key(i, count, entries), 'w')),
  length: ({ count }) => each(count, () => sharedStorage.length()),
  async delete({ count, entries }) {
    const time = await each(count, (i) => sharedStorage.delete(key(i, count, entries)));
    await sharedStorage.batchUpdate(Array.from({ length: count }, (_, i) => new SharedStorageSetMethod(key(i, count, entries), 'v')));
    return time;
  },
  async 'first entry'() {
    const start = Date.now();
    for await (const _ of sharedStorage.entries()) break;
    return Date.now() - start;
  },
  async iteration({ count, entries }) {
    const start = Date.now();
    let seen = 0;
    for (let i = 0; i < count; i++) for await (const _ of sharedStorage.keys()) seen++;
    if (seen !== count * entries) throw new Error(seen + ' entries instead of ' + count * entries);
    return ((Date.now() - start) * 1000) / seen;
  },
  async clear({ entries }) {
    const start = Date.now();
    await sharedStorage.clear();
    return ((Date.now() - start) * 1000) / entries;
  },
  count: () => sharedStorage.length(),
  now: async ({ start, count }) => (Date.now() - start) / count,
  async seen({ start, value, count }) {
    while ((await sharedStorage.get('e0')) !== value);
    return (Date.now() - start) / count;
  },
};
for (const [name, measure] of Object.entries(measured))
  register(name, class {
    async run(data) {
      console.log(await measure(data));
    }
  });
register('nothing', class {
  async run() {}
});`;

export const files = { '/worklet.js': WORKLET };

/**
 * @typedef {object} Subject
 * @property {import('../sides.mjs').Side} side
 * @property {Awaited<ReturnType<typeof import('../kit.mjs').kitOf>>} lab
 * @property {WorkletPage} page with a worklet
 * @property {number} entries how many the page's data origin has
 */

/**
 * @typedef {object} Operation
 * @property {string} name
 * @property {string} unit
 * @property {number} samples
 * @property {(subject: Subject) => Promise<number>} measure
 */

/** Runs an operation of the worklet, which logs a number. @param {WorkletPage} page @param {string} name @param {object} data @returns {Promise<number>} */
export async function inWorklet(page, name, data) {
  await page.evaluate(`sharedStorage.run('${name}', { data: ${JSON.stringify(data)}, keepAlive: true })`);
  return page.nextLogged();
}

/** @param {string} name @param {number} [count] @returns {Operation['measure']} */
const timedThere =
  (name, count = TOGETHER) =>
  ({ page, entries }) =>
    inWorklet(page, name, { entries, count });

let written = 0;

/** As where a window, whose process is another one, has written something before. @param {Operation['measure']} measure @returns {Operation['measure']} */
const afterAWrite = (measure) => async (subject) => {
  await subject.page.evaluate(`sharedStorage.set('e0', '${++written}')`);
  return measure(subject);
};

/** @type {Operation['measure']} */
async function timeRun({ page }) {
  await page.evaluate(`(() => {
    const start = Date.now();
    for (let i = 1; i < ${TOGETHER}; i++) sharedStorage.run('nothing', { keepAlive: true });
    return sharedStorage.run('now', { data: { start, count: ${TOGETHER} }, keepAlive: true });
  })()`);
  return page.nextLogged();
}

/** @type {Operation['measure']} */
async function timeWindowSet({ page }) {
  const value = ++written;
  await page.evaluate(`(() => {
    const start = Date.now();
    for (let i = ${TOGETHER - 1}; i >= 0; i--) sharedStorage.set('e' + i, '${value}');
    return sharedStorage.run('seen', { data: { start, value: '${value}', count: ${TOGETHER} }, keepAlive: true });
  })()`);
  return page.nextLogged();
}

/** The worklet ends with its operation, so that there are as many as before; and another worker stands ready for the next one. */
export const TIME_ADD_MODULE = `(async () => {
  await new Promise((resolve) => setTimeout(resolve, 250));
  const start = performance.now();
  const worklet = await sharedStorage.createWorklet('/worklet.js');
  const time = performance.now() - start;
  await worklet.run('nothing', { keepAlive: false });
  return time;
})()`;

/** In this order: the last one leaves nothing. @type {Operation[]} */
export const operations = [
  { name: 'set() of a window, until a worklet sees it', unit: 'ms', samples: 5, measure: timeWindowSet },
  { name: 'set() in a worklet', unit: 'ms', samples: 5, measure: timedThere('set') },
  { name: 'get() in a worklet', unit: 'ms', samples: 5, measure: afterAWrite(timedThere('get')) },
  { name: 'delete() in a worklet', unit: 'ms', samples: 5, measure: timedThere('delete') },
  { name: 'length() in a worklet', unit: 'ms', samples: 5, measure: afterAWrite(timedThere('length')) },
  { name: 'first entry of an iteration', unit: 'ms', samples: 3, measure: afterAWrite(timedThere('first entry')) },
  {
    name: 'iteration, of 1,000 entries',
    unit: 'ms',
    samples: 3,
    measure: afterAWrite(({ page, entries }) =>
      inWorklet(page, 'iteration', { entries, count: Math.max(1, Math.round(ITERATED / entries)) }),
    ),
  },
  { name: 'run(), until the operation begins', unit: 'ms', samples: 5, measure: timeRun },
  { name: 'createWorklet()', unit: 'ms', samples: 5, measure: ({ page }) => page.evaluate(TIME_ADD_MODULE) },
  { name: 'clear(), of 1,000 entries', unit: 'ms', samples: 1, measure: timedThere('clear') },
];
