import { expect, test } from 'vitest';
import { Serial } from '../../src/store/serial';

/** Tasks that end when the test says so; `log` says which began and ended. */
function tasks() {
  const log: string[] = [];
  const open = new Map<string, { resolve(result: string): void; reject(reason: Error): void }>();
  const task = (name: string) => () => {
    log.push(`begin ${name}`);
    const ending = new Promise<string>((resolve, reject) => open.set(name, { resolve, reject }));
    return ending.finally(() => log.push(`end ${name}`));
  };
  const setter = (name: string) => async () => void (await task(name)());
  const begun = async (name: string) => {
    for (let turn = 0; turn < 20 && !open.has(name); turn++) await Promise.resolve();
    const ending = open.get(name);
    if (!ending) throw new Error(`${name} has not begun`);
    return ending;
  };
  return { log, task, setter, begun };
}

test('one after the other, each with its own result', async () => {
  const { log, task, begun } = tasks();
  const serial = new Serial();
  const results = Promise.all([serial.run(task('a')), serial.run(task('b'))]);
  (await begun('a')).resolve('of a');
  (await begun('b')).resolve('of b');
  expect(await results).toEqual(['of a', 'of b']);
  expect(log).toEqual(['begin a', 'end a', 'begin b', 'end b']);
});

test('a failure is told to whoever asked for that task, and does not stop the next, now or later', async () => {
  const serial = new Serial();
  const failed = serial.run(async () => Promise.reject(new Error('of a')));
  const thrown = serial.run(() => {
    throw new Error('of b');
  });
  const next = serial.run(async () => 'of c');
  await expect(failed).rejects.toThrow('of a');
  await expect(thrown).rejects.toThrow('of b');
  expect(await next).toBe('of c');
  expect(await serial.run(async () => 'of d')).toBe('of d');
});

test('where only the newest matters, one that has begun ends, and of those that wait only the last is run', async () => {
  const { log, setter, begun } = tasks();
  const serial = new Serial();
  const first = serial.runNewest(setter('1'));
  const a = await begun('1');
  const others = ['2', '3', '4'].map((name) => serial.runNewest(setter(name)));
  a.resolve('');
  await first;
  (await begun('4')).resolve('');
  await Promise.all(others);
  expect(log).toEqual(['begin 1', 'end 1', 'begin 4', 'end 4']);
});

test('what the newest comes to is told to those whose tasks it replaced; the one after it is run all the same', async () => {
  const { setter, begun } = tasks();
  const serial = new Serial();
  const replaced = serial.runNewest(setter('1'));
  const newest = serial.runNewest(setter('2'));
  (await begun('2')).reject(new Error('of 2'));
  await expect(replaced).rejects.toThrow('of 2');
  await expect(newest).rejects.toThrow('of 2');
  const next = serial.runNewest(setter('3'));
  (await begun('3')).resolve('');
  await next;
});
