// Operations that end, that take their time, and that never end.
register(
  'end',
  class {
    async run() {}
  },
);

register(
  'never end',
  class {
    run() {
      return new Promise(() => {});
    }
  },
);

register(
  'write when the page is gone',
  class {
    async run({ key }) {
      // Many turns of the event loop, well below the two seconds that are left to it.
      for (let i = 0; i < 50; i++) await sharedStorage.get(key);
      await sharedStorage.set(key, 'written');
    }
  },
);

register(
  'spin',
  class {
    run() {
      console.log('spinning');
      for (;;);
    }
  },
);
