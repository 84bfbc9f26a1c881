import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          // One browser at a time: a test must not fail because another one is busy.
          fileParallelism: false,
          // Tests wait for conditions: on a busy machine those take long to come about, and no test waits any longer than for them.
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
