// Operations around locks. "hold" keeps a lock until "let go" runs; everything else says in the console what it saw.
const held = new Map();

register(
  'hold',
  class {
    run({ name, options = {} }) {
      return new Promise((resolve) => {
        navigator.locks.request(name, options, (lock) => {
          console.log('held', lock.name, lock.mode, lock instanceof Lock);
          return new Promise((letGo) => {
            held.set(name, letGo);
            resolve();
          });
        });
      });
    }
  },
);

register(
  'let go',
  class {
    async run({ name }) {
      held.get(name)();
    }
  },
);

register(
  'evaluate',
  class {
    async run({ label, expression }) {
      const evaluate = new Function(`return (async () => (${expression}))()`);
      const outcome = await evaluate().then(
        (value) => ({ value }),
        ({ name, message }) => ({ error: `${name}: ${message}` }),
      );
      console.log(label, JSON.stringify(outcome));
    }
  },
);
