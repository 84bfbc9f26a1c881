// The operations of npm run soak.

register(
  'read',
  class {
    async run({ key }) {
      await sharedStorage.get(key);
      await sharedStorage.length();
    }
  },
);

register(
  'write',
  class {
    async run({ key }) {
      await navigator.locks.request('lock', async () => {
        const value = (await sharedStorage.get(key)) ?? '';
        await sharedStorage.set(key, value.slice(0, 100));
      });
      for await (const [name] of sharedStorage.entries()) if (name === 'none') break;
    }
  },
);

register(
  'contribute',
  class {
    async run({ bucket }) {
      privateAggregation.contributeToHistogram({ bucket: BigInt(bucket), value: 1 });
      console.log('contributed');
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
