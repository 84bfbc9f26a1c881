/**
 * Every algorithm of the specification is either in the code, under a link to it, or declared in docs/architecture.md as not emulated.
 * The names are the specification's own; the fragments are those of https://wicg.github.io/shared-storage/.
 */

import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');

const sources = fs
  .readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => fs.readFileSync(path.join(ROOT, 'src', file), 'utf8'))
  .join('\n');
const architecture = fs.readFileSync(path.join(ROOT, 'docs/architecture.md'), 'utf8');

const IMPLEMENTED = [
  // Worklets
  'determine-whether-shared-storage-is-allowed-by-context',
  'check-if-user-preference-setting-allows-access-to-shared-storage',
  'check-if-addmodule-is-allowed-and-update-state',
  'add-module-monkey-patch',
  'fetch-a-worklet-script-graph-monkey-patch',
  'check-for-script-and-context-origin-match',
  'check-for-trusted-origin-match',
  'check-for-trusted-origin-match-on-a-string',
  'dom-sharedstorageworklet-run',
  'dom-sharedstorage-createworklet',
  'dom-sharedstorageworkletglobalscope-register',
  'dom-sharedstorageworkletglobalscope-sharedstorage',
  'dom-sharedstorageworkletglobalscope-interestgroups',
  'shared-storage-worklet-navigator-interface',
  // Selecting a URL
  'dom-sharedstorageworklet-selecturl',
  'get-the-select-url-result-index',
  'handle-the-result-of-selecting-an-index',
  'validate-reporting-metadata',
  'register-reporting-metadata',
  'get-the-canonical-url-string-if-valid',
  'get-the-default-selecturl-index',
  // Budgets
  'charge-shared-storage-navigation-budget',
  'charge-shared-storage-top-level-traversable-budgets',
  'get-the-index-for-a-saved-query',
  'store-the-index-for-a-saved-query',
  'purge-expired-bit-debits-from-all-navigation-entropy-ledgers',
  'check-whether-a-bit-debit-is-expired',
  'determine-remaining-navigation-budget',
  'dom-sharedstorage-remainingbudget',
  // The database
  'shared-storage-database-store-an-entry-in-the-database',
  'shared-storage-database-retrieve-an-entry-from-the-database',
  'shared-storage-database-delete-an-entry-from-the-database',
  'shared-storage-database-clear-all-entries-in-the-database',
  'shared-storage-database-retrieve-all-entries-from-the-database',
  'shared-storage-database-count-entries-in-the-database',
  'shared-storage-database-purge-expired-entries-from-the-database',
  'shared-storage-database-determine-whether-an-entry-is-expired',
  'shared-storage-database-set-an-entry-in-the-database',
  'shared-storage-database-append-an-entry-in-the-database',
  'shared-storage-database-batch-update-entries-in-the-database',
  // Interfaces
  'window-extension',
  'shared-storage-modifier-method-interface-group',
  'setter',
  'dom-sharedstorage-set',
  'dom-sharedstorage-append',
  'dom-sharedstorage-delete',
  'dom-sharedstorage-clear',
  'dom-sharedstorage-batchupdate',
  'dom-sharedstorage-get',
  'dom-sharedstorage-length',
  'sharedstorageiterator-asynchronous-iterator-initialization-steps',
  'sharedstorageiterator-get-the-next-iteration-result',
  // Response headers
  'html-attr',
  'mod-update-img',
  'mod-create-nav',
  'mod-request-con',
  'handle-a-shared-storage-write-response',
  'get-the-string-value',
  'obtain-a-string-like-parameter-value',
  'obtain-a-boolean-parameter-value',
  // Private Aggregation
  'obtain-the-aggregation-coordinator',
  'obtain-the-pre-specified-report-parameters',
  'set-up-the-private-aggregation-scopes',
  // Locks
  'web-locks-integration',
  'web-locks-api-monkey-patches',
  'handle-callback-within-a-shared-storage-lock-algorithm',
];

/** Declared in docs/architecture.md, each with the reason. */
const NOT_EMULATED = ['obtain-a-shared-storage-shelf', 'create-a-shared-storage-bucket', 'obtain-a-shared-storage-bottle-map'];

const cited = (fragment: string) => new RegExp(`https://wicg\\.github\\.io/shared-storage/#${fragment}(?![\\w-])`).test(sources);

describe('is in the code', () => {
  test.each(IMPLEMENTED)('%s', (fragment) => expect(cited(fragment)).toBe(true));
});

describe('is declared in docs/architecture.md', () => {
  test.each(NOT_EMULATED)('%s', (fragment) => expect(architecture).toContain(`\`${fragment}\``));
});

test('nothing is both implemented and declared as missing', () => {
  expect(NOT_EMULATED.filter(cited)).toEqual([]);
});
