/** What our own rules say about the sources: the same that `npm run lint` shows. */

import { expect, test } from 'vitest';
import { problemsOfTree } from '../../scripts/lint/tree.mjs';

// Parsing all of it takes a second, and more on a busy machine.
test('the sources keep the rules of scripts/lint', { timeout: 60_000 }, () => {
  expect(problemsOfTree()).toEqual([]);
});
