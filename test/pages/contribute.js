// Operations that contribute; each logs what became of what it was asked to evaluate.

const outcomeOf = (expression) => {
  try {
    return `returns ${String(new Function(`return ${expression}`)())}`;
  } catch (error) {
    return `throws ${error.name}: ${error.message}`;
  }
};

const MEMBERS = `
  privateAggregation
  typeof PrivateAggregation
  new PrivateAggregation()
  PrivateAggregation()
  Reflect.ownKeys(PrivateAggregation.prototype).map(String).join()
  PrivateAggregation.prototype.contributeToHistogram.length + PrivateAggregation.prototype.contributeToHistogram.name
  PrivateAggregation.prototype.contributeToHistogram.call({}, { bucket: 1n, value: 1 })
  PrivateAggregation.prototype.enableDebugMode.call({})
  Object.getOwnPropertyDescriptor(globalThis, 'privateAggregation').get.call({})
`;

const lines = (text) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

console.log('during addModule:', JSON.stringify(lines(MEMBERS).map((line) => [line, outcomeOf(line)])));

/** Evaluates what it is given, one expression after the other. */
register(
  'evaluate',
  class {
    async run(data) {
      console.log('outcomes:', JSON.stringify(data.expressions.map(outcomeOf)));
    }
  },
);

/** Contributes to these buckets: at once, in a promise that it waits for, and in one in that. */
register(
  'contribute',
  class {
    async run({ buckets: [first, second, third], debugKey, configured }) {
      privateAggregation.enableDebugMode({ debugKey });
      privateAggregation.contributeToHistogram({ bucket: first, value: 1 });
      await sharedStorage.length();
      privateAggregation.contributeToHistogram({ bucket: second, value: 2 });
      await Promise.all([1].map(async () => void privateAggregation.contributeToHistogram({ bucket: third, value: 3, ...configured })));
    }
  },
);

register(
  'select',
  class {
    async run(_urls, { bucket, fails }) {
      privateAggregation.enableDebugMode();
      privateAggregation.contributeToHistogram({ bucket, value: 4 });
      privateAggregation.contributeToHistogramOnEvent('reserved.uncaught-error', { bucket: bucket + 1n, value: 5 });
      privateAggregation.contributeToHistogramOnEvent('reserved.report-success', { bucket: bucket + 2n, value: 6 });
      privateAggregation.contributeToHistogramOnEvent('reserved.no-such-event', { bucket: bucket + 3n, value: 7 });
      if (fails) throw new Error('on purpose');
      return 1;
    }
  },
);

const waiting = [];
let open;
const opened = new Promise((resolve) => {
  open = resolve;
});

/** Several of these wait for the same promise, and contribute in the same turn of the realm. */
register(
  'wait',
  class {
    async run({ bucket, debugKey, times = 1 }) {
      waiting.push(bucket);
      if (waiting.length === 3) sharedStorage.length().then(open);
      await opened;
      privateAggregation.enableDebugMode({ debugKey });
      for (let index = 0; index < times; index++) privateAggregation.contributeToHistogram({ bucket, value: 1 });
      await null;
      privateAggregation.contributeToHistogram({ bucket: bucket + 100n, value: 1 });
    }
  },
);

let leftOver;

/** Ends, and leaves something behind that contributes later. */
register(
  'leave',
  class {
    async run() {
      const { promise, resolve } = Promise.withResolvers();
      leftOver = resolve;
      promise.then(() => privateAggregation.contributeToHistogram({ bucket: 666n, value: 1 }));
    }
  },
);

register(
  'wake',
  class {
    async run() {
      privateAggregation.enableDebugMode();
      leftOver();
      await sharedStorage.length();
      privateAggregation.contributeToHistogram({ bucket: 5n, value: 1 });
    }
  },
);

/** Contributes while it holds a lock. */
register(
  'lock',
  class {
    async run() {
      privateAggregation.enableDebugMode();
      await navigator.locks.request('lock', async () => {
        privateAggregation.contributeToHistogram({ bucket: 7n, value: 1 });
        await sharedStorage.length();
        privateAggregation.contributeToHistogram({ bucket: 8n, value: 1 });
      });
    }
  },
);

/** Contributes very often, and to very many buckets. */
register(
  'flood',
  class {
    async run({ times }) {
      privateAggregation.enableDebugMode();
      for (let index = 0; index < times; index++) privateAggregation.contributeToHistogram({ bucket: 1n, value: 1 });
      for (let index = 0; index < times; index++) privateAggregation.contributeToHistogram({ bucket: BigInt(index), value: 1 });
      console.log('flooded');
    }
  },
);
