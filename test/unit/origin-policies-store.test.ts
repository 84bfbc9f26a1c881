/** How many policies are kept, and which ones go. */

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { beforeEach, expect, test } from 'vitest';
import { OriginPolicies } from '../../src/store/origin-policies';

let policies: OriginPolicies;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  policies = new OriginPolicies();
});

const policy = (fetched: number) => ({ ids: ['p'], isolation: [], applies: true, fetched });

test('a site with many origins loses its own oldest policies, and no other site any', async () => {
  await policies.write('https://victim.example', policy(0));
  for (let index = 1; index <= 60; index++) await policies.write(`https://x${index}.attacker.example`, policy(index));
  const kept = [...(await policies.readAll()).keys()];
  expect(kept).toHaveLength(51);
  expect(kept).toContain('https://victim.example');
  expect(kept).toContain('https://x60.attacker.example');
  expect(kept).not.toContain('https://x10.attacker.example');
});

test('writing a policy again makes no other go', async () => {
  for (let index = 0; index < 50; index++) await policies.write(`https://x${index}.example.com`, policy(index));
  await policies.write('https://x49.example.com', policy(100));
  expect((await policies.readAll()).size).toBe(50);
});
