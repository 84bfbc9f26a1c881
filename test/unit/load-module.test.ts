/** How the bridge has a worklet made, and gets its module into it. */

import { beforeEach, expect, test, vi } from 'vitest';
import { type Envelope, fail, succeed } from '../../src/protocol/envelope';

const fetchModuleScript = vi.fn<() => Promise<Envelope<string>>>();
vi.mock('../../src/content/worklets/module-script', () => ({ fetchModuleScript: () => fetchModuleScript() }));
vi.mock('../../src/content/worklets/worklet-console', () => ({ listenToWorklets: () => undefined }));
const { createLoadModule } = await import('../../src/content/worklets/load-module');

const params = { workletId: 1, moduleURL: 'https://a.example/w.js', credentials: 'same-origin', dataOrigin: 'context-origin' } as const;
const URNS = ['urn:uuid:0'];
const settled = () => new Promise((resolve) => setTimeout(resolve));

const steps: string[] = [];
const answers: Record<string, Envelope[]> = {};
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
const load = (given: Parameters<typeof loadModule>[0] = params) => loadModule(given, () => true);
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
  answers['worklet.create'] = [succeed(URNS)];
  modules.push(succeed(undefined));
  const loaded = load();
  await settled();
  expect(steps).toEqual(['worklet.create', 'open']);
  arrive(succeed('script'));
  expect(await loaded).toEqual(succeed(URNS));
  expect(steps).toEqual(['worklet.create', 'open', 'give script']);
});

test('a worklet whose module cannot be fetched is abandoned, once it has been made', async () => {
  fetchModuleScript.mockResolvedValue(fail('OperationError', 'no'));
  answers['worklet.create'] = [succeed(URNS)];
  expect(await load()).toEqual(fail('OperationError', 'no'));
  await settled();
  expect(steps.filter((step) => step !== 'open')).toEqual(['worklet.create', 'worklet.abandon']);
});

test('where the host has gone, the worklet is made once more', async () => {
  answers['worklet.create'] = [succeed(URNS), succeed(URNS)];
  modules.push(null, succeed(undefined));
  expect(await load()).toEqual(succeed(URNS));
  expect(steps.filter((step) => step === 'worklet.create')).toHaveLength(2);
});

test('a module is given to nobody where the page is only told that all is well, or that it is not', async () => {
  expect(await load()).toEqual(succeed(undefined));
  answers['worklet.create'] = [fail('InvalidAccessError', 'no')];
  expect(await load()).toEqual(fail('InvalidAccessError', 'no'));
  expect(steps).toEqual(['worklet.create', 'fetched', 'worklet.create', 'fetched']);
});

test("another origin's data are asked for before the module is fetched, and the worklet is made after", async () => {
  answers['worklet.prepare'] = [succeed('token'), succeed('token')];
  answers['worklet.create'] = [succeed(null), succeed(URNS)];
  modules.push(succeed(undefined));
  expect(await load({ ...params, dataOrigin: 'https://b.example' })).toEqual(succeed(URNS));
  const attempt = ['worklet.prepare', 'fetched', 'worklet.create'];
  expect(steps).toEqual([...attempt, ...attempt, 'give script']);
});

test('a module that throws is no success', async () => {
  answers['worklet.create'] = [succeed(URNS)];
  modules.push(fail('OperationError', 'thrown'));
  expect(await load()).toEqual(fail('OperationError', 'thrown'));
});
