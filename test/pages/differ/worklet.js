// The operation of programs: does what its data say, and logs what came of it. After terms.js, in one module.

const describe = (value) => (typeof value === 'string' || typeof value === 'number' ? value : String(value));

async function iterate(name) {
  const found = [];
  for await (const one of sharedStorage[name]()) found.push(one);
  return JSON.stringify(found);
}

async function outcomesOf(calls) {
  const outcomes = [];
  for (const call of calls) outcomes.push(await outcomeOf(call));
  return outcomes;
}

async function outcomeOf({ call, args = [], calls = [] }) {
  try {
    if (call === 'lock')
      return await navigator.locks.request(toValue(args[0]), async (lock) => [lock.name, lock.mode, ...(await outcomesOf(calls))]);
    if (call === 'entries' || call === 'keys' || call === 'values') return await iterate(call);
    if (call === 'length' || call === 'remainingBudget') return describe(await sharedStorage[call]());
    return describe(await sharedStorage[call](...args.map(toValue)));
  } catch (error) {
    return describeError(error);
  }
}

register(
  'operation',
  class {
    async run(first, second) {
      const { calls, throws, returns, label } = second ?? first;
      const outcomes = await outcomesOf(calls);
      console.log('did', label, JSON.stringify(outcomes));
      if (throws !== undefined) throw new RangeError(throws);
      return toValue(returns);
    }
  },
);
