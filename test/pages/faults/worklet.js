// The operations of writers, and those that find out afterwards what became of them.

const said = (...words) => console.log('said', ...words);

register(
  'append',
  class {
    async run({ name, step }) {
      await sharedStorage.append(name, `${step};`);
      said('kept', name, step);
    }
  },
);

register(
  'rewrite',
  class {
    async run({ name, step, lock }) {
      await navigator.locks.request(lock, async () => {
        const before = (await sharedStorage.get('shared')) ?? '';
        await sharedStorage.set('shared', `${before}${name}:${step};`);
      });
      said('kept', name, step);
    }
  },
);

register(
  'contribute',
  class {
    async run() {
      privateAggregation.contributeToHistogram({ bucket: 1n, value: 1 });
    }
  },
);

register(
  'select',
  class {
    async run(_urls, { index }) {
      return index;
    }
  },
);

register(
  'read',
  class {
    async run({ label }) {
      const entries = {};
      for await (const [key, value] of sharedStorage.entries()) entries[key] = value;
      said('read', label, JSON.stringify(entries));
    }
  },
);

register(
  'lock',
  class {
    async run({ lock }) {
      await navigator.locks.request(lock, () => said('granted', lock));
    }
  },
);
