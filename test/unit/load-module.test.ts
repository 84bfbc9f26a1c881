/** How the bridge has a worklet made, and gets its module into it. */

import { beforeEach, expect, test, vi } from 'vitest';
import { type Envelope, fail, succeed } from '../../src/protocol/envelope';

const fetchModuleScript = vi.fn<() => Promise<Envelope<string>>>();
vi.mock('../../src/content/worklets/module-script', () => ({ fetchModuleScript: () => fetchModuleScript() }));
vi.stubGlobal('chrome', { runtime: { onMessage: { addListener: () => undefined } } });
const { createLoadModule } = await import('../../src/content/worklets/load-module');

const params = { workletId: 1, moduleURL: 'https://a.example/w.js', credentials: 'same-origin', dataOrigin: 'context-origin' } as const;
const settled = () => new Promise((resolve) => setTimeout(resolve));

const steps: string[] = [];
const answers: Record<string, (Envelope | Promise<Envelope>)[]> = {};
const modules: (Envelope | null)[] = [];

const send = async (method: string) => {
  steps.push(method);
  return answers[method]?.shift() ?? succeed(undefined);
};
const host = {
  open: () => void steps.push('open'),
  giveModule: async ({ source }: { source: string }) => {
    steps.push(`give ${source}`);
    return modules.shift() ?? null;
  },
  reopen: () => undefined,
};
const load = (given: Parameters<typeof loadModule>[0] = params) =>
  loadModule(
    given,
    () => true,
    () => void steps.push('created'),
  );
const loadModule = createLoadModule({ send, leave: () => undefined, resume: () => undefined }, () => null, host);

beforeEach(() => {
  steps.length = 0;
  modules.length = 0;
  for (const method of Object.keys(answers)) delete answers[method];
  fetchModuleScript.mockReset().mockImplementation(async () => {
    steps.push('fetched');
    return succeed('script');
  });
});

test('while the module is on its way the worklet is made, and its host sees that somebody is here', async () => {
  let arrive = (_script: Envelope<string>) => {};
  fetchModuleScript.mockImplementation(() => new Promise((resolve) => (arrive = resolve)));
  answers['worklet.create'] = [succeed(true)];
  modules.push(succeed(undefined));
  const loaded = load();
  await settled();
  expect(steps).toEqual(['worklet.create', 'open', 'created']);
  arrive(succeed('script'));
  expect(await loaded).toEqual(succeed(undefined));
  expect(steps).toEqual(['worklet.create', 'open', 'created', 'give script']);
});

test('a module that comes before the service worker has answered is given at once, and once more where there was no worklet yet', async () => {
  for (const early of [succeed(undefined), null]) {
    steps.length = 0;
    modules.splice(0, modules.length, early, succeed(undefined));
    let create = (_made: Envelope) => {};
    answers['worklet.create'] = [new Promise((resolve) => (create = resolve))];
    const loaded = load();
    await settled();
    expect(steps).toEqual(['worklet.create', 'fetched', 'give script']);
    create(succeed(true));
    expect(await loaded).toEqual(succeed(undefined));
    expect(steps.slice(3)).toEqual(early ? ['open', 'created'] : ['open', 'created', 'give script']);
  }
});

test('a worklet whose module cannot be fetched is abandoned, once it has been made', async () => {
  fetchModuleScript.mockResolvedValue(fail('OperationError', 'no'));
  answers['worklet.create'] = [succeed(true)];
  expect(await load()).toEqual(fail('OperationError', 'no'));
  await settled();
  expect(steps.filter((step) => step.startsWith('worklet.'))).toEqual(['worklet.create', 'worklet.abandon']);
});

test('where the host has gone, the worklet is made once more', async () => {
  answers['worklet.create'] = [succeed(true), succeed(true)];
  modules.push(null, null, succeed(undefined));
  expect(await load()).toEqual(succeed(undefined));
  expect(steps.filter((step) => step === 'worklet.create')).toHaveLength(2);
});

test('a module is not given again where the page is only told that all is well, or that it is not', async () => {
  expect(await load()).toEqual(succeed(undefined));
  answers['worklet.create'] = [fail('InvalidAccessError', 'no')];
  expect(await load()).toEqual(fail('InvalidAccessError', 'no'));
  const attempt = ['worklet.create', 'fetched', 'give script'];
  expect(steps).toEqual([...attempt, ...attempt]);
});

test("another origin's data are asked for before the module is fetched, and the worklet is made after", async () => {
  answers['worklet.prepare'] = [succeed('token'), succeed('token')];
  answers['worklet.create'] = [succeed(null), succeed(true)];
  modules.push(succeed(undefined));
  expect(await load({ ...params, dataOrigin: 'https://b.example' })).toEqual(succeed(undefined));
  const attempt = ['worklet.prepare', 'fetched', 'worklet.create'];
  expect(steps).toEqual([...attempt, ...attempt, 'open', 'created', 'give script']);
});

test('a module that throws is no success', async () => {
  answers['worklet.create'] = [succeed(true)];
  modules.push(fail('OperationError', 'thrown'));
  expect(await load()).toEqual(fail('OperationError', 'thrown'));
});
