/** Operations for handlers: `note` appends what it was called with, and the value that it reads, to the console. */

register(
  'note',
  class {
    async run(data) {
      console.log('called:', JSON.stringify(data), await sharedStorage.get(data.key));
    }
  },
);
register(
  'write',
  class {
    async run(methods) {
      for (const [name, ...args] of methods) await sharedStorage[name](...args);
      console.log('written');
    }
  },
);
register(
  'batch',
  class {
    async run(methods) {
      const classes = {
        set: SharedStorageSetMethod,
        append: SharedStorageAppendMethod,
        delete: SharedStorageDeleteMethod,
        clear: SharedStorageClearMethod,
      };
      await sharedStorage.batchUpdate(methods.map(([name, ...args]) => new classes[name](...args)));
    }
  },
);
/** Appends to its own key, and to another one. */
register(
  'echo',
  class {
    async run({ key, action }) {
      console.log('echo:', key, action);
      await sharedStorage.append(key, '+');
      await sharedStorage.append('echoed', '+');
    }
  },
);
/** The same under a lock, and once more under another one. */
register(
  'echo with locks',
  class {
    async run({ key, action }) {
      console.log('echo:', key, action);
      await navigator.locks.request('echo', async () => {
        await sharedStorage.append(key, '+');
        await navigator.locks.request('again', () => sharedStorage.append(key, '-'));
      });
      await sharedStorage.append(key, '*', { withLock: 'echo' });
    }
  },
);
/** Changes the next key: `1` that of `2`, and so on. */
register(
  'next',
  class {
    async run({ key }) {
      console.log('link:', key);
      await sharedStorage.set(String(Number(key) + 1), 'x');
    }
  },
);
register(
  'count',
  class {
    async run({ key }) {
      await sharedStorage.append(`count of ${key}`, '|');
    }
  },
);
/** Waits until somebody lets go of the lock `gate`. */
register(
  'wait',
  class {
    async run({ key, action }) {
      await navigator.locks.request('gate', async () => console.log('waited:', key, action));
    }
  },
);
register(
  'hold',
  class {
    async run() {
      await navigator.locks.request('gate', async () => {
        console.log('held');
        while ((await sharedStorage.get('let go')) === undefined);
      });
    }
  },
);
register(
  'throw',
  class {
    async run() {
      throw new Error('thrown by a handler');
    }
  },
);
